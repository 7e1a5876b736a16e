/**
 * Splits a plan over workers without a coordinator, as k6's execution segments do. For n equal segments
 * k6's striping gives element i of every block of n to segment i, so stripe i of n owns the iterations
 * i, i + n, i + 2n ... and the VUs numbered the same way: every worker knows its own numbers and the union is
 * the whole. A scenario with fewer VUs than workers is split over as many workers as it has VUs
 * (k6 re-segments by maxVUs too), so that no worker owns starts it could never serve.
 */

export interface Stripe {
  /** 0 .. of - 1; `of` or more where this worker has no part in it. */
  readonly index: number;
  readonly of: number;
}

/** A worker among all of them. */
export interface WorkerPart {
  readonly worker: number;
  readonly workers: number;
}

/** The part of a scenario with so many VUs at most that falls to the worker. */
export function stripeOf(vusMax: number, { worker, workers }: WorkerPart): Stripe {
  return { index: worker, of: Math.max(1, Math.min(workers, vusMax)) };
}

/** How many of `total` numbered things fall to the stripe. */
export function countInStripe(total: number, stripe: Stripe): number {
  if (stripe.index >= stripe.of || total <= stripe.index) return 0;
  return Math.floor((total - stripe.index - 1) / stripe.of) + 1;
}

/** The stripe's k-th number of the whole, both from 0. */
export function numberInWhole(k: number, stripe: Stripe): number {
  return stripe.index + k * stripe.of;
}
