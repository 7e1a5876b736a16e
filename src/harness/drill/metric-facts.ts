/** Values of metrics by k6's names. What was never added to is left out of the summary. */

import { builtInMetrics, METRICS } from '../options/metrics.js';
import { percentOf } from '../options/options.js';
import type { Plan } from '../options/plan.js';
import {
  isEmpty,
  type MetricsView,
  type MetricValues,
  type TrendValues,
} from '../options/thresholds.js';
import type { MetricFacts } from '../report/summary.js';

/** Where the script does not say: k6's own, and p(99). */
const TREND_STATS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)'];

/** The metrics that a script made itself, as the summary tells them. */
export function metricFacts(
  view: MetricsView,
  { customMetrics, summaryTrendStats }: Pick<Plan, 'customMetrics' | 'summaryTrendStats'>,
): Readonly<Record<string, MetricFacts>> {
  const facts: Record<string, MetricFacts> = {};
  const stats = summaryTrendStats ?? TREND_STATS;
  for (const { name, kind, isTime } of customMetrics) {
    const values = view.values(name, {});
    if (values !== undefined)
      facts[name] = { kind, is_time: isTime, values: namedValues(values, stats) };
  }
  return facts;
}

type Tags = Plan['thresholds'][number]['tags'];

export const EXPECTED: Tags = { expected_response: 'true' };
/** k6 always has it. */
export const EXPECTED_DURATION = 'http_req_duration{expected_response:true}';

/**
 * Those of k6's own that have a sample, and their parts that a threshold names. Of HTTP requests also the duration of what was
 * expected, which k6 always has.
 */
export function builtInFacts(
  view: MetricsView,
  { summaryTrendStats, thresholds }: Pick<Plan, 'summaryTrendStats' | 'thresholds'>,
): Readonly<Record<string, MetricFacts>> {
  const facts: Record<string, MetricFacts> = {};
  const stats = summaryTrendStats ?? TREND_STATS;
  for (const name of builtInMetrics({ pays: false })) {
    const { isTime } = METRICS[name];
    const put = (key: string, values: MetricValues | undefined): void => {
      if (values !== undefined)
        facts[key] = { kind: values.kind, is_time: isTime, values: namedValues(values, stats) };
    };
    const whole = view.values(name, {});
    if (whole === undefined || isEmpty(whole)) continue;
    put(name, whole);
    if (name === 'http_req_duration') put(EXPECTED_DURATION, view.values(name, EXPECTED));
    for (const { metric, name: of, tags } of thresholds)
      if (of === name && metric !== name) put(metric, view.values(name, tags));
  }
  return facts;
}

/** Of a trend of times in milliseconds, what the script wants told of it, in microseconds; `count` is a number. */
export function trendStatsUs(
  trend: TrendValues,
  stats: readonly string[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    stats.map((stat) => [stat, trendStat(trend, stat) * (stat === 'count' ? 1 : 1000)]),
  );
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

function trendStat(trend: TrendValues, stat: string): number {
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
