/**
 * setTimeout, setInterval and their clearing for one VU. Made only for VUs whose script uses timers. An iteration
 * lasts until its timers are done, so whoever owns this is told when one begins and ends.
 */
import { clearTimeout as clear, setTimeout as start } from 'node:timers';
import { timerMs } from '../entropy/timer-ms.js';

type Callback = (...args: unknown[]) => unknown;

export interface TimerEvents {
  begun(): void;
  /** Runs the script's callback; must not throw. */
  call(callback: () => unknown): void;
  ended(): void;
}

export class VuTimers {
  readonly #events: TimerEvents;
  readonly #running = new Map<number, NodeJS.Timeout>();
  #lastId = 0;
  #closed = false;

  constructor(events: TimerEvents) {
    this.#events = events;
  }

  setTimeout(callback: Callback, delayMs = 0, ...args: unknown[]): number {
    return this.#begin(delayMs, (id) => {
      this.#events.call(() => callback(...args));
      this.clear(id);
    });
  }

  setInterval(callback: Callback, delayMs = 1, ...args: unknown[]): number {
    const fire = (id: number): void => {
      this.#running.set(id, start(fire, timerMs(delayMs), id));
      this.#events.call(() => callback(...args));
    };
    return this.#begin(delayMs, fire);
  }

  clear(id: number): void {
    const timer = this.#running.get(id);
    if (timer === undefined) return;
    clear(timer);
    this.#running.delete(id);
    this.#events.ended();
  }

  /** Without telling: the owner is done with all of them, and with any to come. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#running.values()) clear(timer);
    this.#running.clear();
  }

  #begin(delayMs: number, fire: (id: number) => void): number {
    const id = ++this.#lastId;
    if (this.#closed) return id;
    this.#events.begun();
    this.#running.set(id, start(fire, timerMs(delayMs), id));
    return id;
  }
}
