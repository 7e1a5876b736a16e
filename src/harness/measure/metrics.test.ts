/** What a metric keeps of its samples, on one worker and on several. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MetricsSnapshot, mergeSnapshots, partState } from './metric-state.js';
import { MetricStore } from './metric-store.js';
import { percentilesOf } from './percentile.js';
import { TimeTrend } from './time-trend.js';

const none = (): undefined => undefined;
const never = (): number => 0;

/** One worker that was given these values of a trend. */
function trendOf(values: readonly number[]): MetricsSnapshot {
  const store = new MetricStore([], never);
  for (const value of values) store.add('took', 'trend', value, none);
  return store.snapshot();
}

/** k6's own way: all samples kept, sorted, straight lines between whole ranks. */
function percentileOfSamples(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

test('a sub-metric counts only samples with all of its tags', () => {
  const store = new MetricStore(
    [{ key: 'sold{channel:card,shop:a}', metric: 'sold', tags: { channel: 'card', shop: 'a' } }],
    never,
  );
  store.add('sold', 'counter', 2, (tag) => ({ channel: 'card', shop: 'a' })[tag]);
  store.add('sold', 'counter', 5, (tag) => ({ channel: 'card', shop: 'b' })[tag]);
  const snapshot = store.snapshot();
  expect(snapshot.sold.sum).toBe(7);
  expect(snapshot['sold{channel:card,shop:a}'].sum).toBe(2);
});

describe('several workers', () => {
  test('add up counts, shares, extremes and trends', () => {
    const of = (values: readonly number[]): MetricsSnapshot => {
      const store = new MetricStore([], never);
      for (const value of values) {
        store.add('took', 'trend', value, none);
        store.add('passed', 'rate', value > 2 ? 1 : 0, none);
      }
      return store.snapshot();
    };
    const merged = mergeSnapshots([of([1, 2]), of([3, 3])]);
    expect(merged.took).toMatchObject({ count: 4, sum: 9, min: 1, max: 3 });
    expect(new Map(merged.took.values).get(3)).toBe(2);
    expect(merged.passed).toMatchObject({ count: 4, sum: 2 });
  });

  test('of a gauge the value set last counts, whichever worker set it', () => {
    let nowUs = 0;
    const workers = [new MetricStore([], () => nowUs), new MetricStore([], () => nowUs)];
    const set = (worker: number, value: number): void => {
      nowUs += 10;
      workers[worker].add('queue_depth', 'gauge', value, none);
    };
    set(0, 3);
    set(1, 9);
    set(0, 5);
    const snapshots = workers.map((worker) => worker.snapshot());
    const last = { sum: 5, min: 3, max: 9, count: 3 };
    expect(mergeSnapshots(snapshots).queue_depth).toMatchObject(last);
    expect(mergeSnapshots(snapshots.reverse()).queue_depth).toMatchObject(last);
  });

  test('virtual users are counted on each and added up', () => {
    const vus = (value: number): MetricsSnapshot => ({ vus: partState(value, 1) });
    expect(mergeSnapshots([vus(2), vus(3), vus(4)]).vus.sum).toBe(9);
  });
});

describe('a trend', () => {
  test('has the percentiles of k6, sample by sample, on any number of workers', () => {
    const samples = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });
    fc.assert(
      fc.property(samples, samples, fc.double({ noNaN: true, min: 0, max: 100 }), (a, b, p) => {
        const merged = mergeSnapshots([trendOf(a), trendOf(b)]).took;
        expect(percentilesOf(merged)(p)).toBeCloseTo(percentileOfSamples([...a, ...b], p), 6);
      }),
    );
  });

  test('lies between its extremes, and p(100) is the greatest sample', () => {
    const percentile = percentilesOf(trendOf([0.123456, 0.123457, 0.123458]).took);
    expect(percentile(0)).toBe(0.123456);
    expect(percentile(100)).toBe(0.123458);
    expect(percentile(99)).toBeLessThan(0.123458);
    expect(percentile(50)).toBe(0.123457);
  });

  test('of more different values than are kept is precise to one part in two thousand', () => {
    const samples = Array.from({ length: 30_000 }, (_, i) => 1 + i * 0.001);
    const { took } = trendOf(samples);
    expect(took.values.length).toBeLessThan(20_000);
    const percentile = percentilesOf(took);
    expect(percentile(100)).toBe(samples.at(-1));
    for (const percent of [0, 1, 50, 90, 99.9, 100]) {
      const exact = percentileOfSamples(samples, percent);
      expect(Math.abs(percentile(percent) - exact)).toBeLessThanOrEqual(exact / 2000);
    }
  });

  test('keeps a bounded number of values, however many different ones come', () => {
    const wide = Array.from({ length: 250_000 }, (_, i) => 1.001 ** i);
    const { took } = trendOf(wide);
    expect(took).toMatchObject({ count: 250_000, max: wide.at(-1) });
    expect(took.values.length).toBeLessThanOrEqual(100_000);
  });
});

describe('a trend of times', () => {
  test('keeps each to one part in two thousand, whatever its size', () => {
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

  test('put together from the packed trends of several workers is what one would have recorded', () => {
    const times = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 50 });
    fc.assert(
      fc.property(fc.array(times, { maxLength: 4 }), (workers) => {
        const [together, merged] = [new TimeTrend(), new TimeTrend()];
        for (const one of workers) {
          const own = new TimeTrend();
          for (const us of one) {
            own.record(us);
            together.record(us);
          }
          merged.add(own.packed());
        }
        expect(merged.state()).toEqual(together.state());
      }),
    );
  });

  test('has no percentile beyond its extremes', () => {
    const trend = new TimeTrend();
    for (const us of [5_000_001, 5_000_003]) trend.record(us);
    const percentile = percentilesOf(trend.state());
    expect(percentile(100)).toBe(5000.003);
    for (const percent of [0, 10, 50, 99.9])
      expect(percentile(percent)).toBeGreaterThanOrEqual(5000.001);
    expect(percentile(99.9)).toBeLessThanOrEqual(5000.003);
  });
});
