/**
 * k6's per-vu-iterations: each VU runs so many iterations, one after the other; what is left of them at
 * maxDuration counts as dropped iterations.
 */
import type { ClosedPart } from './closed-part.js';
import type { PerVuIterations } from './plan.js';
import { countInStripe, type Stripe } from './stripe.js';

export function perVuIterationsPart(
  executor: PerVuIterations,
  startUs: number,
  stripe: Stripe,
): ClosedPart {
  return {
    vus: countInStripe(executor.vus, stripe),
    iterationsPerVu: executor.iterations,
    startUs,
    deadlineUs: startUs + executor.maxDurationUs,
  };
}
