/**
 * What the schedule is made from: one row a scenario, parsed and checked by the script room, in whole microseconds.
 * Types only, plain data: a plan is posted to worker threads and written to plan.json as it is.
 */

/** Starts come at a fixed rate, whatever the target does (open model). */
export interface ConstantArrivalRate {
  readonly name: 'constant-arrival-rate';
  /** Iterations per `timeUnitUs`; whole in a script, any positive number after scaling. */
  readonly rate: number;
  readonly timeUnitUs: number;
  readonly durationUs: number;
  readonly preAllocatedVus: number;
  readonly maxVus: number;
}

/** Starts come at a rate that runs in straight lines from stage to stage (open model). */
export interface RampingArrivalRate {
  readonly name: 'ramping-arrival-rate';
  /** Iterations per `timeUnitUs` at time 0. */
  readonly startRate: number;
  readonly timeUnitUs: number;
  readonly stages: readonly RateStage[];
  readonly preAllocatedVus: number;
  readonly maxVus: number;
}

export interface RateStage {
  /** Rate at the stage's end. */
  readonly targetRate: number;
  /** 0 = the rate jumps. */
  readonly durationUs: number;
}

/** Each VU starts its next iteration when the last one ends (closed model). */
export interface ConstantVus {
  readonly name: 'constant-vus';
  readonly vus: number;
  readonly durationUs: number;
}

/** Each VU runs the same number of iterations (closed model). */
export interface PerVuIterations {
  readonly name: 'per-vu-iterations';
  readonly vus: number;
  readonly iterations: number;
  readonly maxDurationUs: number;
}

export type ArrivalExecutor = ConstantArrivalRate | RampingArrivalRate;
export type ClosedExecutor = ConstantVus | PerVuIterations;
export type ExecutorPlan = ArrivalExecutor | ClosedExecutor;

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
}

export function isArrivalExecutor(executor: ExecutorPlan): executor is ArrivalExecutor {
  return executor.name === 'constant-arrival-rate' || executor.name === 'ramping-arrival-rate';
}

/** The scenario index of what setup() and teardown() do. */
export const LIFECYCLE_SCENARIO = 0xffff;
