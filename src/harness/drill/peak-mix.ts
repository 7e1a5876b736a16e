/** What a plan asks for at its busiest moment: which scenarios, and how often each. Pure. */
import type { ScenarioPlan } from '../schedule/plan.js';
import { planDurationUs, plannedRatePerSec } from '../schedule/planned-rate.js';

export interface MixedScenario {
  readonly scenario: ScenarioPlan;
  /** Iterations a second, above 0. */
  readonly ratePerSec: number;
}

const SAMPLES = 2_000;

/** Empty where the plan has no arrival rate: closed models plan none. */
export function peakMix(scenarios: readonly ScenarioPlan[]): readonly MixedScenario[] {
  const atUs = peakUs(scenarios);
  return scenarios
    .map((scenario) => ({ scenario, ratePerSec: plannedRatePerSec(scenario, atUs) }))
    .filter(({ ratePerSec }) => ratePerSec > 0);
}

/** A moment at which the scenarios together plan the most. */
function peakUs(scenarios: readonly ScenarioPlan[]): number {
  const endUs = planDurationUs(scenarios);
  let best = { atUs: 0, rate: 0 };
  for (let i = 0; i < SAMPLES; i++) {
    const atUs = (endUs * i) / SAMPLES;
    const rate = scenarios.reduce((sum, one) => sum + plannedRatePerSec(one, atUs), 0);
    if (rate > best.rate) best = { atUs, rate };
  }
  return best.atUs;
}
