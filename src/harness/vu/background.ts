/**
 * What a script has begun in one virtual user and its function does not wait for: timers, sockets, promises that nobody awaits.
 * An iteration lasts until all of it is over. Made for VUs that begin such a thing.
 */
import { Turns } from './turns.js';
import { type TimerEvents, VuTimers } from './vu-timers.js';

/** The VU. */
export interface BackgroundOwner {
  /** It waits for an operation, as `Turns` wants to know it. */
  awaitsOperation(): boolean;
  /** Runs what belongs to the iteration, or whatever the VU runs. */
  inRun<T>(call: () => T): T;
  /** Something of this has failed, which ends what the VU runs. */
  backgroundFailed(error: unknown): void;
}

export class Background implements TimerEvents {
  readonly #owner: BackgroundOwner;
  #pending = 0;
  /** Grows when what is pending is given up: its end is nobody's business any more. */
  #epoch = 0;
  #onIdle: (() => void) | undefined = undefined;
  #turns: Turns | undefined = undefined;
  #timers: VuTimers | undefined = undefined;
  /** Of the iteration. */
  #open: Set<() => void> | undefined = undefined;
  /** Of the VU. */
  #kept: (() => void)[] | undefined = undefined;
  #closed = false;

  constructor(owner: BackgroundOwner) {
    this.#owner = owner;
  }

  get isBusy(): boolean {
    return this.#pending > 0;
  }

  get timers(): VuTimers {
    this.#timers ??= new VuTimers(this);
    return this.#timers;
  }

  get turns(): Turns {
    this.#turns ??= new Turns(() => this.#owner.awaitsOperation());
    return this.#turns;
  }

  /** Calls it once, when nothing is pending. */
  whenIdle(call: () => void): void {
    this.#onIdle = call;
    this.#turns?.wake();
  }

  /** The VU waits no more for what it waited for, or for something else. */
  wake(): void {
    this.#turns?.wake();
  }

  begun(): void {
    this.#pending++;
  }

  ended(): void {
    this.#pending--;
    if (this.#pending > 0 || this.#onIdle === undefined) return;
    const call = this.#onIdle;
    this.#onIdle = undefined;
    call();
  }

  /** Pending until what it returns is called. `close` ends it where the VU is interrupted, or the iteration has failed. */
  opened(close: () => void): () => void {
    const epoch = this.#epoch;
    this.begun();
    this.#open ??= new Set();
    this.#open.add(close);
    return () => {
      if (this.#open?.delete(close) === true && this.#epoch === epoch) this.ended();
    };
  }

  /** Pending until the promise is settled; a rejection fails the iteration. */
  track(promise: PromiseLike<unknown>): void {
    const epoch = this.#epoch;
    this.begun();
    promise.then(
      () => this.#settled(epoch),
      (error: unknown) => {
        if (this.#epoch !== epoch || this.#closed) return;
        this.#owner.backgroundFailed(error);
        this.#settled(epoch);
      },
    );
  }

  /** A promise for the script that is settled as `promise` is, when it is the script's turn; pending until then. */
  settledInTurn<T>(promise: PromiseLike<T>): Promise<T> {
    const epoch = this.#epoch;
    this.begun();
    return new Promise((resolve, reject) => {
      const inTurn = (settle: () => void): void => {
        if (this.#epoch !== epoch || this.#closed) return;
        this.turns.run(() => {
          settle();
          this.#settled(epoch);
        });
      };
      promise.then(
        (value) => inTurn(() => resolve(value)),
        (error: unknown) => inTurn(() => reject(error)),
      );
    });
  }

  /** As `Turns.block`; pending as long. */
  async block<T>(begin: () => PromiseLike<T>): Promise<T> {
    const epoch = this.#epoch;
    this.begun();
    try {
      return await this.turns.block(begin);
    } finally {
      this.#settled(epoch);
    }
  }

  /** A function of the script is called when it is its turn; what it throws, or its promise is rejected with, fails the iteration. */
  call(callback: () => unknown, after: () => void = () => undefined): void {
    this.turns.run(() => this.#call(callback, after));
  }

  /** In a turn: as `call` for each of them, the next when the one before does not block, before whatever else waits; then `after`. */
  callAll(callbacks: readonly (() => unknown)[], after: () => void): void {
    const epoch = this.#epoch;
    const [first, ...rest] = callbacks;
    if (first === undefined) {
      after();
      return;
    }
    this.#call(first, () => undefined);
    if (this.#epoch === epoch) this.turns.runNext(() => this.callAll(rest, after));
  }

  /** What the VU has open is ended with the VU. */
  keep(close: () => void): void {
    this.#kept ??= [];
    this.#kept.push(close);
  }

  /** Nothing of it is waited for: the iteration has failed. */
  giveUp(): void {
    this.#epoch++;
    this.#pending = 0;
    this.#timers?.drop();
    this.#turns?.drop();
    for (const close of this.#open ?? []) close();
    this.#open?.clear();
    const call = this.#onIdle;
    this.#onIdle = undefined;
    call?.();
  }

  /** The VU is interrupted. */
  close(): void {
    this.#closed = true;
    this.#onIdle = undefined;
    this.giveUp();
    this.#timers?.close();
    for (const close of this.#kept ?? []) close();
  }

  #settled(epoch: number): void {
    if (this.#epoch === epoch && !this.#closed) this.ended();
  }

  #call(callback: () => unknown, after: () => void): void {
    const epoch = this.#epoch;
    try {
      const result = this.#owner.inRun(callback);
      if (result instanceof Promise) this.track(result);
    } catch (error) {
      this.#owner.backgroundFailed(error);
    }
    if (this.#epoch === epoch) after();
  }
}
