/** What of a metric is of the last second alone: the difference of what was counted until its end and until its begin. Pure. */
import { emptyCounts, type MetricState } from '../measure/metric-state.js';

/** `before` undefined: nothing was counted. A gauge is its last value. */
export function intervalOf(now: MetricState, before: MetricState | undefined): MetricState {
  if (now.kind === 'gauge' || before === undefined) return now;
  const counted = { ...now, count: now.count - before.count, sum: now.sum - before.sum };
  return now.kind === 'trend' ? trendBetween(counted, before) : counted;
}

/**
 * Extremes are as precise as the values kept. Where a trend has meanwhile begun to round what it keeps (measure/trend-values.ts), old
 * values have left it: then nothing but count and sum is known of the second.
 */
function trendBetween(counted: MetricState, before: MetricState): MetricState {
  const values = new Map(counted.values);
  for (const [value, samples] of before.values) {
    const left = (values.get(value) ?? 0) - samples;
    if (left < 0) return { ...counted, values: [], min: Number.NaN, max: Number.NaN };
    if (left === 0) values.delete(value);
    else values.set(value, left);
  }
  let { min, max } = emptyCounts('trend');
  for (const value of values.keys()) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { ...counted, values: [...values], min, max };
}
