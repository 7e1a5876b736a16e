import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Acknowledgements, NO_THROUGHPUT, TENTH_US, throughputOf } from './throughput.js';

/** Payments acknowledged at these times, each asked for `tookUs` before. */
function acknowledged(atUs: readonly number[], tookUs: number): Acknowledgements {
  const perTenth: number[] = [];
  for (const us of atUs) {
    const tenth = Math.floor(us / TENTH_US);
    perTenth[tenth] = (perTenth[tenth] ?? 0) + 1;
  }
  return {
    perTenth,
    invokedMinUs: Math.min(...atUs.map((us) => us - tookUs)),
    completedMaxUs: Math.max(...atUs),
  };
}

/** So many a second, evenly, for so long. */
function even(perSec: number, seconds: number, fromS = 0): number[] {
  return Array.from({ length: perSec * seconds }, (_, i) => fromS * 1e6 + (i * 1e6) / perSec);
}

describe('payments a second', () => {
  it('never have a mean above the best 5 s, nor that above the best second', () => {
    const times = fc.array(fc.integer({ min: 0, max: 25_000_000 }), { minLength: 1 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 2_000_000 }), (atUs, tookUs) => {
        const { mean, best_5s_mean, peak_1s } = throughputOf(acknowledged(atUs, tookUs));
        expect(mean).toBeLessThanOrEqual(best_5s_mean);
        expect(best_5s_mean).toBeLessThanOrEqual(peak_1s);
      }),
    );
  });

  it.each([
    ['one payment is one a second', [1_300_000], { peak_1s: 1, best_5s_mean: 1, mean: 1 }],
    [
      'a tenth of a second counts as a second',
      even(100, 0.1),
      { peak_1s: 10, best_5s_mean: 10, mean: 10 },
    ],
    ['an even run', even(50, 20), { peak_1s: 50, best_5s_mean: 50, mean: 50 }],
    [
      'a run of 3 s has no longer stretch',
      even(40, 3),
      { peak_1s: 40, best_5s_mean: 40, mean: 40 },
    ],
    [
      'a rush of a second over two calendar seconds',
      [...even(10, 10), ...even(90, 1, 4.5)],
      { peak_1s: 100, best_5s_mean: 28, mean: 19 },
    ],
    [
      'payments at the two ends of six seconds',
      [...even(100, 1), ...even(100, 1, 5)],
      { peak_1s: 100, best_5s_mean: 33, mean: 33 },
    ],
  ])('%s', (_, atUs, expected) => {
    expect(throughputOf(acknowledged(atUs, 0))).toEqual(expected);
  });

  it('of a run without any are none', () => {
    const none = { perTenth: [], invokedMinUs: Infinity, completedMaxUs: -Infinity };
    expect(throughputOf(none)).toEqual(NO_THROUGHPUT);
  });

  it('are not told where two times are years apart: a record was spoilt', () => {
    const spoilt = { perTenth: [1], invokedMinUs: 0, completedMaxUs: 2 ** 62 };
    expect(throughputOf(spoilt)).toEqual(NO_THROUGHPUT);
  });
});
