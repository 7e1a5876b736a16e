/**
 * When bytes leave: whoever has some to send signs up once, and all are flushed together after every socket that
 * was readable in this turn of the event loop has been read. A turn that follows another closely waits for the rest
 * of GAP_MS: a write to a socket costs some 20 us however little it carries, and under load there is always more a
 * moment later. At rest nothing waits.
 */
import { monotonicMs } from './clock.js';

const GAP_MS = 1;

export interface Flushable {
  flush(): void;
}

export class Turn {
  #waiting: Flushable[] = [];
  #flushing: Flushable[] = [];
  #scheduled = false;
  #flushedMs = 0;
  readonly #run = (): void => this.#flushAll();

  /** `flushable` must not sign up again before its `flush` was called. */
  join(flushable: Flushable): void {
    this.#waiting.push(flushable);
    if (this.#scheduled) return;
    this.#scheduled = true;
    const gapMs = monotonicMs() - this.#flushedMs;
    if (gapMs >= GAP_MS) setImmediate(this.#run);
    else setTimeout(this.#run, GAP_MS);
  }

  #flushAll(): void {
    const flushing = this.#waiting;
    this.#waiting = this.#flushing;
    this.#flushing = flushing;
    this.#scheduled = false;
    for (const flushable of flushing) flushable.flush();
    this.#flushedMs = monotonicMs();
    flushing.length = 0;
  }
}
