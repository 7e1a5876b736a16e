/** Values of metrics by k6's names. What was never added to is left out of the summary. */

import { percentOf } from '../options/options.js';
import type { Plan } from '../options/plan.js';
import type { MetricsView, MetricValues } from '../options/thresholds.js';
import type { MetricFacts } from '../report/summary.js';

const TREND_STATS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)'];

/** The metrics that a script made itself, as the summary tells them. */
export function metricFacts(
  view: MetricsView,
  definitions: Plan['customMetrics'],
): Readonly<Record<string, MetricFacts>> {
  const facts: Record<string, MetricFacts> = {};
  for (const { name, kind, isTime } of definitions) {
    const values = view.values(name, {});
    if (values !== undefined)
      facts[name] = { kind, is_time: isTime, values: namedValues(values, TREND_STATS) };
  }
  return facts;
}

/** `trendStats`: what is told of a trend, as in k6's option summaryTrendStats. */
export function namedValues(
  values: MetricValues,
  trendStats: readonly string[],
): Readonly<Record<string, number>> {
  switch (values.kind) {
    case 'counter':
      return { count: values.count, rate: values.perSec };
    case 'gauge':
      return { value: values.value, min: values.min, max: values.max };
    case 'rate': {
      const { passes, total } = values;
      return { rate: total === 0 ? 0 : passes / total, passes, fails: total - passes };
    }
    case 'trend':
      return Object.fromEntries(trendStats.map((stat) => [stat, trendStat(values, stat)]));
    default:
      return values satisfies never;
  }
}

function trendStat(trend: Extract<MetricValues, { readonly kind: 'trend' }>, stat: string): number {
  if (trend.count === 0) return 0;
  switch (stat) {
    case 'count':
      return trend.count;
    case 'avg':
      return trend.average;
    case 'min':
      return trend.min;
    case 'max':
      return trend.max;
    default:
      return trend.percentile(percentOf(stat) ?? 50);
  }
}
