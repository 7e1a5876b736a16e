/**
 * One write per connection per turn of the event loop: whoever has bytes to send signs up once, and all are
 * flushed in the check phase, after every socket that was readable in this turn has been read.
 */

export interface Flushable {
  flush(): void;
}

export class Turn {
  #waiting: Flushable[] = [];
  #flushing: Flushable[] = [];
  #scheduled = false;
  readonly #run = (): void => this.#flushAll();

  /** `flushable` must not sign up again before its `flush` was called. */
  join(flushable: Flushable): void {
    this.#waiting.push(flushable);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#run);
  }

  #flushAll(): void {
    const flushing = this.#waiting;
    this.#waiting = this.#flushing;
    this.#flushing = flushing;
    this.#scheduled = false;
    for (const flushable of flushing) flushable.flush();
    flushing.length = 0;
  }
}
