/**
 * Percentiles of a trend as k6 makes them (TrendSink.P): straight lines between the samples at whole ranks of
 * p/100 * (n - 1), so that p(0) is the least and p(100) the greatest sample. Where samples are kept in buckets
 * every other rank is as precise as its bucket, and never beyond the extremes, which are kept exactly.
 */
import type { MetricState } from './metric-state.js';

/** Of a trend with at least one sample; makes the order of its values once. */
export function percentilesOf(trend: MetricState): (percent: number) => number {
  const sorted = [...trend.values].sort(([a], [b]) => a - b);
  const last = trend.count - 1;
  const at = (rank: number): number => {
    if (rank <= 0) return trend.min;
    if (rank >= last) return trend.max;
    let seen = 0;
    for (const [value, samples] of sorted) {
      seen += samples;
      if (rank < seen) return Math.min(Math.max(value, trend.min), trend.max);
    }
    return trend.max;
  };
  return (percent) => {
    const rank = (percent / 100) * last;
    const below = Math.floor(rank);
    const low = at(below);
    return rank === below ? low : low + (at(below + 1) - low) * (rank - below);
  };
}
