/**
 * A script at one rate, in place of its own schedule: each scenario that its busiest moment has, with the share of the rate that it
 * has there. First it is warmed up, by scenarios of their own, so that thresholds can tell what counts from what does not by a tag:
 *
 *   rate |      ____|__________________      warm-up: named `<scenario>-warm-up`, tagged step:warm-up
 *        |    /     |      hold              hold:    the script's own names,      tagged step:hold
 *        +--/-------+------------------ time
 *
 * Pure.
 */
import { ScriptConfigError } from '../options/errors.js';
import type { Plan } from '../options/plan.js';
import { parseSlo } from '../options/slo.js';
import type { ConstantRate } from '../report/progress.js';
import type { ArrivalVus } from '../schedule/fields.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { type MixedScenario, peakMix } from './peak-mix.js';

/** Rates are whole numbers per time unit: in a unit this long they are as exact as a thousandth of an iteration a second. */
const TIME_UNIT_S = 1_000;
/** The part of the warm-up in which the rate rises. */
const RAMP_SHARE = 0.6;

const WITHIN = { step: 'hold' } as const;

/** `where` names the script in messages; `times`: the trend that an SLO without a metric is of. Throws ScriptConfigError. */
export function atConstantRate(
  plan: Plan,
  rate: ConstantRate,
  { where, times }: { readonly where: string; readonly times: string },
): Plan {
  const mix = peakMix(plan.scenarios);
  const total = mix.reduce((sum, { ratePerSec }) => sum + ratePerSec, 0);
  if (total === 0)
    throw new ScriptConfigError(
      `${where} has no scenario with an arrival rate: only constant-arrival-rate and ramping-arrival-rate can be put at a rate`,
    );
  const left = plan.scenarios.filter(({ name }) =>
    mix.every(({ scenario }) => scenario.name !== name),
  );
  const taken = new Set(plan.scenarios.map(({ name }) => name));
  const shares = mix.map((one) => ({ ...one, ratePerSec: (one.ratePerSec / total) * rate.perSec }));
  const scenarios = [
    ...(rate.warmUpMs > 0 ? shares.map((one) => warmUp(one, rate, taken)) : []),
    ...shares.map((one) => hold(one, rate)),
  ].map((scenario, index) => ({ ...scenario, index }));
  const tagged = { scenarios, tags: plan.tags };
  return {
    ...plan,
    scenarios,
    thresholds: rate.slos.map((slo) =>
      parseSlo(slo, { customMetrics: plan.customMetrics, plan: tagged, within: WITHIN, times }),
    ),
    warnings: left.map(({ name }) => `${name} is left out: it has no rate at the script's peak`),
    hasHandleSummary: false,
    peakPerSec: rate.perSec,
  };
}

function hold({ scenario, ratePerSec }: MixedScenario, rate: ConstantRate): ScenarioPlan {
  return {
    ...scenario,
    tags: { ...scenario.tags, ...WITHIN },
    startUs: us(rate.warmUpMs),
    executor: {
      name: 'constant-arrival-rate',
      rate: perTimeUnit(ratePerSec),
      timeUnitUs: TIME_UNIT_S * 1_000_000,
      durationUs: us(rate.holdMs),
      ...vusOf(scenario),
    },
  };
}

function warmUp(
  { scenario, ratePerSec }: MixedScenario,
  rate: ConstantRate,
  taken: Set<string>,
): ScenarioPlan {
  let name = `${scenario.name}-warm-up`;
  while (taken.has(name)) name = `${name}-`;
  taken.add(name);
  const rampUs = Math.round(us(rate.warmUpMs) * RAMP_SHARE);
  const target = perTimeUnit(ratePerSec);
  return {
    ...scenario,
    name,
    tags: { ...scenario.tags, step: 'warm-up' },
    startUs: 0,
    executor: {
      name: 'ramping-arrival-rate',
      startRate: 0,
      timeUnitUs: TIME_UNIT_S * 1_000_000,
      stages: [
        { target, durationUs: rampUs },
        { target, durationUs: us(rate.warmUpMs) - rampUs },
      ],
      ...vusOf(scenario),
    },
  };
}

/** Of a scenario with an arrival rate: the others are not in the mix. */
function vusOf({ name, executor }: ScenarioPlan): ArrivalVus {
  if ('preAllocatedVus' in executor) {
    const { preAllocatedVus, maxVus } = executor;
    return { preAllocatedVus, maxVus };
  }
  throw new Error(`${name} has no arrival rate`);
}

function perTimeUnit(perSec: number): number {
  return Math.max(1, Math.round(perSec * TIME_UNIT_S));
}

function us(ms: number): number {
  return Math.round(ms * 1000);
}
