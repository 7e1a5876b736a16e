/**
 * What a script's handleSummary() is given: k6's shape, so that what was written for k6 reads it, and beside it, under
 * `paydrill`, everything that summary.json says. Pure.
 *
 *   { metrics: { pay_response_time: { type, contains, values, thresholds }, ... },
 *     root_group: { name, path, id, groups, checks }, options, state, setup_data, paydrill }
 */
import { createHash } from 'node:crypto';
import type { CheckCounts } from '../measure/checks.js';
import { builtInMetrics, type Contents, contentsOf, METRICS } from '../options/metrics.js';
import type { Plan } from '../options/plan.js';
import {
  isEmpty,
  type MetricsView,
  type MetricValues,
  type ThresholdResult,
} from '../options/thresholds.js';
import type { Summary } from '../report/summary.js';
import { EXPECTED, EXPECTED_DURATION, namedValues } from './metric-facts.js';

export interface SummaryParts {
  readonly plan: Plan;
  readonly metrics: MetricsView;
  readonly checks: readonly CheckCounts[];
  readonly groups: readonly string[];
  readonly thresholds: readonly ThresholdResult[];
  readonly setupJson: string | undefined;
  readonly durationMs: number;
  readonly screen: {
    readonly isStdOutTTY: boolean;
    readonly isStdErrTTY: boolean;
    readonly noColor: boolean;
  };
  readonly summary: Summary;
}

/** k6's own. */
const TREND_STATS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

type Definition = Omit<Plan['customMetrics'][number], 'name'>;
type MetricKind = Definition['kind'];

interface Metric {
  readonly type: MetricKind;
  readonly contains: Contents;
  readonly values: Readonly<Record<string, number>>;
  thresholds?: Record<string, { ok: boolean }>;
}

/** As JSON: it goes to a thread of its own. */
export function summaryDataJson(parts: SummaryParts): string {
  const { plan, screen, setupJson } = parts;
  const { isStdOutTTY, isStdErrTTY, noColor } = screen;
  const unit: unknown = Object(plan.options).summaryTimeUnit;
  return JSON.stringify({
    root_group: rootGroup(parts),
    options: {
      summaryTrendStats: trendStatsOf(plan),
      summaryTimeUnit: typeof unit === 'string' ? unit : '',
      noColor,
    },
    state: { isStdOutTTY, isStdErrTTY, testRunDurationMs: parts.durationMs },
    metrics: metricsOf(parts),
    ...(setupJson === undefined ? {} : { setup_data: JSON.parse(setupJson) }),
    paydrill: parts.summary,
  });
}

/** Every metric that has been recorded, and every one with a threshold; sub-metrics by the key that the threshold has. */
function metricsOf(parts: SummaryParts): Readonly<Record<string, Metric>> {
  const { plan, metrics, thresholds } = parts;
  const all: Record<string, Metric> = {};
  const definitions = definitionsOf(plan);
  const put = (key: string, name: string, values: MetricValues | undefined): void => {
    const { kind, isTime } = definitions.get(name) ?? {};
    if (kind === undefined || all[key] !== undefined) return;
    all[key] = {
      type: kind,
      contains: contentsOf({ name, isTime }),
      values: namedValues(values ?? NOTHING[kind], trendStatsOf(plan)),
    };
  };
  const names = builtInMetrics({ pays: parts.summary.run.target !== 'none' });
  for (const name of [...names, ...plan.customMetrics.map((metric) => metric.name)]) {
    const values = metrics.values(name, {});
    if (values !== undefined && !isEmpty(values)) put(name, name, values);
  }
  const expected = metrics.values('http_req_duration', EXPECTED);
  if (expected !== undefined) put(EXPECTED_DURATION, 'http_req_duration', expected);
  for (const { threshold, ok } of thresholds) {
    const { metric, name, tags, expression, allowEmpty } = threshold;
    put(metric, name, metrics.values(name, tags));
    const of = all[metric];
    of.thresholds ??= {};
    of.thresholds[expression] = { ok: ok ?? allowEmpty };
  }
  return all;
}

function trendStatsOf({ summaryTrendStats }: Plan): readonly string[] {
  return summaryTrendStats ?? TREND_STATS;
}

function definitionsOf({ customMetrics }: Plan): ReadonlyMap<string, Definition> {
  return new Map<string, Definition>([
    ...Object.entries(METRICS),
    ...customMetrics.map((metric) => [metric.name, metric] as const),
  ]);
}

/** What has a threshold and no sample; as in k6 it is all 0. */
const NOTHING: Readonly<Record<MetricKind, MetricValues>> = {
  counter: { kind: 'counter', count: 0, perSec: 0 },
  gauge: { kind: 'gauge', value: 0, min: 0, max: 0, isEmpty: true },
  rate: { kind: 'rate', passes: 0, total: 0 },
  trend: { kind: 'trend', count: 0, average: 0, min: 0, max: 0, percentile: () => 0 },
};

interface Check {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly passes: number;
  readonly fails: number;
}

interface Group {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: Group[];
  readonly checks: Check[];
}

function rootGroup({ checks, groups }: SummaryParts): Group {
  const root = newGroup('', '');
  const byPath = new Map([['', root]]);
  const groupAt = (path: string): Group => {
    const known = byPath.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('::');
    const group = newGroup(path.slice(cut + 2), path);
    byPath.set(path, group);
    groupAt(path.slice(0, cut)).groups.push(group);
    return group;
  };
  for (const path of groups) groupAt(path);
  for (const { group, name, passes, fails } of checks) {
    const path = `${group}::${name}`;
    groupAt(group).checks.push({ name, path, id: idOf(path), passes, fails });
  }
  return root;
}

function newGroup(name: string, path: string): Group {
  return { name, path, id: idOf(path), groups: [], checks: [] };
}

/** k6's ids of groups and checks. */
function idOf(path: string): string {
  return createHash('md5').update(path).digest('hex');
}
