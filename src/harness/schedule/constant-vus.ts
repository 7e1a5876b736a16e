/**
 * k6's constant-vus: so many VUs, each starting its next iteration when the last one ends, until the duration is
 * over. It has no starts to compute: only how many VUs a stripe runs and until when.
 */
import type { ClosedPart } from './closed-part.js';
import type { ConstantVus } from './plan.js';
import { countInStripe, type Stripe } from './stripe.js';

export function constantVusPart(
  executor: ConstantVus,
  startUs: number,
  stripe: Stripe,
): ClosedPart {
  return {
    vus: countInStripe(executor.vus, stripe),
    iterationsPerVu: Number.POSITIVE_INFINITY,
    startUs,
    deadlineUs: startUs + executor.durationUs,
  };
}
