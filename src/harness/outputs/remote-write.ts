/**
 * `--out experimental-prometheus-rw=url`: Prometheus remote write 1.0, a `WriteRequest` of
 * https://prometheus.io/docs/specs/prw/remote_write_spec/ in protobuf, compressed with snappy.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  type DataPoint,
  DataPointType,
  type Histogram,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { compress } from 'snappyjs';
import type { Output, OutputContext } from './output.js';
import { PUSH_TIMEOUT_MS, pusher } from './pusher.js';
import { telemetryOf } from './telemetry.js';

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function remoteWrite(url: string, { warn }: Pick<OutputContext, 'warn'>): Output {
  let startUnixMs: number | undefined;
  return pusher({
    what: url,
    warn,
    end: () => Promise.resolve(),
    async send(second) {
      startUnixMs ??= second.unixMs - 1000;
      const metrics = telemetryOf(second, { naming: 'prometheus', startUnixMs });
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'snappy',
          'x-prometheus-remote-write-version': '0.1.0',
          'user-agent': 'paydrill',
        },
        body: new Uint8Array(compress(writeRequest(seriesOf(metrics), second.unixMs))),
        signal: AbortSignal.timeout(PUSH_TIMEOUT_MS),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`HTTP ${response.status} ${text.slice(0, 200)}`.trim());
    },
  });
}

function seriesOf({ scopeMetrics }: ResourceMetrics): readonly Series[] {
  return scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap((metric): readonly Series[] => {
      const { name } = metric.descriptor;
      switch (metric.dataPointType) {
        case DataPointType.SUM:
          return metric.dataPoints.map((point) => one(`${name}_total`, point, point.value));
        case DataPointType.GAUGE:
          return metric.dataPoints.map((point) => one(name, point, point.value));
        case DataPointType.HISTOGRAM:
          return metric.dataPoints.flatMap((point) => ofHistogram(name, point));
        default:
          throw new Error(`${name} is of a type that paydrill makes none of`);
      }
    }),
  );
}

function ofHistogram(name: string, point: DataPoint<Histogram>): readonly Series[] {
  const { buckets, sum = 0, count } = point.value;
  let below = 0;
  const series = buckets.counts.map((samples, i) => {
    below += samples;
    const bound = buckets.boundaries[i];
    const le = bound === undefined ? '+Inf' : `${bound}`;
    return one(`${name}_bucket`, point, below, { le });
  });
  return [...series, one(`${name}_sum`, point, sum), one(`${name}_count`, point, count)];
}

function one(
  name: string,
  { attributes }: DataPoint<unknown>,
  value: number,
  more: Series['labels'] = {},
): Series {
  const labels: Record<string, string> = { ...more };
  for (const [key, text] of Object.entries(attributes)) {
    labels[key.replace(/[^a-zA-Z0-9_]/g, '_')] = `${text}`;
  }
  return { name, labels, value };
}

/** Field numbers are those of `prometheus.WriteRequest`; labels are sorted, as the specification wants them. */
function writeRequest(series: readonly Series[], unixMs: number): Uint8Array<ArrayBuffer> {
  const request = new BinaryWriter();
  for (const { name, labels, value } of series) {
    const sorted = Object.entries({ ...labels, __name__: name }).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    request.tag(1, WireType.LengthDelimited).fork();
    for (const [key, text] of sorted) {
      // An empty label is none.
      if (text === '') continue;
      request.tag(1, WireType.LengthDelimited).fork();
      request.tag(1, WireType.LengthDelimited).string(key);
      request.tag(2, WireType.LengthDelimited).string(text);
      request.join();
    }
    request.tag(2, WireType.LengthDelimited).fork();
    request.tag(1, WireType.Bit64).double(value);
    request.tag(2, WireType.Varint).int64(Math.round(unixMs));
    request.join();
    request.join();
  }
  return new Uint8Array(request.finish());
}
