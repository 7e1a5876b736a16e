/** A trend as a histogram with fixed bounds, which adds up over time and machines as percentiles do not. Pure. */
import type { MetricState } from '../measure/metric-state.js';

export interface Buckets {
  /** Upper bounds, ascending, of all but the last bucket. */
  readonly bounds: readonly number[];
  /** Samples in each bucket; one more than bounds. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

const SECONDS = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
  ...[1, 2.5, 5, 10, 30, 60, 120],
];
const ANY = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((exponent) =>
  [1, 2.5, 5].map((digit) => Number(`${digit}e${exponent}`)),
);

/** Times come in milliseconds and leave in seconds, as Prometheus and OpenTelemetry have them. */
export function bucketsOf(trend: MetricState, { isTime }: { readonly isTime: boolean }): Buckets {
  const bounds = isTime ? SECONDS : ANY;
  const unit = isTime ? 1000 : 1;
  const counts = [...bounds, 0].map(() => 0);
  for (const [value, samples] of trend.values) {
    const at = bounds.findIndex((bound) => value / unit <= bound);
    counts[at < 0 ? bounds.length : at] += samples;
  }
  return { bounds, counts, count: trend.count, sum: trend.sum / unit };
}
