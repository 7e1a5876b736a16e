/**
 * What is kept of one metric or sub-metric, as plain data: a worker posts its states, the conductor merges those of all
 * workers. What merging cannot say (which of two values came last) each state carries with it.
 */
import type { MetricKind } from '../ports/metrics.js';

/** Counts of one metric or sub-metric; which fields mean something depends on the kind. */
export interface MetricCounts {
  readonly kind: MetricKind;
  /** Samples. */
  count: number;
  /** Counter and trend: sum of values. Rate: how many were not zero. Gauge: the last value. */
  sum: number;
  /** Of the values; infinite without any. */
  min: number;
  max: number;
  /** Gauge: when its last value came, microseconds on the drill clock. */
  lastUs: number;
}

export interface MetricState extends Readonly<MetricCounts> {
  /** Trend: value -> samples. */
  readonly values: readonly (readonly [number, number])[];
  /** A gauge of which each worker knows a part: merging adds up. */
  readonly isPart?: boolean;
}

/** State by `metricKey`. Plain data. */
export type MetricsSnapshot = Readonly<Record<string, MetricState>>;

/** A sub-metric: samples count where every tag has its value. */
export interface SubMetric {
  readonly key: string;
  readonly metric: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** `name`, or `name{tag:value,...}` with the tags in order of their names. */
export function metricKey(name: string, tags: Readonly<Record<string, string>>): string {
  const parts = Object.entries(tags)
    .map(([tag, value]) => `${tag}:${value}`)
    .sort();
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

export function emptyCounts(kind: MetricKind): MetricCounts {
  return {
    kind,
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    lastUs: 0,
  };
}

export function counterState(count: number): MetricState {
  return { ...emptyCounts('counter'), count, sum: count, values: [] };
}

export function rateState(rate: { readonly passes: number; readonly total: number }): MetricState {
  return { ...emptyCounts('rate'), count: rate.total, sum: rate.passes, values: [] };
}

/** One worker's part of a gauge that all workers make up together, as `vus`. */
export function partState(value: number, nowUs: number): MetricState {
  const lastUs = nowUs;
  const counts = { kind: 'gauge', count: 1, sum: value, min: value, max: value, lastUs } as const;
  return { ...counts, values: [], isPart: true };
}

/** Puts the snapshots of several workers together. */
export function mergeSnapshots(snapshots: readonly MetricsSnapshot[]): MetricsSnapshot {
  const merged: Record<string, MetricState> = {};
  for (const snapshot of snapshots) {
    for (const [key, state] of Object.entries(snapshot)) {
      const known = merged[key];
      merged[key] = known === undefined ? state : mergeStates(known, state);
    }
  }
  return merged;
}

function mergeStates(a: MetricState, b: MetricState): MetricState {
  if (a.isPart === true) return partState(a.sum + b.sum, Math.max(a.lastUs, b.lastUs));
  const last = a.lastUs > b.lastUs ? a : b;
  return {
    kind: a.kind,
    count: a.count + b.count,
    sum: a.kind === 'gauge' ? last.sum : a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    lastUs: last.lastUs,
    values: mergeValues(a.values, b.values),
  };
}

function mergeValues(a: MetricState['values'], b: MetricState['values']): MetricState['values'] {
  if (a.length === 0) return b;
  const values = new Map(a);
  for (const [value, n] of b) values.set(value, (values.get(value) ?? 0) + n);
  return [...values];
}
