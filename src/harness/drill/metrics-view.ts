/** What the workers counted, as thresholds read it. */
import {
  type MetricState,
  type MetricsSnapshot,
  mergeSnapshots,
  metricKey,
} from '../measure/metric-state.js';
import { percentilesOf } from '../measure/percentile.js';
import type { MetricsView, MetricValues, TrendValues } from '../options/thresholds.js';

export function metricsView(snapshots: readonly MetricsSnapshot[], elapsedS: number): MetricsView {
  const merged = mergeSnapshots(snapshots);
  return {
    values(name, tags) {
      const state = merged[metricKey(name, tags)];
      return state === undefined ? undefined : valuesOf(state, elapsedS);
    },
  };
}

function valuesOf(state: MetricState, elapsedS: number): MetricValues {
  switch (state.kind) {
    case 'counter':
      return { kind: 'counter', count: state.sum, perSec: elapsedS > 0 ? state.sum / elapsedS : 0 };
    case 'gauge':
      return {
        kind: 'gauge',
        value: state.sum,
        min: state.min,
        max: state.max,
        isEmpty: state.count === 0,
      };
    case 'rate':
      return { kind: 'rate', passes: state.sum, total: state.count };
    case 'trend':
      return trendOf(state);
    default:
      return state.kind satisfies never;
  }
}

/** Of a trend. */
export function trendOf(state: MetricState): TrendValues {
  return {
    kind: 'trend',
    count: state.count,
    average: state.sum / state.count,
    min: state.min,
    max: state.max,
    percentile: percentilesOf(state),
  };
}
