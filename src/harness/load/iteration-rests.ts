/**
 * The option minIterationDuration: a VU whose iteration was shorter is not free before that time is over. It has left the script by
 * then, so that the rest is no part of the iteration's duration.
 */
import { timerMs } from '../entropy/timer-ms.js';
import type { VirtualUser } from '../ports/host.js';

export class IterationRests {
  readonly #resting = new Map<VirtualUser, { readonly timer: NodeJS.Timeout; done(): void }>();

  /** Calls `done` when so much time has passed. */
  rest(vu: VirtualUser, forUs: number, done: () => void): void {
    const timer = setTimeout(
      () => {
        this.#resting.delete(vu);
        done();
      },
      timerMs(forUs / 1000),
    );
    this.#resting.set(vu, { timer, done });
  }

  /** The load ends: nobody rests any longer. */
  endAll(): void {
    const resting = [...this.#resting.values()];
    this.#resting.clear();
    for (const { timer, done } of resting) {
      clearTimeout(timer);
      done();
    }
  }
}
