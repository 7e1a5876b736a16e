/** How busy worker threads are, from outside them: the share of time in which an event loop did not wait. */
import type { Worker } from 'node:worker_threads';

type LoopUse = ReturnType<Worker['performance']['eventLoopUtilization']>;

export class ThreadUse {
  readonly #threads: () => readonly Worker[];
  readonly #before: LoopUse[] = [];

  constructor(threads: () => readonly Worker[]) {
    this.#threads = threads;
  }

  /** Of the busiest thread, since the last call, 0..1. */
  busiest(): number {
    let most = 0;
    this.#threads().forEach(({ performance }, index) => {
      const now = performance.eventLoopUtilization();
      const since = performance.eventLoopUtilization(now, this.#before[index]);
      this.#before[index] = now;
      most = Math.max(most, since.utilization);
    });
    return most;
  }
}
