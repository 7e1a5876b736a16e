/**
 * The short closed-loop load that finds out what this machine carries: the same iterations in the same mix as at the peak of
 * the script's plan, as fast as they are answered, for a few seconds. setup() runs before it: iterations may need what it
 * returns. Pure.
 */
import type { Plan } from '../options/plan.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { peakMix } from './peak-mix.js';

/** Until compiled code and caches are warm, and after that for as long as is counted. */
export const CALIBRATION_WARM_UP_US = 2_000_000;
export const CALIBRATION_US = 4_500_000;
/** The share of what was carried that a drill plans: at all of it every hiccup would become a queue. */
export const PEAK_SHARE = 0.9;

/** A virtual user for so many microseconds of the planned rate: enough to keep the stack busy, few enough to stay cached. */
const RATE_PER_VU_US = 33_000;

export interface Calibration {
  /** Iterations a second, mean over what was counted. */
  readonly carriedPerSec: number;
  /** Seconds that were counted. */
  readonly seconds: number;
}

/** The plan of the calibration; undefined where the script plans no rate, so that there is nothing to find out. */
export function calibrationPlan(plan: Plan): Plan | undefined {
  const mix = peakMix(plan.scenarios);
  if (mix.length === 0) return undefined;
  const scenarios = mix.map(({ scenario, ratePerSec }) => closedLoop(scenario, ratePerSec));
  return {
    ...plan,
    scenarios: scenarios.map((scenario, index) => ({ ...scenario, index })),
    thresholds: [],
    warnings: [],
    hasTeardown: false,
  };
}

function closedLoop(scenario: ScenarioPlan, ratePerSec: number): ScenarioPlan {
  const vus = Math.max(1, Math.ceil((ratePerSec * RATE_PER_VU_US) / 1e6));
  return {
    ...scenario,
    startUs: 0,
    gracefulStopUs: 1_000_000,
    executor: { name: 'constant-vus', vus, durationUs: CALIBRATION_US },
  };
}
