/**
 * What the plan says at a moment and in total, for the progress display and for scaling a plan to a peak.
 * A closed-model executor plans no rate: it counts as 0 here.
 */
import { constantPeriodNs, constantTotal } from './constant-arrival-rate.js';
import type { ExecutorPlan, RampingArrivalRate, ScenarioPlan } from './plan.js';
import { rampingTotal } from './ramping-arrival-rate.js';

type Planned = Pick<ScenarioPlan, 'startUs' | 'executor'>;

/** Iterations a second that the scenario plans at `atUs` since test start. */
export function plannedRatePerSec(scenario: Planned, atUs: number): number {
  const sinceUs = atUs - scenario.startUs;
  if (sinceUs < 0 || sinceUs >= executorDurationUs(scenario.executor)) return 0;
  return rateWithin(scenario.executor, sinceUs, 'from');
}

/** `until`: where the rate jumps at that moment, the one before the jump. */
function rateWithin(executor: ExecutorPlan, sinceUs: number, side: 'from' | 'until'): number {
  if (executor.name === 'constant-arrival-rate') return (executor.rate * 1e6) / executor.timeUnitUs;
  return executor.name === 'ramping-arrival-rate' ? rampingRatePerSec(executor, sinceUs, side) : 0;
}

/** Iterations the scenario plans from its start to its end; undefined where only the target's speed decides. */
export function plannedIterations(executor: ExecutorPlan): number | undefined {
  switch (executor.name) {
    case 'constant-arrival-rate':
      return constantTotal(executor);
    case 'ramping-arrival-rate':
      return rampingTotal(executor);
    case 'per-vu-iterations':
      return executor.vus * executor.iterations;
    case 'constant-vus':
      return undefined;
    default:
      return executor satisfies never;
  }
}

/** Iterations started before `atUs` when nothing is late, for arrival-rate scenarios; the area under the rate. */
export function plannedIterationsUntil(scenario: Planned, atUs: number): number {
  const { executor } = scenario;
  const sinceUs = Math.min(Math.max(0, atUs - scenario.startUs), executorDurationUs(executor));
  if (executor.name === 'constant-arrival-rate')
    return Math.ceil((sinceUs * 1000) / constantPeriodNs(executor));
  return executor.name === 'ramping-arrival-rate' ? rampingAreaUntil(executor, sinceUs) : 0;
}

/** How long the executor may start iterations. */
export function executorDurationUs(executor: ExecutorPlan): number {
  switch (executor.name) {
    case 'constant-arrival-rate':
    case 'constant-vus':
      return executor.durationUs;
    case 'ramping-arrival-rate':
      return executor.stages.reduce((sum, stage) => sum + stage.durationUs, 0);
    case 'per-vu-iterations':
      return executor.maxDurationUs;
    default:
      return executor satisfies never;
  }
}

/** When the last scenario stops starting iterations, in microseconds since test start. */
export function planDurationUs(scenarios: readonly Planned[]): number {
  return Math.max(0, ...scenarios.map((s) => s.startUs + executorDurationUs(s.executor)));
}

/** The highest rate that the scenarios plan together. Rates are straight lines, so it lies at an end of one. */
export function peakRatePerSec(scenarios: readonly Planned[]): number {
  const corners = new Set<number>();
  for (const { startUs, executor } of scenarios) {
    let atUs = startUs;
    corners.add(atUs);
    const stages = executor.name === 'ramping-arrival-rate' ? executor.stages : [];
    for (const stage of stages) {
      atUs += stage.durationUs;
      corners.add(atUs);
    }
    corners.add(startUs + executorDurationUs(executor));
  }
  let peak = 0;
  for (const corner of corners) {
    const after = scenarios.map((scenario) => plannedRatePerSec(scenario, corner));
    const before = scenarios.map(({ startUs, executor }) => {
      const sinceUs = corner - startUs;
      const isOn = sinceUs > 0 && sinceUs <= executorDurationUs(executor);
      return isOn ? rateWithin(executor, sinceUs, 'until') : 0;
    });
    for (const rates of [before, after])
      peak = Math.max(
        peak,
        rates.reduce((sum, rate) => sum + rate, 0),
      );
  }
  return peak;
}

function rampingRatePerSec(
  executor: RampingArrivalRate,
  sinceUs: number,
  side: 'from' | 'until',
): number {
  let from = executor.startRate;
  let startUs = 0;
  for (const stage of executor.stages) {
    const endUs = startUs + stage.durationUs;
    if (side === 'from' ? sinceUs < endUs : sinceUs <= endUs && endUs > startUs) {
      const share = (sinceUs - startUs) / stage.durationUs;
      return ((from + (stage.targetRate - from) * share) * 1e6) / executor.timeUnitUs;
    }
    from = stage.targetRate;
    startUs = endUs;
  }
  return 0;
}

function rampingAreaUntil(executor: RampingArrivalRate, sinceUs: number): number {
  let area = 0;
  let from = executor.startRate;
  let startUs = 0;
  for (const stage of executor.stages) {
    const partUs = Math.min(sinceUs - startUs, stage.durationUs);
    if (partUs <= 0 && stage.durationUs > 0) break;
    const to =
      stage.durationUs > 0
        ? from + ((stage.targetRate - from) * partUs) / stage.durationUs
        : stage.targetRate;
    area += (partUs * (from + to)) / (2 * executor.timeUnitUs);
    from = stage.targetRate;
    startUs += stage.durationUs;
  }
  return Math.floor(area + 1e-6);
}
