/**
 * The checked plan of a script: what runs when, and what must hold. Plain data: it is posted to the workers and written to
 * plan.json. Scaling happens here, once, so that everyone reads the same numbers.
 */
import type { MetricDefinition } from '../ports/metrics.js';
import { decimal, isMore, ONE, over, ZERO } from '../schedule/exact.js';
import { executorOf } from '../schedule/executors/registry.js';
import { RATE_PER_SEC_MAX } from '../schedule/fields.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { peakRate } from '../schedule/planned-rate.js';
import { resized, type Segment } from '../schedule/segment.js';
import { ScriptConfigError } from './errors.js';
import type { ParsedOptions } from './options.js';

export interface Plan extends Omit<ParsedOptions, 'noSetup' | 'noTeardown' | 'segmentWords'> {
  readonly hasSetup: boolean;
  readonly hasTeardown: boolean;
  readonly hasHandleSummary: boolean;
  /** What the script makes with k6/metrics. */
  readonly customMetrics: readonly MetricDefinition[];
  /** Absolute paths of the files that its init code opens. */
  readonly openedFiles: readonly string[];
  /** The part of the whole that is this instance's; undefined where it is all of it. */
  readonly segment: Segment | undefined;
  /** `options` as the script exports them, as far as JSON holds them. */
  readonly options: unknown;
  /** Highest rate that the arrival-rate scenarios plan together, on all instances, iterations a second; 0 without any. */
  readonly peakPerSec: number;
}

export interface PlanScaling {
  /** All arrival rates are multiplied so that the highest total is this. */
  readonly peakPerSec?: number | undefined;
  /** Every duration and start time is multiplied by it; 1 = as written. */
  readonly durationScale?: number | undefined;
}

/** Each scenario with the part of it that is this instance's. */
export function segmented(
  scenarios: readonly ScenarioPlan[],
  segment: Segment | undefined,
): readonly ScenarioPlan[] {
  if (segment === undefined) return scenarios;
  return scenarios.map((scenario) => {
    const { executor } = scenario;
    return { ...scenario, segment: resized(segment, executorOf(executor).vusMax(executor)) };
  });
}

/** The scenarios with their rates and times scaled. Throws ScriptConfigError. */
export function scaleScenarios(
  scenarios: readonly ScenarioPlan[],
  { peakPerSec, durationScale = 1 }: PlanScaling,
  where: string,
): ScenarioPlan[] {
  const planned = peakRate(scenarios);
  if (peakPerSec !== undefined && !isMore(planned, ZERO))
    throw new ScriptConfigError(
      `${where}: --peak needs a scenario with an arrival rate; it has none`,
    );
  if (peakPerSec !== undefined && !(peakPerSec > 0 && peakPerSec <= RATE_PER_SEC_MAX))
    throw new ScriptConfigError(
      `--peak must be a number above 0, at most ${RATE_PER_SEC_MAX}, got ${peakPerSec}`,
    );
  if (!(durationScale > 0 && Number.isFinite(durationScale)))
    throw new ScriptConfigError(`--duration-scale must be a number above 0, got ${durationScale}`);
  const scaling = {
    rate: peakPerSec === undefined ? ONE : over(decimal(peakPerSec), planned),
    durationUs: (us: number): number => Math.round(us * durationScale),
  };
  return scenarios.map((scenario) => ({
    ...scenario,
    startUs: scaling.durationUs(scenario.startUs),
    executor: executorOf(scenario.executor).scale(scenario.executor, scaling),
  }));
}
