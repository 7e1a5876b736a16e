/** For tests: a clock that stands still until it is told to move. */
import type { Clock } from '../clock.js';

export class VirtualClock implements Clock {
  #us: number;

  constructor(startUs = 0) {
    this.#us = startUs;
  }

  nowUs(): number {
    return this.#us;
  }

  advanceUs(us: number): void {
    if (!(us >= 0)) throw new RangeError(`a monotonic clock cannot move by ${us} us`);
    this.#us += us;
  }
}
