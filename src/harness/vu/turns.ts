/**
 * Whose turn it is in one virtual user. A VU of k6 does one thing at a time: while a call blocks it, nothing else of its script
 * runs. Here such a call gives the thread away, so what wants to run meanwhile (timers, handlers of sockets, answers to promises
 * of modules, the next blocking call of another async function) waits in a line, in the order in which it came:
 *
 *   blocking call ends -> what waited for it goes on (microtasks), perhaps to the next blocking call
 *                      -> a later turn of the event loop, where nothing blocks: the first of the line, then the next ...
 *
 * Refuses to know what the things are.
 */

export class Turns {
  /** Blocking calls under way; what one of them calls back is taken out for that time. */
  #blocking = 0;
  #line: (() => void)[] = [];
  #next: NodeJS.Immediate | undefined = undefined;
  readonly #isBlockedOtherwise: () => boolean;

  /** `isBlockedOtherwise`: the VU waits for something that it does not tell here. Asked only when nobody's code runs. */
  constructor(isBlockedOtherwise: () => boolean) {
    this.#isBlockedOtherwise = isBlockedOtherwise;
  }

  /** A blocking call is under way. */
  get isBlocked(): boolean {
    return this.#blocking > 0 || this.#isBlockedOtherwise();
  }

  /** Runs it when nothing blocks: at once where that is now. Not for calls out of the script's own code. */
  run(what: () => void): void {
    if (this.#line.length === 0 && !this.isBlocked) what();
    else this.runLater(what);
  }

  /** In a later turn of the event loop. */
  runLater(what: () => void): void {
    this.#line.push(what);
    this.wake();
  }

  /** Before whatever else waits: what has its turn goes on with it. */
  runNext(what: () => void): void {
    if (!this.isBlocked) what();
    else {
      this.#line.unshift(what);
      this.wake();
    }
  }

  /** Begins it when no other blocks, and blocks until it has ended. */
  async block<T>(begin: () => PromiseLike<T>): Promise<T> {
    while (this.#blocking > 0) await new Promise<void>((resolve) => this.runLater(resolve));
    this.#blocking++;
    try {
      return await begin();
    } finally {
      this.#blocking--;
      this.wake();
    }
  }

  /** What a blocking call calls back: until that has ended, the call does not block. Throws or rejects with what it throws. */
  callBack(what: () => unknown): unknown {
    this.#blocking--;
    let result: unknown;
    try {
      result = what();
    } catch (error) {
      this.#blocking++;
      throw error;
    }
    if (result instanceof Promise)
      return result.finally(() => {
        this.#blocking++;
      });
    this.#blocking++;
    return result;
  }

  /** What waits may have its turn by now. */
  wake(): void {
    if (this.#line.length === 0) return;
    this.#next ??= setImmediate(() => {
      this.#next = undefined;
      if (this.isBlocked) return; // who blocks will wake us
      this.#line.shift()?.();
      this.wake();
    });
  }

  /** What waits is never run. */
  drop(): void {
    this.#line = [];
  }
}
