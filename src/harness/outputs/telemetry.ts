/**
 * A second as OpenTelemetry's data model has it, cumulative since the start of the load. Prometheus (scraped and written to) and OTLP
 * are given the same values under the names that each knows: `paydrill_pay_response_time_seconds`, `paydrill.pay_response_time` in `s`.
 * A rate is two counters, `_passes` and `_samples`. Pure.
 */
import { type HrTime, ValueType } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { bucketsOf } from './buckets.js';
import type { OutputSecond, Sample } from './samples.js';

export type Naming = 'prometheus' | 'opentelemetry';

const RESOURCE = resourceFromAttributes({ 'service.name': 'paydrill' });

/** `startUnixMs`: what is told was counted since. */
export function telemetryOf(
  second: OutputSecond,
  { naming, startUnixMs }: { readonly naming: Naming; readonly startUnixMs: number },
): ResourceMetrics {
  const times = { startTime: hrTime(startUnixMs), endTime: hrTime(second.unixMs) };
  const byName = new Map<string, MetricData>();
  for (const sample of second.samples) {
    for (const metric of metricsOf(sample, naming, times)) {
      const known = byName.get(metric.descriptor.name);
      // Of one name there is one type: the points of all checks come together.
      if (known?.dataPointType === DataPointType.SUM && metric.dataPointType === DataPointType.SUM)
        known.dataPoints.push(...metric.dataPoints);
      else byName.set(metric.descriptor.name, metric);
    }
  }
  const scope = { name: 'paydrill' };
  return { resource: RESOURCE, scopeMetrics: [{ scope, metrics: [...byName.values()] }] };
}

type Times = Pick<DataPoint<unknown>, 'startTime' | 'endTime'>;

function metricsOf(sample: Sample, naming: Naming, times: Times): readonly MetricData[] {
  const { metric, total, tags } = sample;
  const isPrometheus = naming === 'prometheus';
  const base = (suffix = '') => ({
    descriptor: {
      name: isPrometheus
        ? `paydrill_${metric.name}${suffix}${metric.isTime ? '_seconds' : ''}`
        : `paydrill.${metric.name}${suffix}`,
      description: metric.meaning,
      // In a name of Prometheus' the unit stands already.
      unit: metric.isTime && !isPrometheus ? 's' : '',
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  });
  const point = <T>(value: T): DataPoint<T> => ({ ...times, attributes: { ...tags }, value });
  const unit = metric.isTime ? 1000 : 1;
  const sum = (value: number, suffix?: string): MetricData => ({
    ...base(suffix),
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: [point(value)],
  });
  switch (metric.kind) {
    case 'counter':
      return [sum(total.sum / unit)];
    case 'gauge':
      return [
        { ...base(), dataPointType: DataPointType.GAUGE, dataPoints: [point(total.sum / unit)] },
      ];
    case 'rate':
      return [sum(total.sum, '_passes'), sum(total.count, '_samples')];
    case 'trend': {
      const { bounds, counts, ...rest } = bucketsOf(total, metric);
      const value = { buckets: { boundaries: [...bounds], counts: [...counts] }, ...rest };
      return [{ ...base(), dataPointType: DataPointType.HISTOGRAM, dataPoints: [point(value)] }];
    }
    default:
      return metric.kind satisfies never;
  }
}

function hrTime(unixMs: number): HrTime {
  const seconds = Math.floor(unixMs / 1000);
  return [seconds, Math.round((unixMs - seconds * 1000) * 1e6)];
}
