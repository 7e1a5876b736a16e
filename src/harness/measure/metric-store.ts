/**
 * One worker's samples of the metrics that scripts make, checks and groups with them, and of each sub-metric that a
 * threshold names (`metric{tag:value}`). Without such a threshold no tag is looked at.
 */
import type { MetricKind } from '../ports/metrics.js';
import {
  emptyCounts,
  type MetricCounts,
  type MetricState,
  type MetricsSnapshot,
  type SubMetric,
} from './metric-state.js';
import { TrendValues } from './trend-values.js';

/** Finds a tag of a sample by name. */
export type TagOf = (name: string) => string | undefined;

interface Series {
  readonly key: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly counts: MetricCounts;
  readonly values: TrendValues;
}

export class MetricStore {
  readonly #byMetric = new Map<string, readonly Series[]>();
  readonly #subMetrics: readonly SubMetric[];
  readonly #nowUs: () => number;

  /** `nowUs`: the drill clock, asked for gauges. */
  constructor(subMetrics: readonly SubMetric[], nowUs: () => number) {
    this.#subMetrics = subMetrics;
    this.#nowUs = nowUs;
  }

  add(metric: string, kind: MetricKind, value: number, tagOf: TagOf): void {
    for (const series of this.#seriesOf(metric, kind)) {
      if (series.tags.every(([name, wanted]) => tagOf(name) === wanted)) this.#count(series, value);
    }
  }

  snapshot(): MetricsSnapshot {
    const all: Record<string, MetricState> = {};
    for (const seriesOfOne of this.#byMetric.values()) {
      for (const { key, counts, values } of seriesOfOne) {
        all[key] = { ...counts, values: values.entries() };
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

  #count({ counts, values }: Series, value: number): void {
    counts.count++;
    counts.min = Math.min(counts.min, value);
    counts.max = Math.max(counts.max, value);
    switch (counts.kind) {
      case 'rate':
        counts.sum += value === 0 ? 0 : 1;
        break;
      case 'gauge':
        counts.sum = value;
        counts.lastUs = this.#nowUs();
        break;
      case 'counter':
        counts.sum += value;
        break;
      case 'trend':
        counts.sum += value;
        values.add(value);
        break;
      default:
        counts.kind satisfies never;
    }
  }
}

function newSeries(key: string, kind: MetricKind, tags: Readonly<Record<string, string>>): Series {
  const counts = emptyCounts(kind);
  return { key, counts, tags: Object.entries(tags), values: new TrendValues() };
}
