/** What is told of the load beyond its seconds, while it runs and in the end alike: the same shapes as in summary.json. */
import { percentilesOf } from '../measure/percentile.js';
import type { ThresholdResult } from '../options/thresholds.js';
import {
  type PercentileCurve,
  type PercentileCurves,
  percentileCurve,
} from '../report/percentile-curves.js';
import type { PercentilesUs } from '../report/percentiles-us.js';
import type { LoadDetails, ThresholdResult as ThresholdFacts } from '../report/summary.js';
import type { DrillRun } from './context.js';
import { metricFacts, trendStatsUs } from './metric-facts.js';
import { operationGroups } from './operation-table.js';

/** `durationUs`: how long the load has lasted; `atEnd`: it is over. */
export function loadDetails(
  { watch, setup }: Pick<DrillRun, 'watch' | 'setup'>,
  durationUs: number,
  { atEnd }: { readonly atEnd: boolean },
): LoadDetails {
  const { plan } = setup;
  return {
    ...operationGroups(watch.operations(), plan, durationUs / 1e6),
    checks: watch.checks(),
    custom_metrics: metricFacts(watch.metrics(durationUs), plan),
    thresholds: thresholdFacts(watch.thresholds(durationUs, atEnd)),
  };
}

/** With what the script wants told of every trend, where it says so. */
export function timesOf(
  { watch, setup }: Pick<DrillRun, 'watch' | 'setup'>,
  name: 'response' | 'service',
): PercentilesUs {
  const times = name === 'response' ? watch.responseTime() : watch.serviceTime();
  const stats = setup.plan.summaryTrendStats;
  const trend = watch.metrics(0).values(`pay_${name}_time`, {});
  if (stats === undefined || trend?.kind !== 'trend' || trend.count === 0) return times;
  return { ...times, stats: trendStatsUs(trend, stats) };
}

/** Of all that was answered while the load ran. */
export function curvesOf({ watch }: Pick<DrillRun, 'watch'>): PercentileCurves {
  const states = watch.states();
  const curve = (name: string): PercentileCurve => {
    const state = states[name];
    if (state === undefined || state.count === 0) return percentileCurve(0, () => 0);
    const percentile = percentilesOf(state);
    return percentileCurve(state.count, (percent) => percentile(percent) * 1000);
  };
  return {
    response_time: curve('pay_response_time'),
    service_time: curve('pay_service_time'),
    request_duration: curve('http_req_duration'),
  };
}

function thresholdFacts(thresholds: readonly ThresholdResult[]): readonly ThresholdFacts[] {
  return thresholds.map(({ threshold, ok, value }) => ({
    metric: threshold.metric,
    expression: threshold.expression,
    ok: ok ?? null,
    value: value ?? null,
    ...(threshold.allowEmpty ? { allow_empty: true } : {}),
  }));
}
