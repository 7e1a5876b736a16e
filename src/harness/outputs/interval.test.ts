/** What of a metric is of one second alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counterState, type MetricState, partState, rateState } from '../measure/metric-state.js';
import { MetricStore } from '../measure/metric-store.js';
import { intervalOf } from './interval.js';
import { namedValues } from './named-values.js';

const none = (): undefined => undefined;

function storeOf(values: readonly number[]): MetricStore {
  const store = new MetricStore([], () => 0);
  for (const value of values) store.add('took', 'trend', value, none);
  return store;
}

const stats = (state: MetricState): object =>
  Object.fromEntries(namedValues(state).map(({ stat, value }) => [`${stat}`, value]));

describe('a second', () => {
  test('has what was counted in it, and no more', () => {
    expect(intervalOf(counterState(7), counterState(5)).sum).toBe(2);
    const rate = intervalOf(
      rateState({ passes: 9, total: 10 }),
      rateState({ passes: 8, total: 8 }),
    );
    expect(stats(rate)).toEqual({ rate: 0.5, passes: 1, fails: 1 });
    expect(intervalOf(partState(3, 9), partState(8, 1)).sum).toBe(3);
  });

  test('has no share and no times where nothing came', () => {
    const rate = rateState({ passes: 4, total: 5 });
    expect(namedValues(intervalOf(rate, rate))).toEqual([]);
    const { took } = storeOf([1, 2]).snapshot();
    expect(namedValues(intervalOf(took, took))).toEqual([]);
  });

  test('has the percentiles of its own samples, whatever came before', () => {
    const samples = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(samples, samples, (first, second) => {
        const store = storeOf(first);
        const before = store.snapshot().took;
        for (const value of second) store.add('took', 'trend', value, none);
        const interval = stats(intervalOf(store.snapshot().took, before));
        expect(interval).toEqual(stats(storeOf(second).snapshot().took));
      }),
    );
  });

  test('in which a trend began to round what it keeps tells count and average alone', () => {
    const store = storeOf(Array.from({ length: 9_999 }, (_, i) => 1 + i / 1e6));
    const before = store.snapshot().took;
    for (let i = 0; i < 10; i++) store.add('took', 'trend', 5 + i / 1e6, none);
    const interval = stats(intervalOf(store.snapshot().took, before));
    expect(Object.keys(interval)).toEqual(['count', 'avg']);
    expect(interval).toMatchObject({ count: 10, avg: expect.closeTo(5, 4) });
  });
});
