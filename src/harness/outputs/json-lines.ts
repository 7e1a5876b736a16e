/**
 * `--out json=file`: k6's lines. A metric is told before its first point; a point is one second of one value:
 *
 *     {"type":"Metric","data":{"name":"pay_response_time","type":"trend","contains":"time",...},"metric":"pay_response_time"}
 *     {"metric":"pay_response_time","type":"Point","data":{"time":"...","value":12.5,"tags":{"stat":"p(99)"}}}
 *
 * Counters and gauges are as in k6 (points of a counter add up to it); of trends and rates each value is a point whose tag `stat`
 * says which. Pure.
 */
import { contentsOf } from '../options/metrics.js';
import { namedValues } from './named-values.js';
import type { OutputMetric, OutputSecond, Sample } from './samples.js';

export class JsonLines {
  readonly #isoTime: (unixMs: number) => string;
  readonly #told = new Set<string>();

  constructor(isoTime: (unixMs: number) => string) {
    this.#isoTime = isoTime;
  }

  /** Whole lines. */
  text({ unixMs, samples }: OutputSecond): string {
    const time = this.#isoTime(unixMs);
    return samples.flatMap((sample) => this.#lines(sample, time)).join('');
  }

  #lines({ metric, tags, interval }: Sample, time: string): readonly string[] {
    const points = namedValues(interval).map(({ stat, value }) => {
      const data = { time, value, tags: stat === undefined ? tags : { ...tags, stat } };
      return line({ metric: metric.name, type: 'Point', data });
    });
    if (points.length === 0 || this.#told.has(metric.name)) return points;
    this.#told.add(metric.name);
    return [metricLine(metric), ...points];
  }
}

function metricLine({ name, kind, isTime, thresholds }: OutputMetric): string {
  const contains = contentsOf({ name, isTime });
  const data = { name, type: kind, contains, thresholds, submetrics: null };
  return line({ type: 'Metric', data, metric: name });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
