/**
 * setTimeout, setInterval and their clearing for one VU. Made only for VUs whose script uses timers. An iteration
 * lasts until its timers are done, so whoever owns this is told when one begins and ends.
 */
import { clearTimeout as clear, setTimeout as start } from 'node:timers';
import { timerMs } from '../entropy/timer-ms.js';

type Callback = (...args: unknown[]) => unknown;

export interface TimerEvents {
  begun(): void;
  /** Runs the script's callback when it is its turn, then `after`; must not throw. */
  call(callback: () => unknown, after: () => void): void;
  ended(): void;
}

export class VuTimers {
  readonly #events: TimerEvents;
  readonly #running = new Map<number, NodeJS.Timeout>();
  readonly #waits = new Set<NodeJS.Timeout>();
  #lastId = 0;
  #closed = false;

  constructor(events: TimerEvents) {
    this.#events = events;
  }

  setTimeout(callback: Callback, delayMs = 0, ...args: unknown[]): number {
    return this.#begin(delayMs, (id) => {
      this.#events.call(
        () => (this.#running.has(id) ? callback(...args) : undefined),
        () => this.clear(id),
      );
    });
  }

  /** The next time is counted from where the callback has its turn, so that none heap up. */
  setInterval(callback: Callback, delayMs = 1, ...args: unknown[]): number {
    const fire = (id: number): void => {
      this.#events.call(
        () => {
          if (!this.#running.has(id)) return undefined;
          this.#running.set(id, start(fire, timerMs(delayMs), id));
          return callback(...args);
        },
        () => undefined,
      );
    };
    return this.#begin(delayMs, fire);
  }

  /** Resolves when the time is over, whoever's turn it is; never once this is closed. */
  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) return;
      const timer = start(() => {
        this.#waits.delete(timer);
        resolve();
      }, timerMs(delayMs));
      this.#waits.add(timer);
    });
  }

  clear(id: number): void {
    const timer = this.#running.get(id);
    if (timer === undefined) return;
    clear(timer);
    this.#running.delete(id);
    this.#events.ended();
  }

  /** Without telling: the owner is done with what was set so far. */
  drop(): void {
    for (const timer of this.#running.values()) clear(timer);
    this.#running.clear();
  }

  /** As `drop`, with whatever waits, and with any to come. */
  close(): void {
    this.#closed = true;
    this.drop();
    for (const timer of this.#waits) clear(timer);
  }

  #begin(delayMs: number, fire: (id: number) => void): number {
    const id = ++this.#lastId;
    if (this.#closed) return id;
    this.#events.begun();
    this.#running.set(id, start(fire, timerMs(delayMs), id));
    return id;
  }
}
