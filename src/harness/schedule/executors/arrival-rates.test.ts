import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planDurationUs, plannedIterationsUntil } from '../planned-rate.js';
import { ALL_NUMBERS, countBelow, type Numbers } from '../segment.js';
import { stripeOf } from '../stripe.js';
import type { ConstantArrivalRate } from './constant-arrival-rate.js';
import type { RampingArrivalRate } from './ramping-arrival-rate.js';
import { executorOf } from './registry.js';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

type ArrivalRate = ConstantArrivalRate | RampingArrivalRate;

const constant = (rate: number, seconds: number, timeUnitUs = SECOND): ConstantArrivalRate => ({
  name: 'constant-arrival-rate',
  rate,
  timeUnitUs,
  durationUs: Math.round(seconds * SECOND),
  preAllocatedVus: 100,
  maxVus: 100,
});

const ramping = (
  startRate: number,
  stages: readonly (readonly [target: number, seconds: number])[],
  timeUnitUs = SECOND,
): RampingArrivalRate => ({
  name: 'ramping-arrival-rate',
  startRate,
  timeUnitUs,
  stages: stages.map(([target, seconds]) => ({ target, durationUs: Math.round(seconds * SECOND) })),
  preAllocatedVus: 100,
  maxVus: 100,
});

interface Start {
  readonly number: number;
  readonly us: number;
}

function starts(plan: ArrivalRate, stripe: Numbers = ALL_NUMBERS, startUs = 0): Start[] {
  const part = executorOf(plan).part(plan, { startUs, stripe });
  if (part.model !== 'open') throw new Error(`${plan.name} is an open model`);
  const out: Start[] = [];
  for (let us = part.arrivals.peekUs(); us < Number.POSITIVE_INFINITY; us = part.arrivals.peekUs())
    out.push({ number: part.arrivals.take(), us });
  return out;
}

const times = (plan: ArrivalRate): number[] => starts(plan).map(({ us }) => us);

describe('constant-arrival-rate', () => {
  it.each([
    // rate, seconds, time unit, expected starts; the first fires at once, none at the end
    [2, 2, SECOND, [0, 500_000, 1_000_000, 1_500_000]],
    [1, 0.5, SECOND, [0]],
    // 30 a minute is one every two seconds
    [30, 5, MINUTE, [0, 2_000_000, 4_000_000]],
    // k6 truncates the third of a second to 333,333,333 ns and starts a fourth at 999,999,999 ns
    [3, 1, SECOND, [0, 333_333, 666_666]],
    // a time unit that no rate divides: a seventh of 100 ms
    [7, 0.1, 100_000, [0, 14_285, 28_571, 42_857, 57_142, 71_428, 85_714]],
  ])('%d for %d s in units of %d us', (rate, seconds, timeUnitUs, expected) => {
    expect(times(constant(rate, seconds, timeUnitUs))).toEqual(expected);
  });

  it.each([
    // rate, seconds, time unit: rate x duration starts where k6's truncated period gives one or more too many
    [3, 1, SECOND, 3],
    [30, 5, SECOND, 150],
    [240_000, 1, SECOND, 240_000],
    [999_983, 7, SECOND, 6_999_881],
    [7, 60, MINUTE, 7],
    // half an iteration more than two is begun within the duration
    [30, 5, MINUTE, 3],
  ])('%d for %d s in units of %d us are %d starts', (rate, seconds, timeUnitUs, expected) => {
    const plan = constant(rate, seconds, timeUnitUs);
    expect(plannedIterationsUntil({ startUs: 0, executor: plan }, seconds * SECOND)).toBe(expected);
    expect(starts(plan)).toHaveLength(expected);
  });

  it('starts when its scenario does', () => {
    expect(starts(constant(2, 1), ALL_NUMBERS, 7 * SECOND).map(({ us }) => us)).toEqual([
      7_000_000, 7_500_000,
    ]);
  });
});

describe('ramping-arrival-rate', () => {
  it.each([
    // a level rate: event n from 1 is due at n periods, unlike the constant executor; none at the end, so 1 us before
    ['level', ramping(2, [[2, 2]]), [500_000, 1_000_000, 1_500_000, 1_999_999]],
    // from 0 to 2 in 2 s: area t^2/2 reaches 1 at sqrt(2), 2 at 2
    ['up from 0', ramping(0, [[2, 2]]), [1_414_213, 1_999_999]],
    // from 2 to 0 in 2 s: 2t - t^2/2 = 1 at 2 - sqrt(2)
    ['down to 0', ramping(2, [[0, 2]]), [585_786, 1_999_999]],
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
      [1_000_000, 1_250_000, 1_500_000, 1_750_000, 1_999_999],
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
      [500_000, 1_000_000, 6_499_999],
    ],
    // ten thirds of an iteration, and two more in the second stage
    [
      'a third left over',
      ramping(
        1,
        [
          [1, 10],
          [2, 0],
          [2, 2.5],
        ],
        3 * SECOND,
      ),
      [3_000_000, 6_000_000, 9_000_000, 11_000_000, 12_499_999],
    ],
    // less than one iteration in all
    ['nothing', ramping(0, [[1, 1]]), []],
  ])('%s', (_, plan, expected) => {
    expect(times(plan)).toEqual(expected);
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

const timeUnitUs = fc.oneof(
  fc.constantFrom(SECOND, MINUTE, 100_000),
  fc.integer({ min: 7000, max: 3 * MINUTE }),
);
/** About so many a second at most, whatever the unit. */
const rateOf = (perSec: number, unitUs: number): number =>
  Math.max(1, Math.floor((perSec * unitUs) / SECOND));

const anyConstant: fc.Arbitrary<ConstantArrivalRate> = fc
  .record({
    perSec: fc.integer({ min: 1, max: 500 }),
    ms: fc.integer({ min: 1, max: 4000 }),
    timeUnitUs,
  })
  .map((any) => constant(rateOf(any.perSec, any.timeUnitUs), any.ms / 1000, any.timeUnitUs));

const anyRamping: fc.Arbitrary<RampingArrivalRate> = fc
  .record({
    startRate: fc.integer({ min: 0, max: 300 }),
    timeUnitUs,
    stages: fc.array(fc.record({ perSec: fc.integer({ min: 0, max: 300 }), ms: fc.nat(2000) }), {
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map((any) => {
    const rate = (perSec: number): number => (perSec === 0 ? 0 : rateOf(perSec, any.timeUnitUs));
    const stages = any.stages.map(({ perSec, ms }) => [rate(perSec), ms / 1000] as const);
    return ramping(rate(any.startRate), stages, any.timeUnitUs);
  });

/** As written, or scaled to a share that few numbers divide. */
const anyArrivals: fc.Arbitrary<ArrivalRate> = fc
  .record({
    plan: fc.oneof(anyConstant, anyRamping),
    numerator: fc.integer({ min: 1, max: 999 }),
    denominator: fc.integer({ min: 700, max: 1001 }),
    durationScale: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
    scaled: fc.boolean(),
  })
  .map(({ plan, numerator, denominator, durationScale, scaled }) => {
    if (!scaled) return plan;
    const rate = { numerator: BigInt(numerator), denominator: BigInt(denominator) };
    const durationUs = (us: number): number => Math.round(us * durationScale);
    const scaledPlan = executorOf(plan).scale(plan, { rate, durationUs });
    return 'rate' in scaledPlan || 'startRate' in scaledPlan ? scaledPlan : plan;
  });

/** Rate x duration in whole numbers, over twice the time unit: the definition, without any of the product's arithmetic. */
function twiceArea(plan: ArrivalRate): bigint {
  if (plan.name === 'constant-arrival-rate')
    return 2n * BigInt(plan.rate) * BigInt(plan.durationUs);
  let [area, from] = [0n, plan.startRate];
  for (const { target, durationUs } of plan.stages) {
    area += BigInt(durationUs) * BigInt(from + target);
    from = target;
  }
  return area;
}

describe('any arrival rate', () => {
  it('starts rate x duration iterations: what is begun of the last one with a constant, whole ones with a ramp', () => {
    fc.assert(
      fc.property(anyArrivals, (plan) => {
        const unit = 2n * BigInt(plan.timeUnitUs);
        const exact = twiceArea(plan);
        const expected =
          plan.name === 'constant-arrival-rate' ? (exact + unit - 1n) / unit : exact / unit;
        expect(BigInt(starts(plan).length)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('split over workers is the unsplit schedule: same numbers, same times, none twice', () => {
    fc.assert(
      fc.property(anyArrivals, fc.integer({ min: 1, max: 7 }), (plan, workers) => {
        const parts = Array.from({ length: workers }, (_, worker) =>
          starts(plan, stripeOf({ vusMax: plan.maxVus, segment: undefined }, { worker, workers })),
        );
        const union = parts.flat().sort((a, b) => a.number - b.number);
        expect(union).toEqual(starts(plan));
      }),
      { numRuns: 100 },
    );
  });

  it('starts in order of its numbers, none at or after the end', () => {
    fc.assert(
      fc.property(anyArrivals, (plan) => {
        const endUs = planDurationUs([{ startUs: 5 * SECOND, executor: plan }]);
        starts(plan, ALL_NUMBERS, 5 * SECOND).forEach((start, i, all) => {
          expect(start.number).toBe(i);
          expect(start.us).toBeLessThan(endUs);
          expect(start.us).toBeGreaterThanOrEqual(all[i - 1]?.us ?? 5 * SECOND);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('is counted alike by the progress display: at its end, and half way within one start', () => {
    fc.assert(
      fc.property(anyArrivals, (plan) => {
        const scenario = { startUs: 0, executor: plan };
        const endUs = planDurationUs([scenario]);
        const all = starts(plan);
        expect(plannedIterationsUntil(scenario, endUs)).toBe(all.length);
        const half = Math.floor(endUs / 2);
        const begun = all.filter(({ us }) => us < half).length;
        expect(Math.abs(plannedIterationsUntil(scenario, half) - begun)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it('spaces a level rate evenly on every worker', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 5 }), (rate, of) => {
        for (const plan of [constant(rate, 2), ramping(rate, [[rate, 2]])]) {
          const part = starts(plan, { offsets: [of - 1], period: of });
          const period = (of * SECOND) / rate;
          part.slice(1).forEach((start, i) => {
            expect(Math.abs(start.us - (part[i]?.us ?? 0) - period)).toBeLessThanOrEqual(2);
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves a worker out rather than give it starts without a VU', () => {
    const plan: ConstantArrivalRate = { ...constant(10, 1), preAllocatedVus: 2, maxVus: 2 };
    const counts = [0, 1, 2].map((worker) => {
      const stripe = stripeOf({ vusMax: plan.maxVus, segment: undefined }, { worker, workers: 3 });
      return [starts(plan, stripe).length, countBelow(plan.maxVus, stripe)];
    });
    expect(counts).toEqual([
      [5, 1],
      [5, 1],
      [0, 0],
    ]);
  });
});
