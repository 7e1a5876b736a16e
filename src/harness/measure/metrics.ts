/**
 * What k6's metrics keep, for the script's own and the built-in ones, and for each sub-metric that a threshold
 * names (`metric{tag:value}`). A worker fills one store; snapshots of all workers are merged for thresholds.
 * Trends are kept as histograms, not as samples, so memory does not grow with the load: times that are recorded once
 * per operation in log-linear buckets, the others by value rounded to four significant digits.
 */
import type { MetricKind } from '../ports/metrics.js';

/** Counts of one metric or sub-metric; which fields mean something depends on the kind. */
export interface MetricCounts {
  readonly kind: MetricKind;
  /** Samples. */
  count: number;
  /** Counter and trend: sum of values. Rate: how many were not zero. Gauge: the last value. */
  sum: number;
  min: number;
  max: number;
}

export interface MetricState extends MetricCounts {
  /** Trend: value -> samples. */
  readonly values: readonly (readonly [number, number])[];
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

interface Series extends MetricCounts {
  readonly key: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly values: Map<number, number>;
}

/** Finds a tag of a sample by name. */
export type TagOf = (name: string) => string | undefined;

export class MetricStore {
  readonly #byMetric = new Map<string, Series[]>();
  readonly #subMetrics: readonly SubMetric[];

  constructor(subMetrics: readonly SubMetric[]) {
    this.#subMetrics = subMetrics;
  }

  add(metric: string, kind: MetricKind, value: number, tagOf: TagOf): void {
    for (const series of this.#seriesOf(metric, kind)) {
      if (series.tags.every(([name, wanted]) => tagOf(name) === wanted)) count(series, value);
    }
  }

  /** The series of one exact tag combination, for callers that count many samples at once. */
  matching(metric: string, kind: MetricKind, tagOf: TagOf): readonly MetricCounts[] {
    return this.#seriesOf(metric, kind).filter((series) =>
      series.tags.every(([name, wanted]) => tagOf(name) === wanted),
    );
  }

  snapshot(): MetricsSnapshot {
    const all: Record<string, MetricState> = {};
    for (const seriesOfOne of this.#byMetric.values()) {
      for (const { key, kind, count: n, sum, min, max, values } of seriesOfOne) {
        all[key] = { kind, count: n, sum, min, max, values: [...values] };
      }
    }
    return all;
  }

  #seriesOf(metric: string, kind: MetricKind): readonly Series[] {
    let all = this.#byMetric.get(metric);
    if (all === undefined) {
      const own = this.#subMetrics.filter((sub) => sub.metric === metric);
      all = [newSeries(metric, kind, {}), ...own.map((sub) => newSeries(sub.key, kind, sub.tags))];
      this.#byMetric.set(metric, all);
    }
    return all;
  }
}

function newSeries(key: string, kind: MetricKind, tags: Readonly<Record<string, string>>): Series {
  return {
    key,
    kind,
    tags: Object.entries(tags),
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    values: new Map(),
  };
}

function count(series: Series, value: number): void {
  series.count++;
  series.min = Math.min(series.min, value);
  series.max = Math.max(series.max, value);
  if (series.kind === 'rate') series.sum += value === 0 ? 0 : 1;
  else if (series.kind === 'gauge') series.sum = value;
  else series.sum += value;
  if (series.kind !== 'trend') return;
  const rounded = Number(value.toPrecision(4));
  series.values.set(rounded, (series.values.get(rounded) ?? 0) + 1);
}

/** Adds up the snapshots of several workers; a gauge becomes the sum of the workers' last values. */
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
  const values = new Map(a.values);
  for (const [value, n] of b.values) values.set(value, (values.get(value) ?? 0) + n);
  return {
    kind: a.kind,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    values: [...values],
  };
}

/**
 * A trend of times that is recorded once per operation: counts in log-linear buckets of 2^-11 relative width, as HDR
 * has them, so that recording is one shift and one add. Microseconds in, milliseconds in its state.
 */
export class TimeTrend {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #sumUs = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = Number.NEGATIVE_INFINITY;

  /** `us`: not negative; more than 2^31 counts as 2^31. */
  record(us: number): void {
    const value = Math.min(us, 0x7fffffff);
    const shift = Math.max(0, 21 - Math.clz32(value));
    this.#counts[shift * SUB_BUCKETS + (value >>> shift)]++;
    this.#count++;
    this.#sumUs += us;
    if (us < this.#minUs) this.#minUs = us;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  state(): MetricState {
    const values: [number, number][] = [];
    for (let i = 0; i < BUCKETS; i++) {
      if (this.#counts[i] > 0) values.push([bucketUs(i) / 1000, this.#counts[i]]);
    }
    return {
      kind: 'trend',
      count: this.#count,
      sum: this.#sumUs / 1000,
      min: this.#minUs / 1000,
      max: this.#maxUs / 1000,
      values,
    };
  }
}

const SUB_BUCKETS = 2048;
const BUCKETS = SUB_BUCKETS * 21;

/** The middle of a bucket: its index is shift * 2048 + (us >>> shift). Exact below 2048 us. */
function bucketUs(index: number): number {
  const shift = Math.floor(index / SUB_BUCKETS);
  return (index % SUB_BUCKETS) * 2 ** shift + (shift === 0 ? 0 : 2 ** (shift - 1));
}
