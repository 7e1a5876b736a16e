/** Every executor there is, by the name that scripts give it. A new one is a file here and a line in the list. */
import type { Executor } from '../executor.js';
import { constantArrivalRate } from './constant-arrival-rate.js';
import { constantVus } from './constant-vus.js';
import { perVuIterations } from './per-vu-iterations.js';
import { rampingArrivalRate } from './ramping-arrival-rate.js';
import { rampingVus } from './ramping-vus.js';
import { sharedIterations } from './shared-iterations.js';

const ALL = [
  constantArrivalRate,
  rampingArrivalRate,
  constantVus,
  rampingVus,
  perVuIterations,
  sharedIterations,
] as const;

export type ExecutorPlan = ReturnType<(typeof ALL)[number]['parse']>;

export const EXECUTORS: readonly Executor<ExecutorPlan>[] = ALL;

const BY_NAME: ReadonlyMap<string, Executor<ExecutorPlan>> = new Map(
  EXECUTORS.map((executor) => [executor.name, executor]),
);

export function executorNamed(name: string): Executor<ExecutorPlan> | undefined {
  return BY_NAME.get(name);
}

/** Throws RangeError for a plan that no parse has made. */
export function executorOf(plan: ExecutorPlan): Executor<ExecutorPlan> {
  const executor = BY_NAME.get(plan.name);
  if (executor === undefined) throw new RangeError(`no executor is named ${plan.name}`);
  return executor;
}
