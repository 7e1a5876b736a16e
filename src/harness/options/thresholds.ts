/**
 * What must hold: k6's thresholds, parsed and evaluated. Pure: values come from a view of the metrics.
 *
 *   pay_response_time{scenario:plateau}   p(99) < 500
 *   metric           tags, all of them    method operator number
 */

import type { MetricDefinition, MetricKind, Tags } from '../ports/metrics.js';
import { ScriptConfigError } from './errors.js';
import { builtInMetric, METRICS } from './metrics.js';
import { isPlainObject, nearest, OptionFields } from './option-fields.js';
import { refuseImpossibleTags, type TaggedPlan } from './threshold-tags.js';

export const THRESHOLD_METHODS: Readonly<Record<MetricKind, readonly string[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p'],
};

export type ThresholdOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';

export interface Threshold {
  /** The key as written: `pay_response_time{scenario:plateau}`. */
  readonly metric: string;
  /** The metric's own name, and what samples must be tagged with. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly tags: Tags;
  /** As written: `p(99)<500`. */
  readonly expression: string;
  readonly method: string;
  /** Of `p(...)`: 0 to 100. */
  readonly percentile: number | undefined;
  readonly operator: ThresholdOperator;
  readonly limit: number;
  readonly abortOnFail: boolean;
  readonly delayAbortUs: number;
  /** That nothing was measured is as good as that it holds. */
  readonly allowEmpty: boolean;
}

/** A metric's values, cumulative. Times are in milliseconds. */
export type MetricValues =
  | { readonly kind: 'counter'; readonly count: number; readonly perSec: number }
  | {
      readonly kind: 'gauge';
      /** The last one. */
      readonly value: number;
      readonly min: number;
      readonly max: number;
      readonly isEmpty: boolean;
    }
  | { readonly kind: 'rate'; readonly passes: number; readonly total: number }
  | TrendValues;

export interface TrendValues {
  readonly kind: 'trend';
  readonly count: number;
  readonly average: number;
  readonly min: number;
  readonly max: number;
  percentile(percent: number): number;
}

export interface MetricsView {
  /** Undefined where nothing of the kind was ever recorded. */
  values(name: string, tags: Tags): MetricValues | undefined;
}

export interface ThresholdResult {
  readonly threshold: Threshold;
  /** Undefined where there is nothing to judge: it is not evaluated. */
  readonly ok: boolean | undefined;
  readonly value: number | undefined;
}

/** `options.thresholds` of a script. Throws ScriptConfigError. */
export function parseThresholds(
  options: unknown,
  {
    where,
    customMetrics,
    plan,
  }: {
    readonly where: string;
    readonly customMetrics: readonly MetricDefinition[];
    readonly plan: TaggedPlan;
  },
): Threshold[] {
  if (options === undefined) return [];
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ScriptConfigError(`${where}: options.thresholds must be an object of metric names`);
  return Object.entries(options).flatMap(([key, given]) => {
    const at = `${where}: options.thresholds[${JSON.stringify(key)}]`;
    return thresholdsOf(key, given, { at, customMetrics, plan });
  });
}

/** Of one metric, one expression or a list; `at` names them in messages. Throws ScriptConfigError. */
export function thresholdsOf(
  key: string,
  given: unknown,
  {
    at,
    customMetrics,
    plan,
  }: {
    readonly at: string;
    readonly customMetrics: readonly MetricDefinition[];
    readonly plan: TaggedPlan;
  },
): Threshold[] {
  const metric = parseMetricKey(key, at);
  const definition =
    builtInMetric(metric.name) ?? customMetrics.find(({ name }) => name === metric.name);
  if (definition === undefined) throw noMetric(metric.name, customMetrics, at);
  refuseImpossibleTags(metric, plan, at);
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.map((one) => parseThreshold(one, { ...metric, key, definition, at }));
}

/** The metric's own name, of a key with tags or without. */
export function metricNameOf(key: string): string {
  return key.replace(/\s*\{.*$/s, '').trim();
}

function noMetric(
  name: string,
  customMetrics: readonly MetricDefinition[],
  at: string,
): ScriptConfigError {
  const builtIn = Object.keys(METRICS);
  const near = nearest(name, [...builtIn, ...customMetrics.map((metric) => metric.name)]);
  const hint =
    near === undefined
      ? `make it with k6/metrics, or use one of ${builtIn.join(', ')}`
      : `did you mean ${near}?`;
  return new ScriptConfigError(`${at}: no metric ${name}; ${hint}`);
}

/**
 * Without a sample there is nothing to judge, now or at the end. A counter alone says something then: that it counted
 * nothing; while the test runs that is passed over, as k6 does.
 */
export function evaluateThreshold(
  threshold: Threshold,
  view: MetricsView,
  { atEnd }: { readonly atEnd: boolean },
): ThresholdResult {
  const values = view.values(threshold.name, threshold.tags);
  if (values !== undefined && !isEmpty(values)) return judged(threshold, pick(threshold, values));
  if (atEnd && threshold.kind === 'counter') return judged(threshold, 0);
  return { threshold, value: undefined, ok: undefined };
}

function judged(threshold: Threshold, value: number): ThresholdResult {
  return { threshold, value, ok: compare(value, threshold) };
}

function parseMetricKey(key: string, at: string): { readonly name: string; readonly tags: Tags } {
  const match = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(?:\{(.*)\})?\s*$/.exec(key);
  if (match === null)
    throw new ScriptConfigError(`${at}: write a metric name, or name{tag:value,...}`);
  const tags = (match[2] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const colon = part.indexOf(':');
      const name = trimQuotes(part.slice(0, Math.max(0, colon)));
      if (name === '') throw new ScriptConfigError(`${at}: ${part.trim()} is no tag:value`);
      return [name, trimQuotes(part.slice(colon + 1))] as const;
    });
  return { name: match[1] ?? '', tags: Object.fromEntries(tags) };
}

function trimQuotes(text: string): string {
  return text
    .trim()
    .replaceAll(/^["']|["']$/g, '')
    .trim();
}

function parseThreshold(
  given: unknown,
  metric: {
    readonly key: string;
    readonly name: string;
    readonly tags: Tags;
    readonly definition: MetricDefinition;
    readonly at: string;
  },
): Threshold {
  if (typeof given !== 'string' && !isPlainObject(given))
    throw new ScriptConfigError(
      `${metric.at}: a threshold is text like "rate<0.01", or an object with it, got ${JSON.stringify(given)}`,
    );
  const fields = new OptionFields(isPlainObject(given) ? given : { threshold: given }, metric.at);
  const expression = fields.text('threshold', '');
  const parsed = {
    metric: metric.key,
    name: metric.name,
    kind: metric.definition.kind,
    tags: metric.tags,
    expression,
    ...parseExpression(expression, metric),
    abortOnFail: fields.flag('abortOnFail'),
    delayAbortUs: fields.durationUs('delayAbortEval', { otherwise: '0s' }),
    allowEmpty: fields.flag('allowEmpty'),
  };
  fields.refuseUnknown();
  return parsed;
}

function parseExpression(
  expression: string,
  { definition, at }: { readonly definition: MetricDefinition; readonly at: string },
): Pick<Threshold, 'method' | 'percentile' | 'operator' | 'limit'> {
  const match =
    /^\s*(avg|min|max|med|count|rate|value|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*(<=|<|>=|>|===|==|!=)\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*$/i.exec(
      expression,
    );
  if (match === null)
    throw new ScriptConfigError(
      `${at}: cannot read "${expression}"; write e.g. "p(99)<500", "rate<0.01", "count<10"`,
    );
  const [, written = '', percent, operator = '', limit] = match;
  const method = percent === undefined ? written : 'p';
  const allowed = THRESHOLD_METHODS[definition.kind];
  if (!allowed.includes(method))
    throw new ScriptConfigError(
      `${at}: ${definition.name} is a ${definition.kind} and has no ${method}; it has ${allowed.join(', ')}`,
    );
  const percentile = percent === undefined ? undefined : Number(percent);
  if (percentile !== undefined && percentile > 100)
    throw new ScriptConfigError(`${at}: p(${percent}): percentiles go from 0 to 100`);
  return { method, percentile, operator: toOperator(operator), limit: Number(limit) };
}

function toOperator(text: string): ThresholdOperator {
  switch (text) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '!=':
      return text;
    default:
      return '==';
  }
}

/** Nothing was ever added to it. */
export function isEmpty(values: MetricValues): boolean {
  if (values.kind === 'trend' || values.kind === 'counter') return values.count === 0;
  return values.kind === 'rate' ? values.total === 0 : values.isEmpty;
}

function pick({ method, percentile }: Threshold, values: MetricValues): number {
  switch (values.kind) {
    case 'counter':
      return method === 'rate' ? values.perSec : values.count;
    case 'gauge':
      return values.value;
    case 'rate':
      return values.passes / values.total;
    case 'trend':
      if (method === 'avg') return values.average;
      if (method === 'min') return values.min;
      if (method === 'max') return values.max;
      return values.percentile(percentile ?? 50);
    default:
      return values satisfies never;
  }
}

function compare(value: number, { operator, limit }: Threshold): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
    default:
      return operator satisfies never;
  }
}
