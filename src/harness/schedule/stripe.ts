/**
 * Splits a plan over workers without a coordinator, as k6's execution segments split it over instances: of the numbers that
 * are this instance's (segment.ts), worker i of n owns every n-th from its i-th on, of iterations and of VUs alike. Every worker knows its
 * own numbers and the union is the whole. A scenario with fewer VUs than workers is split over as many workers as it
 * has VUs, so that no worker owns starts it could never serve.
 */
import {
  ALL_NUMBERS,
  countBelow,
  everyNth,
  type Numbers,
  numbersOf,
  type Segment,
} from './segment.js';

/** A worker among all of its instance. */
export interface WorkerPart {
  readonly worker: number;
  readonly workers: number;
}

/** The worker's numbers, none where it has no part in it. `segment`: undefined where the instance has the scenario to itself. */
export function stripeOf(
  { vusMax, segment }: { readonly vusMax: number; readonly segment: Segment | undefined },
  { worker, workers }: WorkerPart,
): Numbers {
  const own = segment === undefined ? ALL_NUMBERS : numbersOf(segment);
  const vus = countBelow(vusMax, own);
  return everyNth(own, { index: worker, of: Math.max(1, Math.min(workers, vus)) });
}
