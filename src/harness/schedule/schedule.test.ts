import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivals, closedPart } from './executors.js';
import type { ArrivalExecutor, ConstantArrivalRate, RampingArrivalRate } from './plan.js';
import {
  peakRatePerSec,
  planDurationUs,
  plannedIterations,
  plannedIterationsUntil,
  plannedRatePerSec,
} from './planned-rate.js';
import { countInStripe, numberInWhole, type Stripe, stripeOf, WHOLE } from './stripe.js';

const SECOND = 1_000_000;

const constant = (rate: number, seconds: number, timeUnitUs = SECOND): ConstantArrivalRate => ({
  name: 'constant-arrival-rate',
  rate,
  timeUnitUs,
  durationUs: seconds * SECOND,
  preAllocatedVus: 100,
  maxVus: 100,
});

const ramping = (
  startRate: number,
  stages: readonly (readonly [targetRate: number, seconds: number])[],
  timeUnitUs = SECOND,
): RampingArrivalRate => ({
  name: 'ramping-arrival-rate',
  startRate,
  timeUnitUs,
  stages: stages.map(([targetRate, seconds]) => ({ targetRate, durationUs: seconds * SECOND })),
  preAllocatedVus: 100,
  maxVus: 100,
});

interface Start {
  readonly number: number;
  readonly us: number;
}

function starts(executor: ArrivalExecutor, stripe: Stripe = WHOLE, startUs = 0): Start[] {
  const cursor = arrivals({ startUs, executor }, stripe);
  const out: Start[] = [];
  while (cursor.peekUs() !== Number.POSITIVE_INFINITY) {
    const us = cursor.peekUs();
    out.push({ number: cursor.take(), us });
  }
  return out;
}

const times = (executor: ArrivalExecutor): number[] => starts(executor).map((start) => start.us);

describe('constant-arrival-rate', () => {
  it.each([
    // rate, seconds, time unit, expected starts; the first fires at once, none at the end
    [2, 2, SECOND, [0, 500_000, 1_000_000, 1_500_000]],
    [1, 0.5, SECOND, [0]],
    // 30 a minute is one every two seconds
    [30, 5, 60 * SECOND, [0, 2_000_000, 4_000_000]],
    // a third of a second is truncated to 333,333,333 ns, so a fourth start fits just before the second is over
    [3, 1, SECOND, [0, 333_333, 666_666, 999_999]],
  ])('%d for %d s in units of %d us', (rate, seconds, timeUnitUs, expected) => {
    expect(times(constant(rate, seconds, timeUnitUs))).toEqual(expected);
  });

  it('starts when its scenario does', () => {
    expect(starts(constant(2, 1), WHOLE, 7 * SECOND).map((start) => start.us)).toEqual([
      7_000_000, 7_500_000,
    ]);
  });

  it('counts what its truncated period gives, at a quarter of a million a second', () => {
    const executor = constant(240_000, 1);
    expect(starts(executor)).toHaveLength(plannedIterations(executor) ?? -1);
    expect(plannedIterations(executor)).toBe(Math.ceil(1e9 / 4166));
  });
});

describe('ramping-arrival-rate', () => {
  it.each([
    // a level rate: event n from 1 is due at n periods, unlike the constant executor
    ['level', ramping(2, [[2, 2]]), [500_000, 1_000_000, 1_500_000, 2_000_000]],
    // from 0 to 2 in 2 s: area t^2/2 reaches 1 at sqrt(2), 2 at 2
    ['up from 0', ramping(0, [[2, 2]]), [1_414_213, 2_000_000]],
    // from 2 to 0 in 2 s: 2t - t^2/2 = 1 at 2 - sqrt(2)
    ['down to 0', ramping(2, [[0, 2]]), [585_786, 2_000_000]],
    // half an iteration is left over from the first stage and completes in the second
    [
      'area carries over',
      ramping(1, [
        [1, 0.5],
        [1, 1],
      ]),
      [1_000_000],
    ],
    // a stage without duration moves the rate at once
    [
      'a jump',
      ramping(1, [
        [1, 1],
        [4, 0],
        [4, 1],
      ]),
      [1_000_000, 1_250_000, 1_500_000, 1_750_000, 2_000_000],
    ],
    // silence in the middle shifts nothing into it
    [
      'a pause',
      ramping(2, [
        [2, 1],
        [0, 0],
        [0, 5],
        [2, 0],
        [2, 0.5],
      ]),
      [500_000, 1_000_000, 6_500_000],
    ],
    // less than one iteration in all
    ['nothing', ramping(0, [[1, 1]]), []],
  ])('%s', (_, executor, expected) => {
    expect(times(executor)).toEqual(expected);
  });

  it('agrees with the closed form of k6', () => {
    const [from, to, duration] = [50, 200, 4];
    const got = times(ramping(from, [[to, duration]]));
    expect(got).toHaveLength(500);
    got.forEach((us, i) => {
      const root = Math.sqrt(duration * (from * from * duration + 2 * (i + 1) * (to - from)));
      expect(Math.abs(us - ((from * duration - root) / (from - to)) * SECOND)).toBeLessThan(2);
    });
  });
});

const anyArrivals: fc.Arbitrary<ArrivalExecutor> = fc.oneof(
  fc
    .record({ rate: fc.integer({ min: 1, max: 500 }), tenths: fc.integer({ min: 1, max: 40 }) })
    .map(({ rate, tenths }) => constant(rate, tenths / 10)),
  fc
    .record({
      startRate: fc.integer({ min: 0, max: 300 }),
      stages: fc.array(
        fc.record({
          target: fc.integer({ min: 0, max: 300 }),
          tenths: fc.integer({ min: 0, max: 20 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    })
    .map(({ startRate, stages }) =>
      ramping(
        startRate,
        stages.map(({ target, tenths }) => [target, tenths / 10] as const),
      ),
    ),
);

describe('any arrival rate', () => {
  it('split over workers is the unsplit schedule: same numbers, same times, none twice', () => {
    fc.assert(
      fc.property(anyArrivals, fc.integer({ min: 1, max: 7 }), (executor, workers) => {
        const parts = Array.from({ length: workers }, (_, worker) =>
          starts(executor, stripeOf(executor, { worker, workers })),
        );
        const union = parts.flat().sort((a, b) => a.number - b.number);
        expect(union).toEqual(starts(executor));
      }),
      { numRuns: 60 },
    );
  });

  it('gives exactly the planned number, in order, inside its duration', () => {
    fc.assert(
      fc.property(anyArrivals, (executor) => {
        const all = starts(executor);
        expect(all).toHaveLength(plannedIterations(executor) ?? -1);
        const endUs = planDurationUs([{ startUs: 0, executor }]);
        all.forEach((start, i) => {
          expect(start.number).toBe(i);
          expect(start.us).toBeLessThanOrEqual(endUs);
          expect(start.us).toBeGreaterThanOrEqual(all[i - 1]?.us ?? 0);
        });
        expect(plannedIterationsUntil({ startUs: 0, executor }, endUs)).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });

  it('spaces a level rate evenly on every worker', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 5 }), (rate, of) => {
        for (const executor of [constant(rate, 2), ramping(rate, [[rate, 2]])]) {
          const part = starts(executor, { index: of - 1, of });
          const period = (of * SECOND) / rate;
          part.slice(1).forEach((start, i) => {
            expect(Math.abs(start.us - (part[i]?.us ?? 0) - period)).toBeLessThanOrEqual(2);
          });
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('stripes', () => {
  it('share things out completely and evenly', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 9 }), (total, of) => {
        const seen = Array.from({ length: of }, (_, index) => index).flatMap((index) =>
          Array.from({ length: countInStripe(total, { index, of }) }, (_, k) =>
            numberInWhole(k, { index, of }),
          ),
        );
        expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n));
      }),
    );
  });

  it('leave a worker out rather than give it starts without a VU', () => {
    const executor: ConstantArrivalRate = { ...constant(10, 1), preAllocatedVus: 2, maxVus: 2 };
    const counts = [0, 1, 2].map((worker) => {
      const stripe = stripeOf(executor, { worker, workers: 3 });
      return [starts(executor, stripe).length, countInStripe(executor.maxVus, stripe)];
    });
    expect(counts).toEqual([
      [5, 1],
      [5, 1],
      [0, 0],
    ]);
  });
});

describe('closed-model executors', () => {
  it('constant-vus runs its VUs until the duration is over', () => {
    const executor = { name: 'constant-vus', vus: 5, durationUs: 3 * SECOND } as const;
    expect(closedPart({ startUs: SECOND, executor }, { index: 1, of: 2 })).toEqual({
      vus: 2,
      iterationsPerVu: Number.POSITIVE_INFINITY,
      startUs: SECOND,
      deadlineUs: 4 * SECOND,
    });
    expect(plannedIterations(executor)).toBeUndefined();
  });

  it('per-vu-iterations gives each VU its number', () => {
    const executor = {
      name: 'per-vu-iterations',
      vus: 3,
      iterations: 4,
      maxDurationUs: 9 * SECOND,
    } as const;
    expect(closedPart({ startUs: 0, executor }, { index: 0, of: 2 })).toEqual({
      vus: 2,
      iterationsPerVu: 4,
      startUs: 0,
      deadlineUs: 9 * SECOND,
    });
    expect(plannedIterations(executor)).toBe(12);
  });
});

describe('the planned rate', () => {
  const night = [
    { startUs: 0, executor: constant(10, 5) },
    {
      startUs: 5 * SECOND,
      executor: ramping(0, [
        [100, 1],
        [100, 2],
        [20, 0],
        [20, 1],
      ]),
    },
    { startUs: 6 * SECOND, executor: constant(7, 1) },
  ];

  it.each([
    // at (s), the three scenarios then
    [-1, [0, 0, 0]],
    [0, [10, 0, 0]],
    [5, [0, 0, 0]],
    [5.5, [0, 50, 0]],
    [6.5, [0, 100, 7]],
    [8.5, [0, 20, 0]],
    [9, [0, 0, 0]],
  ])('at %d s', (seconds, expected) => {
    const rates = night.map((scenario) => plannedRatePerSec(scenario, seconds * SECOND));
    expect(rates).toEqual(expected);
  });

  it('peaks where scenarios overlap, and ends with the last', () => {
    expect(peakRatePerSec(night)).toBe(107);
    expect(planDurationUs(night)).toBe(9 * SECOND);
  });
});
