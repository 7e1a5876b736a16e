/** Everything that `--out` names, opened before a drill starts: what cannot be is the user's to mend. */
import { CSV_HEAD, csvRows } from './csv.js';
import { fileOutput } from './file-output.js';
import { JsonLines } from './json-lines.js';
import type { Output, OutputContext } from './output.js';
import { type OutputSpec, parseOutput } from './output-spec.js';
import type { OutputSecond } from './samples.js';

/** Throws UserError, and leaves none open then. */
export async function openOutputs(
  texts: readonly string[],
  context: OutputContext,
): Promise<readonly Output[]> {
  const opened: Output[] = [];
  try {
    for (const text of texts) {
      const spec = parseOutput(text);
      if (spec !== undefined) opened.push(await openOutput(spec, context));
    }
  } catch (error) {
    for (const output of opened) await output.close();
    throw error;
  }
  return opened;
}

/** Each loads what it needs: a drill without outputs loads none of it. */
async function openOutput(spec: OutputSpec, context: OutputContext): Promise<Output> {
  const { warn, isoTime } = context;
  switch (spec.kind) {
    case 'json': {
      const lines = new JsonLines(isoTime);
      const text = (second: OutputSecond): string => lines.text(second);
      return fileOutput({ file: spec.file, warn, head: '', text });
    }
    case 'csv':
      return fileOutput({ file: spec.file, warn, head: CSV_HEAD, text: csvRows });
    case 'prometheus':
      return (await import('./prometheus.js')).prometheusEndpoint(spec, context);
    case 'experimental-prometheus-rw':
      return (await import('./remote-write.js')).remoteWrite(spec.url, context);
    case 'opentelemetry':
      return (await import('./opentelemetry.js')).openTelemetry(spec.url, context);
    case 'statsd':
      return (await import('./statsd.js')).statsd(spec, context);
    default:
      return spec satisfies never;
  }
}
