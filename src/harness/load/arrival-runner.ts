/**
 * Runs an arrival-rate scenario: whatever is due by the schedule starts now, on an idle VU; where all VUs that the scenario
 * may have are running, it is dropped. It never waits for the target. What waits for a VU that is still to be made, or for
 * this thread, is late and counted so; its response time runs from its intended start.
 */

import type { VirtualUser } from '../ports/host.js';
import type { Arrivals } from '../schedule/arrivals.js';
import { LATE_START_US, type ScenarioRunner } from './scenario-runner.js';
import type { VuPool } from './vu-pool.js';

export interface ArrivalRunnerOptions {
  readonly scenario: number;
  readonly arrivals: Arrivals;
  readonly pool: VuPool;
  /** Where load time 0 lies on the drill clock. */
  readonly loadStartUs: number;
  readonly hardStopUs: number;
  /** Ends the iterations of this scenario that run. */
  readonly interrupt: () => void;
  /** Told the intended start of each iteration that was due, started or not; but for those of a pause. */
  readonly onDue: (loadUs: number) => void;
  /** An iteration begins on `vu`. */
  readonly onStart: (vu: VirtualUser, loadUs: number) => void;
}

/** VUs brought into the cache together: about as many reads as a core has under way at once. */
const PREFETCHED = 16;

export class ArrivalRunner implements ScenarioRunner {
  readonly hardStopUs: number;
  readonly leftOver = 0;
  dropped = 0;
  paused = 0;
  late = 0;
  readonly #options: ArrivalRunnerOptions;
  #stopped = false;
  #isPaused = false;
  #prefetched = 0;

  constructor(options: ArrivalRunnerOptions) {
    this.#options = options;
    this.hardStopUs = options.hardStopUs;
  }

  get exhausted(): boolean {
    return this.#stopped || this.#options.arrivals.peekUs() === Number.POSITIVE_INFINITY;
  }

  get busy(): number {
    return this.#options.pool.busy;
  }

  pump(loadUs: number): void {
    if (this.#stopped) return;
    if (this.#isPaused) {
      this.#skipDue(loadUs);
      return;
    }
    const { arrivals, pool, scenario, loadStartUs, onDue, onStart } = this.#options;
    if (loadUs >= this.hardStopUs) {
      this.#dropDue(loadUs);
      return;
    }
    let due = 0;
    for (let dueUs = arrivals.peekUs(); dueUs <= loadUs; dueUs = arrivals.peekUs()) {
      if (due++ % PREFETCHED === 0) this.#prefetched ^= pool.prefetch(PREFETCHED);
      const vu = pool.take();
      if (vu === undefined && !pool.full) return; // its turn comes when there is time to make a VU
      const iteration = arrivals.take();
      onDue(dueUs);
      if (vu === undefined) {
        this.dropped++;
        continue;
      }
      if (loadUs - dueUs > LATE_START_US) this.late++;
      onStart(vu, loadUs);
      vu.startIteration(scenario, iteration, loadStartUs + dueUs);
    }
  }

  ended(vu: VirtualUser, _loadUs: number, reusable: boolean): void {
    this.#options.pool.giveBack(vu, reusable);
  }

  interruptAll(): void {
    this.#options.interrupt();
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Nobody is to be asked for it: it is no part of the load that was offered. */
  #skipDue(loadUs: number): void {
    const { arrivals } = this.#options;
    while (arrivals.peekUs() <= loadUs) {
      arrivals.take();
      this.dropped++;
      this.paused++;
    }
  }

  /** The scenario and its grace are over: what could not start until now never will. */
  #dropDue(loadUs: number): void {
    const { arrivals, onDue } = this.#options;
    for (let dueUs = arrivals.peekUs(); dueUs <= loadUs; dueUs = arrivals.peekUs()) {
      arrivals.take();
      onDue(dueUs);
      this.dropped++;
    }
  }
}
