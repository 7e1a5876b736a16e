import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetricStore, mergeSnapshots, TimeTrend } from './metrics.js';

const none = (): undefined => undefined;

test('a time is kept to one part in two thousand, whatever its size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (us) => {
      const trend = new TimeTrend();
      trend.record(us);
      const [[ms, n]] = trend.state().values;
      expect(n).toBe(1);
      expect(Math.abs(ms * 1000 - us)).toBeLessThanOrEqual(us / 2000);
    }),
  );
});

test('a sub-metric counts only samples with all of its tags', () => {
  const store = new MetricStore([
    { key: 'sold{channel:card,shop:a}', metric: 'sold', tags: { channel: 'card', shop: 'a' } },
  ]);
  store.add('sold', 'counter', 2, (tag) => ({ channel: 'card', shop: 'a' })[tag]);
  store.add('sold', 'counter', 5, (tag) => ({ channel: 'card', shop: 'b' })[tag]);
  const snapshot = store.snapshot();
  expect(snapshot.sold.sum).toBe(7);
  expect(snapshot['sold{channel:card,shop:a}'].sum).toBe(2);
});

test('workers add up: counts, extremes, shares and trends', () => {
  const of = (values: readonly number[]): MetricStore => {
    const store = new MetricStore([]);
    for (const value of values) {
      store.add('took', 'trend', value, none);
      store.add('passed', 'rate', value > 2 ? 1 : 0, none);
    }
    return store;
  };
  const merged = mergeSnapshots([of([1, 2]).snapshot(), of([3, 3]).snapshot()]);
  expect(merged.took).toMatchObject({ count: 4, sum: 9, min: 1, max: 3 });
  expect(new Map(merged.took.values).get(3)).toBe(2);
  expect(merged.passed).toMatchObject({ count: 4, sum: 2 });
});
