/**
 * From a scenario of the plan to what one stripe of it has to do: the one place that knows every executor.
 */
import type { Arrivals } from './arrivals.js';
import type { ClosedPart } from './closed-part.js';
import { constantArrivals } from './constant-arrival-rate.js';
import { constantVusPart } from './constant-vus.js';
import { perVuIterationsPart } from './per-vu-iterations.js';
import type { ArrivalExecutor, ClosedExecutor } from './plan.js';
import { rampingArrivals } from './ramping-arrival-rate.js';
import type { Stripe } from './stripe.js';

/** The intended starts of a stripe of an arrival-rate scenario. */
export function arrivals(
  scenario: { readonly startUs: number; readonly executor: ArrivalExecutor },
  stripe: Stripe,
): Arrivals {
  return scenario.executor.name === 'constant-arrival-rate'
    ? constantArrivals(scenario.executor, scenario.startUs, stripe)
    : rampingArrivals(scenario.executor, scenario.startUs, stripe);
}

/** What a stripe runs of a closed-model scenario. */
export function closedPart(
  scenario: { readonly startUs: number; readonly executor: ClosedExecutor },
  stripe: Stripe,
): ClosedPart {
  return scenario.executor.name === 'constant-vus'
    ? constantVusPart(scenario.executor, scenario.startUs, stripe)
    : perVuIterationsPart(scenario.executor, scenario.startUs, stripe);
}
