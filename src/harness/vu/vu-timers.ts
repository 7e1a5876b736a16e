/**
 * setTimeout, setInterval and their clearing for one VU. Made only for VUs whose script uses timers. An iteration
 * lasts until its timers are done, so whoever owns this is told when one begins and ends.
 */
import { clearTimeout as clear, setTimeout as start } from 'node:timers';

/** The longest that Node's timers can wait, 24 days: what is to wait longer would be called at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

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

  constructor(events: TimerEvents) {
    this.#events = events;
  }

  setTimeout(callback: Callback, delayMs = 0, ...args: unknown[]): number {
    const id = this.#begin();
    const fire = (): void => {
      this.#events.call(() => callback(...args));
      this.clear(id);
    };
    this.#running.set(id, start(fire, bounded(delayMs)));
    return id;
  }

  setInterval(callback: Callback, delayMs = 1, ...args: unknown[]): number {
    const id = this.#begin();
    const delay = bounded(delayMs);
    const fire = (): void => {
      this.#running.set(id, start(fire, delay));
      this.#events.call(() => callback(...args));
    };
    this.#running.set(id, start(fire, delay));
    return id;
  }

  clear(id: number): void {
    const timer = this.#running.get(id);
    if (timer === undefined) return;
    clear(timer);
    this.#running.delete(id);
    this.#events.ended();
  }

  /** Without telling: the owner is done with all of them. */
  clearAll(): void {
    for (const timer of this.#running.values()) clear(timer);
    this.#running.clear();
  }

  #begin(): number {
    this.#lastId++;
    this.#events.begun();
    return this.#lastId;
  }
}

function bounded(delayMs: number): number {
  return Math.min(delayMs, TIMER_MS_MAX);
}
