/**
 * What a call of k6/ws does while it blocks: one task after the other, each to its end, until it is stopped. Tasks are functions of
 * the script; while one runs the call does not block, so that a task may.
 */
import type { Turns } from '../../vu/turns.js';

export class TaskLoop {
  readonly #turns: Turns;
  readonly #onDrained: () => void;
  #tasks: (() => unknown)[] = [];
  #isStopped = false;
  #wake: () => void = () => undefined;

  /** `onDrained`: every task so far has run. */
  constructor(turns: Turns, onDrained: () => void) {
    this.#turns = turns;
    this.#onDrained = onDrained;
  }

  get waiting(): number {
    return this.#tasks.length;
  }

  push(task: () => unknown): void {
    if (this.#isStopped) return;
    this.#tasks.push(task);
    this.#wake();
  }

  /** After the task that runs, none does. */
  stop(): void {
    this.#isStopped = true;
    this.#tasks = [];
    this.#wake();
  }

  /** Until it is stopped. Rejects with what a task throws. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const task = this.#tasks.shift();
      if (task === undefined) {
        this.#onDrained();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else await this.call(task);
    }
  }

  async call(task: () => unknown): Promise<void> {
    const result = this.#turns.callBack(task);
    if (result instanceof Promise) await result;
  }
}
