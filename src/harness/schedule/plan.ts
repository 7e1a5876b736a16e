/**
 * A scenario of the plan, parsed and checked by the options room, in whole microseconds. Plain data: it is posted to worker
 * threads and written to plan.json as it is.
 */
import type { ExecutorPlan } from './executors/registry.js';
import type { Segment } from './segment.js';

export interface ScenarioPlan {
  /** Position in the plan; the journal and the seed of each iteration refer to it. */
  readonly index: number;
  readonly name: string;
  /** The exported function that is one iteration. */
  readonly exec: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Microseconds since test start. */
  readonly startUs: number;
  readonly gracefulStopUs: number;
  readonly executor: ExecutorPlan;
  /** The part of it that is this instance's; undefined where it has all of it. `executor` says the whole. */
  readonly segment?: Segment | undefined;
}

/** The scenario index of what setup() and teardown() do. */
export const LIFECYCLE_SCENARIO = 0xffff;
