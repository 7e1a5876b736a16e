/** `--out opentelemetry[=url]`: OTLP over HTTP, JSON. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Output, OutputContext } from './output.js';
import { PUSH_TIMEOUT_MS, pusher } from './pusher.js';
import { telemetryOf } from './telemetry.js';

export function openTelemetry(
  url: string | undefined,
  { warn }: Pick<OutputContext, 'warn'>,
): Output {
  const exporter = new OTLPMetricExporter({
    ...(url === undefined ? {} : { url }),
    timeoutMillis: PUSH_TIMEOUT_MS,
  });
  let startUnixMs: number | undefined;
  return pusher({
    what: url ?? 'the OpenTelemetry collector',
    warn,
    end: () => exporter.shutdown(),
    send(second) {
      startUnixMs ??= second.unixMs - 1000;
      const metrics = telemetryOf(second, { naming: 'opentelemetry', startUnixMs });
      return new Promise((resolve, reject) => {
        exporter.export(metrics, ({ error }) => (error === undefined ? resolve() : reject(error)));
      });
    },
  });
}
