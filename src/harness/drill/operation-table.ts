/** What the workers counted of their operations, put together by scenario and by kind, as the summary tells it. Pure. */
import { operationKind } from '../../products/kinds.js';
import { type OperationPart, sumOfParts } from '../measure/operation-part.js';
import { percentilesOf } from '../measure/percentile.js';
import type { TimeTrend } from '../measure/time-trend.js';
import type { Plan } from '../options/plan.js';
import type { OperationGroups, OperationRow, RowTimesUs } from '../report/operation-rows.js';
import { LIFECYCLE_SCENARIO } from '../schedule/plan.js';
import { trendStatsUs } from './metric-facts.js';
import { trendOf } from './metrics-view.js';

const LIFECYCLE_NAME = 'setup(), teardown()';

export interface CountedOperations {
  /** Of all workers. */
  readonly parts: readonly OperationPart[];
  /** That ended by themselves, in the order of the plan's scenarios. */
  readonly iterations: readonly number[];
}

type TrendPlan = Pick<Plan, 'scenarios' | 'summaryTrendStats'>;

/** `elapsedS`: how long the load has lasted. */
export function operationGroups(
  { parts, iterations }: CountedOperations,
  plan: TrendPlan,
  elapsedS: number,
): OperationGroups {
  const row = (name: string, of: readonly OperationPart[]): OperationRow =>
    rowOf(name, of, { elapsedS, stats: plan.summaryTrendStats });
  const of = (index: number): readonly OperationPart[] =>
    parts.filter(({ scenario }) => scenario === index);
  const lifecycle = of(LIFECYCLE_SCENARIO);
  const kinds = [...new Set(parts.map(({ kind }) => kind))].sort((a, b) => a - b);
  return {
    by_scenario: [
      ...plan.scenarios.map(({ name, index }) => ({
        ...row(name, of(index)),
        iterations: iterations[index] ?? 0,
      })),
      ...(lifecycle.length === 0 ? [] : [{ ...row(LIFECYCLE_NAME, lifecycle), iterations: null }]),
    ],
    by_kind: kinds.map((number) =>
      row(
        operationKind(number)?.name ?? `kind ${number}`,
        parts.filter(({ kind }) => kind === number),
      ),
    ),
  };
}

function rowOf(
  name: string,
  parts: readonly OperationPart[],
  { elapsedS, stats }: { readonly elapsedS: number; readonly stats: Plan['summaryTrendStats'] },
): OperationRow {
  const { ok, declined, unknown, notSent, responseTime } = sumOfParts(parts);
  return {
    name,
    attempted: ok + declined + unknown + notSent,
    ...{ ok, declined, unknown, not_sent: notSent },
    ok_per_s: elapsedS > 0 ? ok / elapsedS : 0,
    response_time_us: timesUs(responseTime, stats),
  };
}

function timesUs(trend: TimeTrend, stats: Plan['summaryTrendStats']): RowTimesUs {
  if (trend.count === 0)
    return { p50: null, p90: null, p95: null, p99: null, p999: null, max: null };
  const state = trend.state();
  const percentile = percentilesOf(state);
  const at = (percent: number): number => Math.round(percentile(percent) * 1000);
  return {
    ...{ p50: at(50), p90: at(90), p95: at(95), p99: at(99), p999: at(99.9), max: at(100) },
    ...(stats === undefined ? {} : { stats: trendStatsUs(trendOf(state), stats) }),
  };
}
