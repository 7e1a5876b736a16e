/**
 * What the plan says at a moment and in total, for the progress display and for scaling a plan to a peak.
 * A closed-model executor plans no rate: it counts as 0 here.
 */
import { type Fraction, isMore, plus, times, toNumber, ZERO } from './exact.js';
import type { Side } from './executor.js';
import { type ExecutorPlan, executorOf } from './executors/registry.js';
import type { ScenarioPlan } from './plan.js';
import { countBelow, numbersOf, shareOf } from './segment.js';

type Planned = Pick<ScenarioPlan, 'startUs' | 'executor' | 'segment'>;

/** Iterations a second that the scenario plans at `atUs` since test start. */
export function plannedRatePerSec(scenario: Planned, atUs: number): number {
  return toNumber(rateAt(scenario, Math.floor(atUs), 'after'));
}

/** Iterations started before `atUs` when nothing is late, for arrival-rate scenarios; the area under the rate. */
export function plannedIterationsUntil(
  { startUs, executor, segment }: Planned,
  atUs: number,
): number {
  const sinceUs = Math.min(Math.max(0, Math.floor(atUs) - startUs), executorDurationUs(executor));
  const whole = executorOf(executor).rate?.iterationsUntil(executor, sinceUs) ?? 0;
  return segment === undefined ? whole : countBelow(whole, numbersOf(segment));
}

/** The schedule decides when iterations start, not the target. */
export function isOpenModel(executor: ExecutorPlan): boolean {
  return executorOf(executor).rate !== undefined;
}

/** How long the executor may start iterations. */
export function executorDurationUs(executor: ExecutorPlan): number {
  return executorOf(executor).durationUs(executor);
}

/** When the last scenario stops starting iterations, in microseconds since test start. */
export function planDurationUs(scenarios: readonly Planned[]): number {
  return Math.max(0, ...scenarios.map((s) => s.startUs + executorDurationUs(s.executor)));
}

/** The highest rate that the scenarios plan together, a second. Rates are straight lines, so it lies at an end of one. */
export function peakRate(scenarios: readonly Planned[]): Fraction {
  const bends = scenarios.flatMap(({ startUs, executor }) => [
    startUs,
    ...(executorOf(executor).rate?.bends(executor) ?? []).map((us) => startUs + us),
  ]);
  return [...new Set(bends)]
    .flatMap((atUs) => [totalAt(scenarios, atUs, 'before'), totalAt(scenarios, atUs, 'after')])
    .reduce((peak, rate) => (isMore(rate, peak) ? rate : peak), ZERO);
}

export function peakRatePerSec(scenarios: readonly Planned[]): number {
  return toNumber(peakRate(scenarios));
}

function totalAt(scenarios: readonly Planned[], atUs: number, side: Side): Fraction {
  return scenarios.map((scenario) => rateAt(scenario, atUs, side)).reduce(plus, ZERO);
}

/** Where the rate jumps at that moment, `side` says which of the two is meant; outside of the scenario it is 0. */
function rateAt({ startUs, executor, segment }: Planned, atUs: number, side: Side): Fraction {
  const { rate, durationUs } = executorOf(executor);
  const sinceUs = atUs - startUs;
  const endUs = durationUs(executor);
  const isOn = side === 'after' ? sinceUs >= 0 && sinceUs < endUs : sinceUs > 0 && sinceUs <= endUs;
  const whole = isOn ? (rate?.at(executor, { sinceUs, side }) ?? ZERO) : ZERO;
  return segment === undefined ? whole : times(whole, shareOf(segment));
}
