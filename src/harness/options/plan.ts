/**
 * The checked plan of a script: what runs when, and what must hold. Plain data: it is posted to the workers and written to
 * plan.json. Scaling happens here, once, so that everyone reads the same numbers.
 */
import type { MetricDefinition } from '../ports/metrics.js';
import type { ExecutorPlan, ScenarioPlan } from '../schedule/plan.js';
import { peakRatePerSec } from '../schedule/planned-rate.js';
import { ScriptConfigError } from './errors.js';
import type { ParsedOptions } from './options.js';

export interface Plan extends Omit<ParsedOptions, 'noSetup' | 'noTeardown'> {
  readonly hasSetup: boolean;
  readonly hasTeardown: boolean;
  /** What the script makes with k6/metrics. */
  readonly customMetrics: readonly MetricDefinition[];
  /** `options` as the script exports them, as far as JSON holds them. */
  readonly options: unknown;
  /** Highest rate that the arrival-rate scenarios plan together, iterations a second; 0 without any. */
  readonly peakPerSec: number;
}

export interface PlanScaling {
  /** All arrival rates are multiplied so that the highest total is this. */
  readonly peakPerSec?: number | undefined;
  /** Every duration and start time is multiplied by it; 1 = as written. */
  readonly durationScale?: number | undefined;
}

/** The scenarios with their rates and times scaled. Throws ScriptConfigError. */
export function scaleScenarios(
  scenarios: readonly ScenarioPlan[],
  { peakPerSec, durationScale = 1 }: PlanScaling,
  where: string,
): ScenarioPlan[] {
  const planned = peakRatePerSec(scenarios);
  if (peakPerSec !== undefined && planned === 0)
    throw new ScriptConfigError(
      `${where}: --peak needs a scenario with an arrival rate; it has none`,
    );
  const rateScale = peakPerSec === undefined ? 1 : peakPerSec / planned;
  if (!(rateScale > 0) || !(durationScale > 0))
    throw new ScriptConfigError('--peak and --duration-scale must be numbers above 0');
  return scenarios.map((scenario) => ({
    ...scenario,
    startUs: Math.round(scenario.startUs * durationScale),
    executor: scaleExecutor(scenario.executor, rateScale, durationScale),
  }));
}

function scaleExecutor(
  executor: ExecutorPlan,
  rateScale: number,
  durationScale: number,
): ExecutorPlan {
  const duration = (us: number): number => Math.round(us * durationScale);
  switch (executor.name) {
    case 'constant-arrival-rate':
      return {
        ...executor,
        rate: executor.rate * rateScale,
        durationUs: duration(executor.durationUs),
      };
    case 'ramping-arrival-rate':
      return {
        ...executor,
        startRate: executor.startRate * rateScale,
        stages: executor.stages.map(({ targetRate, durationUs }) => ({
          targetRate: targetRate * rateScale,
          durationUs: duration(durationUs),
        })),
      };
    case 'constant-vus':
      return { ...executor, durationUs: duration(executor.durationUs) };
    case 'per-vu-iterations':
      return { ...executor, maxDurationUs: duration(executor.maxDurationUs) };
    default:
      return executor satisfies never;
  }
}
