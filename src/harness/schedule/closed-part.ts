/**
 * What a closed-model executor asks of one worker: how many VUs when, how many iterations, until when. The times between
 * are the target's, so there is nothing else to plan. VUs stand in places 0, 1, 2 ...: the highest place leaves first.
 *
 *    VUs on   3 |      ____            steps: at 0 one, then two, three, one
 *             2 |   __|    |           deadline: no iteration starts at or after it
 *             1 |__|       |____|      a VU that leaves has the ramp-down's grace to end its iteration,
 *               startUs      deadlineUs     those on at the deadline the scenario's
 */
import { countBelow, type Numbers, numberAt } from './segment.js';

export interface ClosedPart {
  readonly model: 'closed';
  /** VUs of the whole scenario, of which this stripe has its share. */
  readonly vusOfWhole: number;
  readonly stripe: Numbers;
  /** How many of the stripe's VUs are on from a moment on, in order of time; the first at `startUs`. */
  readonly steps: readonly VuStep[];
  /** Iterations of each VU; Infinity where nothing bounds them. */
  readonly iterationsPerVu: number;
  /** Iterations of the stripe; Infinity where only the deadline ends it. What is left at the deadline is dropped. */
  readonly iterations: number;
  readonly startUs: number;
  readonly deadlineUs: number;
  /** How long an iteration may go on after its VU's step down. */
  readonly rampDownGraceUs: number;
}

export interface VuStep {
  /** Since test start. */
  readonly atUs: number;
  readonly vus: number;
}

/** The part of an executor that has all its VUs on from its start to its end. */
export function steadyPart(options: {
  readonly vus: number;
  readonly stripe: Numbers;
  readonly startUs: number;
  readonly durationUs: number;
  readonly iterationsPerVu: number;
  readonly iterations: number;
}): ClosedPart {
  const { vus, stripe, startUs, durationUs, iterationsPerVu, iterations } = options;
  return {
    model: 'closed',
    vusOfWhole: vus,
    stripe,
    steps: [{ atUs: startUs, vus: countBelow(vus, stripe) }],
    iterationsPerVu,
    iterations,
    startUs,
    deadlineUs: startUs + durationUs,
    rampDownGraceUs: Number.POSITIVE_INFINITY,
  };
}

/**
 * How many of `total` iterations, dealt out to the VUs of the whole scenario in turn, fall to the stripe: more VUs, more
 * iterations, so that all stripes are done at about the same time.
 */
export function iterationsOfStripe(total: number, vus: number, stripe: Numbers): number {
  const ownVus = countBelow(vus, stripe);
  return Math.floor(total / vus) * ownVus + countBelow(total % vus, stripe);
}

/**
 * The number in the whole scenario of the stripe's k-th iteration, both from 0: none has another's, and of those that
 * `iterationsOfStripe` deals out none is left free.
 */
export function iterationNumber(k: number, { vusOfWhole, stripe }: ClosedPart): number {
  const ownVus = countBelow(vusOfWhole, stripe);
  return Math.floor(k / ownVus) * vusOfWhole + numberAt(k % ownVus, stripe);
}
