import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecutorPlan } from './executors/registry.js';
import { executorOf } from './executors/registry.js';
import { plannedIterationsUntil } from './planned-rate.js';
import { countBelow, numberAt, numbersOf, resized, type Segment } from './segment.js';
import { stripeOf } from './stripe.js';

/** Lengths of a sequence; a segment may be nothing. */
const lengths = fc
  .array(fc.nat(7), { minLength: 1, maxLength: 5 })
  .filter((all) => all.some((length) => length > 0));

function segmentsOf(all: readonly number[]): Segment[] {
  return all.map((_, index) => ({ index, lengths: all }));
}

/** The numbers below `total` of every worker of every instance. */
function shares(
  total: number,
  options: {
    readonly vusMax: number;
    readonly lengths: readonly number[];
    readonly workers: number;
  },
): number[][] {
  return segmentsOf(options.lengths).flatMap((whole) =>
    Array.from({ length: options.workers }, (_, worker) => {
      const segment = resized(whole, options.vusMax);
      const stripe = stripeOf(
        { vusMax: options.vusMax, segment },
        { worker, workers: options.workers },
      );
      return Array.from({ length: countBelow(total, stripe) }, (_, k) => numberAt(k, stripe));
    }),
  );
}

describe('stripes of segments', () => {
  it('share things out completely, each thing once', () => {
    fc.assert(
      fc.property(
        fc.nat(400),
        fc.record({
          vusMax: fc.integer({ min: 1, max: 40 }),
          lengths,
          workers: fc.integer({ min: 1, max: 5 }),
        }),
        (total, options) => {
          const seen = shares(total, options).flat();
          expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n));
        },
      ),
    );
  });

  it('are never more than one off their share', () => {
    fc.assert(
      fc.property(fc.nat(400), lengths, (total, all) => {
        const whole = all.reduce((sum, length) => sum + length, 0);
        for (const segment of segmentsOf(all)) {
          const share = (total * all[segment.index]) / whole;
          expect(Math.abs(countBelow(total, numbersOf(segment)) - share)).toBeLessThan(all.length);
        }
      }),
    );
  });

  it('take turns, the longest first', () => {
    const [a, b, c] = segmentsOf([2, 1, 1]).map(numbersOf);
    expect([a.offsets, b.offsets, c.offsets]).toEqual([[0, 2], [1], [3]]);
  });

  it('sum to the whole plan: arrivals by number and time, VUs, iterations', () => {
    const vus = { preAllocatedVus: 7, maxVus: 7 };
    const plans: ExecutorPlan[] = [
      { name: 'constant-arrival-rate', rate: 37, timeUnitUs: 1e6, durationUs: 3e6, ...vus },
      {
        name: 'ramping-arrival-rate',
        startRate: 3,
        timeUnitUs: 1e6,
        stages: [
          { target: 90, durationUs: 1e6 },
          { target: 0, durationUs: 2e6 },
        ],
        ...vus,
      },
      { name: 'shared-iterations', vus: 5, iterations: 23, maxDurationUs: 1e6 },
      { name: 'per-vu-iterations', vus: 5, iterations: 3, maxDurationUs: 1e6 },
      { name: 'constant-vus', vus: 9, durationUs: 1e6 },
    ];
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(...plans),
        (all, workers, plan) => {
          const executor = executorOf(plan);
          const vusMax = executor.vusMax(plan);
          const scenarios = segmentsOf(all).map((whole) => resized(whole, vusMax));
          const parts = scenarios.flatMap((segment) =>
            Array.from({ length: workers }, (_, worker) =>
              executor.part(plan, {
                startUs: 0,
                stripe: stripeOf({ vusMax, segment }, { worker, workers }),
              }),
            ),
          );
          const alone = executor.part(plan, {
            startUs: 0,
            stripe: stripeOf({ vusMax, segment: undefined }, { worker: 0, workers: 1 }),
          });
          expect(sumsOf(parts)).toEqual(sumsOf([alone]));
          const planned = scenarios.map((segment) =>
            plannedIterationsUntil(
              { startUs: 0, executor: plan, segment },
              Number.MAX_SAFE_INTEGER,
            ),
          );
          const total = plannedIterationsUntil(
            { startUs: 0, executor: plan },
            Number.MAX_SAFE_INTEGER,
          );
          expect(planned.reduce((sum, count) => sum + count, 0)).toBe(total);
        },
      ),
    );
  });
});

/** Starts as `number@time`, VUs and iterations, of all parts together. */
function sumsOf(parts: readonly ReturnType<ReturnType<typeof executorOf>['part']>[]): object {
  const starts: string[] = [];
  let vus = 0;
  let iterations = 0;
  for (const part of parts) {
    if (part.model === 'open') {
      vus += part.vusMax;
      for (let us = part.arrivals.peekUs(); us < Infinity; us = part.arrivals.peekUs())
        starts.push(`${part.arrivals.take()}@${us}`);
    } else {
      vus += Math.max(...part.steps.map((step) => step.vus));
      if (part.iterations < Infinity) iterations += part.iterations;
    }
  }
  return { starts: starts.sort(), vus, iterations };
}
