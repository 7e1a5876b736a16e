import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClosedPart, iterationNumber } from '../closed-part.js';
import { stripeOf } from '../stripe.js';
import type { RampingVus } from './ramping-vus.js';
import { type ExecutorPlan, executorOf } from './registry.js';

const SECOND = 1_000_000;
const WHOLE_WORKER = { worker: 0, workers: 1 };

function partOf(plan: ExecutorPlan, share = WHOLE_WORKER, startUs = 0): ClosedPart {
  const executor = executorOf(plan);
  const part = executor.part(plan, {
    startUs,
    stripe: stripeOf({ vusMax: executor.vusMax(plan), segment: undefined }, share),
  });
  if (part.model !== 'closed') throw new Error(`${plan.name} is a closed model`);
  return part;
}

const partsOf = (plan: ExecutorPlan, workers: number): ClosedPart[] =>
  Array.from({ length: workers }, (_, worker) => partOf(plan, { worker, workers }));

/** VUs that are on at `us`. */
const vusAt = ({ steps, deadlineUs }: ClosedPart, us: number): number =>
  us < deadlineUs ? (steps.findLast(({ atUs }) => atUs <= us)?.vus ?? 0) : 0;

const rampingVus = (
  startVus: number,
  stages: readonly (readonly [target: number, seconds: number])[],
): RampingVus => ({
  name: 'ramping-vus',
  startVus,
  stages: stages.map(([target, seconds]) => ({ target, durationUs: seconds * SECOND })),
  rampDownGraceUs: 30 * SECOND,
});

describe('constant-vus', () => {
  it('has its VUs on from the start of the scenario until the duration is over', () => {
    const plan = { name: 'constant-vus', vus: 5, durationUs: 3 * SECOND } as const;
    expect(partOf(plan, { worker: 1, workers: 2 }, SECOND)).toMatchObject({
      steps: [{ atUs: SECOND, vus: 2 }],
      iterations: Number.POSITIVE_INFINITY,
      startUs: SECOND,
      deadlineUs: 4 * SECOND,
    });
  });
});

describe('ramping-vus', () => {
  it.each([
    // k6 adds the k-th VU of a stage after k equal parts of it, and takes it away likewise
    [
      'up and down',
      rampingVus(1, [
        [4, 3],
        [1, 3],
      ]),
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 3],
        [5, 2],
        [6, 1],
      ],
    ],
    // a stage of duration 0 moves the number at once
    [
      'a jump',
      rampingVus(0, [
        [3, 0],
        [3, 2],
        [1, 0],
        [1, 1],
      ]),
      [
        [0, 0],
        [0, 3],
        [2, 1],
      ],
    ],
    // a stage to the number that there is keeps it
    ['level', rampingVus(2, [[2, 5]]), [[0, 2]]],
  ])('%s', (_, plan, expected) => {
    expect(partOf(plan).steps).toEqual(expected.map(([s = 0, vus]) => ({ atUs: s * SECOND, vus })));
  });

  it.each([
    // as long as its stages
    [rampingVus(1, [[5, 4]]), 4],
    [
      rampingVus(1, [
        [5, 4],
        [0, 2],
      ]),
      6,
    ],
    // k6 ends when the last VU has left, not after stages that keep it at none
    [
      rampingVus(1, [
        [0, 4],
        [0, 20],
      ]),
      4,
    ],
  ])('lasts until its last VU has left (%#)', (plan, seconds) => {
    expect(executorOf(plan).durationUs(plan)).toBe(seconds * SECOND);
  });

  it('over any number of workers has the VUs of one worker at every moment', () => {
    const stage = fc.tuple(fc.nat(40), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.array(stage, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (startVus, stages, workers) => {
          const plan = rampingVus(startVus, stages);
          fc.pre(executorOf(plan).vusMax(plan) > 0);
          const whole = partOf(plan);
          const parts = partsOf(plan, workers);
          for (const { atUs } of whole.steps) {
            const sum = parts.reduce((vus, part) => vus + vusAt(part, atUs), 0);
            expect(sum).toBe(vusAt(whole, atUs));
          }
        },
      ),
    );
  });
});

describe('per-vu-iterations and shared-iterations', () => {
  const perVu = (vus: number, iterations: number): ExecutorPlan => ({
    name: 'per-vu-iterations',
    vus,
    iterations,
    maxDurationUs: 9 * SECOND,
  });
  const shared = (vus: number, iterations: number): ExecutorPlan => ({
    name: 'shared-iterations',
    vus,
    iterations,
    maxDurationUs: 9 * SECOND,
  });

  it.each([
    // plan, workers, iterations of each worker: a worker with more VUs has more
    [perVu(3, 4), 2, [8, 4]],
    [shared(3, 9), 2, [6, 3]],
    [shared(3, 10), 2, [7, 3]],
    [shared(3, 11), 2, [7, 4]],
    // fewer VUs than workers: one is left out
    [shared(2, 10), 3, [5, 5, 0]],
  ])('are dealt out to workers by their VUs (%#)', (plan, workers, expected) => {
    expect(partsOf(plan, workers).map(({ iterations }) => iterations)).toEqual(expected);
  });

  it('number their iterations without a gap, whatever the workers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.nat(100),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (vus, more, workers, isShared) => {
          const each = 1 + (more % 9);
          const plan = isShared ? shared(vus, vus + more) : perVu(vus, each);
          const numbers = partsOf(plan, workers).flatMap((part) =>
            Array.from({ length: part.iterations }, (_, k) => iterationNumber(k, part)),
          );
          const count = isShared ? vus + more : vus * each;
          expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
        },
      ),
    );
  });
});
