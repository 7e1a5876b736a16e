/** The search against systems whose capacity is known, with noise and without. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../entropy/random.js';
import { CapacitySearch, type NextStep, type SearchAnswer } from './search.js';

interface System {
  readonly capacityPerSec: number;
  /** Standard deviation of a step's capacity, as a share of it. */
  readonly noise: number;
  /** Share of steps that break whatever the rate. */
  readonly flukes: number;
}

interface Searched {
  readonly answer: SearchAnswer;
  readonly steps: readonly NextStep[];
}

function searched(
  { capacityPerSec, noise, flukes }: System,
  {
    seed,
    precision = 0.05,
    rounds = 3,
    fromPerSec = 1000,
    maxPerSec = 500_000,
  }: {
    readonly seed: number;
    readonly precision?: number;
    readonly rounds?: number;
    readonly fromPerSec?: number;
    readonly maxPerSec?: number;
  },
): Searched {
  const random = new Random(seed);
  const search = new CapacitySearch({
    ...{ fromPerSec, maxPerSec, precision, rounds },
    random: () => random.nextFloat(),
  });
  const steps: NextStep[] = [];
  for (let step = search.next(); step !== undefined; step = search.next()) {
    steps.push(step);
    expect(search.next()).toEqual(step); // asked again before it is told, it is the same
    const today = capacityPerSec * Math.exp(noise * normal(random));
    search.record(step.ratePerSec, step.ratePerSec <= today && random.nextFloat() >= flukes);
    if (steps.length > 5000) throw new Error('it does not end');
  }
  return { answer: search.answer(), steps };
}

/** Box and Muller. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.nextFloat()));
  return radius * Math.cos(2 * Math.PI * random.nextFloat());
}

const QUIET = { noise: 0, flukes: 0 };

describe('a system without noise', () => {
  it('is found within the precision, with every deciding step repeated', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1000, max: 499_999, noNaN: true }),
        fc.constantFrom(0.02, 0.05, 0.2),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (capacityPerSec, precision, rounds, seed) => {
          const { answer, steps } = searched(
            { ...QUIET, capacityPerSec },
            { seed, precision, rounds },
          );
          const holds = answer.holds?.ratePerSec ?? 0;
          const breaks = answer.breaks?.ratePerSec ?? 0;
          expect(holds).toBeLessThanOrEqual(capacityPerSec);
          expect(breaks).toBeGreaterThan(capacityPerSec);
          // Rates are rounded to four digits, on either side.
          expect(breaks / holds).toBeLessThanOrEqual((1 + precision) * 1.001);
          expect(answer.holds).toMatchObject({ held: rounds, of: rounds });
          expect(answer.breaks).toMatchObject({ held: 0, of: rounds });
          expect(answer.mixed).toEqual([]);
          // Doublings, halvings, and what decides: no rate twice that decides nothing.
          expect(steps.length).toBeLessThanOrEqual(10 + 7 + 2 * rounds);
        },
      ),
    );
  });

  it('that never holds is told after as many steps as decide', () => {
    const { answer, steps } = searched({ ...QUIET, capacityPerSec: 10 }, { seed: 1 });
    expect(answer).toEqual({
      holds: undefined,
      breaks: { ratePerSec: 1000, held: 0, of: 3 },
      mixed: [],
    });
    expect(steps.map(({ ratePerSec }) => ratePerSec)).toEqual([1000, 1000, 1000]);
  });

  it('that always holds is told at the highest rate', () => {
    const { answer } = searched({ ...QUIET, capacityPerSec: 1e9 }, { seed: 1 });
    expect(answer).toEqual({
      holds: { ratePerSec: 500_000, held: 3, of: 3 },
      breaks: undefined,
      mixed: [],
    });
  });

  it('with one rate only has that one tried', () => {
    const { answer, steps } = searched(
      { ...QUIET, capacityPerSec: 1e9 },
      { seed: 1, fromPerSec: 700, maxPerSec: 700 },
    );
    expect(answer.holds).toEqual({ ratePerSec: 700, held: 3, of: 3 });
    expect(steps.length).toBe(3);
  });
});

describe('a system with noise', () => {
  const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

  it('is found between the two rates, in at least 95 of 100 searches, whatever the noise', () => {
    for (const noise of [0.01, 0.03, 0.1]) {
      const right = SEEDS.filter((seed) => {
        const capacityPerSec = 3000 * 1.9 ** (seed % 7);
        const { answer } = searched({ capacityPerSec, noise, flukes: 0 }, { seed });
        const holds = answer.holds?.ratePerSec ?? 0;
        const breaks = answer.breaks?.ratePerSec ?? Number.POSITIVE_INFINITY;
        // Half of the steps at the capacity itself hold: either side of it may be named, by the noise of three steps.
        return holds <= capacityPerSec * (1 + noise) && breaks >= capacityPerSec * (1 - noise);
      });
      expect(right.length, `noise ${noise}`).toBeGreaterThanOrEqual(0.95 * SEEDS.length);
    }
  });

  it('is told as closely as its noise allows, in nine of ten searches', () => {
    for (const noise of [0.01, 0.03, 0.1]) {
      const close = SEEDS.filter((seed) => {
        const { answer } = searched({ capacityPerSec: 41_000, noise, flukes: 0 }, { seed });
        const wide = (answer.breaks?.ratePerSec ?? 1e9) / (answer.holds?.ratePerSec ?? 1);
        return wide <= 1.05 ** 2 * (1 + 4 * noise) ** 2;
      });
      expect(close.length, `noise ${noise}`).toBeGreaterThanOrEqual(0.9 * SEEDS.length);
    }
  });

  it('takes no more steps than a person would wait for', () => {
    const most = Math.max(
      ...SEEDS.map(
        (seed) =>
          searched({ capacityPerSec: 41_000, noise: 0.1, flukes: 0.05 }, { seed }).steps.length,
      ),
    );
    expect(most).toBeLessThanOrEqual(60);
  });

  it('shows its noise: rates that hold now and then stand between the two', () => {
    const mixed = SEEDS.filter((seed) => {
      const { answer } = searched({ capacityPerSec: 41_000, noise: 0.1, flukes: 0 }, { seed });
      return answer.mixed.some(({ held, of }) => held > 0 && held < of);
    });
    expect(mixed.length).toBeGreaterThan(SEEDS.length / 2);
  });

  it('is not misled by one step in twenty that breaks for no reason of its own', () => {
    const right = SEEDS.filter((seed) => {
      const capacityPerSec = 90_000;
      const { answer } = searched({ capacityPerSec, noise: 0, flukes: 0.05 }, { seed });
      const holds = answer.holds?.ratePerSec ?? 0;
      return holds <= capacityPerSec && holds > capacityPerSec * 0.85;
    });
    expect(right.length).toBeGreaterThanOrEqual(0.9 * SEEDS.length);
  });

  it('repeats the two deciding rates in an order that follows the seed, and not by turns', () => {
    const orders = SEEDS.slice(0, 40).map((seed) => {
      const { steps } = searched({ ...QUIET, capacityPerSec: 41_000 }, { seed });
      return steps
        .filter(({ reason }) => reason === 'repeat')
        .map(({ ratePerSec }) => (ratePerSec > 41_000 ? 'b' : 'h'))
        .join('');
    });
    expect(new Set(orders).size).toBe(6); // of two and two
    const again = searched({ ...QUIET, capacityPerSec: 41_000 }, { seed: 7 });
    expect(searched({ ...QUIET, capacityPerSec: 41_000 }, { seed: 7 })).toEqual(again);
  });
});
