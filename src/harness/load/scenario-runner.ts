/** The seam between the worker's loop and a scenario that runs on it, whatever its executor. */
import type { VirtualUser } from '../ports/host.js';

export interface ScenarioRunner {
  /** Starts everything that is due by `loadUs` (since load start). Called once a turn. */
  pump(loadUs: number): void;
  /** An iteration of this scenario ended on `vu`; an interrupted VU cannot be used again. */
  ended(vu: VirtualUser, loadUs: number, reusable: boolean): void;
  /** Nothing will start any more; iterations may still run. */
  readonly exhausted: boolean;
  readonly busy: number;
  /** Iterations that were due and never started. */
  readonly dropped: number;
  /** Of these, what maxDuration left over: nobody was missing for them. */
  readonly leftOver: number;
  /** Of these, what was due while the load was paused. */
  readonly paused: number;
  /** Iterations that started more than LATE_START_US after they were due. */
  readonly late: number;
  /** Load time at which iterations still running are interrupted. */
  readonly hardStopUs: number;
  /** Ends every running iteration as interrupted. */
  interruptAll(): void;
  /** Starts nothing until it is called again with false; what runs goes on. */
  pause(isPaused: boolean): void;
  /** Starts nothing more; what was still due counts as neither dropped nor late. */
  stop(): void;
}

/** An iteration that starts later than this after its intended start is a late start. */
export const LATE_START_US = 10_000;
