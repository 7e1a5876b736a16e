/**
 * What `--out` names beside the run folder, as k6's users know it: `json=file`, `statsd=host:port`. What has no `name=` in front, and is
 * not the name of an output alone, is a folder. Pure.
 */
import { isLoopback, parseAddress } from '../../wire/address.js';
import { nearest } from '../options/option-fields.js';
import { UserError } from '../user-error.js';

export type OutputSpec =
  | { readonly kind: 'json' | 'csv'; readonly file: string }
  | { readonly kind: 'prometheus' | 'statsd'; readonly host: string; readonly port: number }
  | { readonly kind: 'experimental-prometheus-rw'; readonly url: string }
  /** Without `url` where the standard OTEL_EXPORTER_OTLP_* variables say, else 127.0.0.1:4318. */
  | { readonly kind: 'opentelemetry'; readonly url: string | undefined };

export type OutputKind = OutputSpec['kind'];

/** How each is written. One row an output. */
export const OUTPUT_KINDS = {
  json: 'json=<file>',
  csv: 'csv=<file>',
  prometheus: 'prometheus=<127.0.0.1:port>',
  'experimental-prometheus-rw': 'experimental-prometheus-rw=<url>',
  opentelemetry: 'opentelemetry[=<url>]',
  statsd: 'statsd[=<host:port>]',
} as const satisfies Readonly<Record<OutputKind, string>>;

/** Outputs of k6 and its extensions that are not here: alone they would be taken for folders. */
const OF_K6: ReadonlySet<string> = new Set(
  'cloud influxdb kafka dashboard web-dashboard experimental-opentelemetry datadog timescaledb'.split(
    ' ',
  ),
);

const STATSD_DEFAULT = '127.0.0.1:8125';

const NAMED = /^([a-z][a-z0-9-]*)=(.*)$/s;

/** Undefined for a folder. Throws UserError where the text is neither. */
export function parseOutput(text: string): OutputSpec | undefined {
  const read = readOutput(text);
  if (typeof read === 'string') throw new UserError(`--out ${text}: ${read}`);
  return read;
}

export function isOutput(text: string): boolean {
  return typeof readOutput(text) === 'object';
}

/** What is wrong with it, where it is neither an output nor a folder. */
function readOutput(text: string): OutputSpec | string | undefined {
  const [, name = text, argument = ''] = NAMED.exec(text) ?? [];
  if (isKind(name)) {
    const wanted = `${OUTPUT_KINDS[name]}; a folder of that name is ./${name}`;
    return specOf(name, argument) ?? `it must be ${wanted}`;
  }
  if (name === text && !OF_K6.has(name)) return undefined;
  const near = nearest(name, Object.keys(OUTPUT_KINDS));
  const hint =
    near === undefined
      ? `there are ${Object.values(OUTPUT_KINDS).join(', ')}; a folder of that name is ./${text}`
      : `did you mean ${near}?`;
  return `there is no output ${name}; ${hint}`;
}

function isKind(name: string): name is OutputKind {
  return Object.hasOwn(OUTPUT_KINDS, name);
}

function specOf(kind: OutputKind, argument: string): OutputSpec | undefined {
  switch (kind) {
    case 'json':
    case 'csv':
      return argument === '' ? undefined : { kind, file: argument };
    case 'prometheus': {
      // Nobody is asked who is calling: it listens on this machine alone.
      const address = parseAddress(argument);
      return address === undefined || !isLoopback(address.host) ? undefined : { kind, ...address };
    }
    case 'statsd': {
      const address = parseAddress(argument === '' ? STATSD_DEFAULT : argument);
      return address === undefined || address.port === 0 ? undefined : { kind, ...address };
    }
    case 'experimental-prometheus-rw':
      return isHttpUrl(argument) ? { kind, url: argument } : undefined;
    case 'opentelemetry':
      if (argument === '') return { kind, url: undefined };
      return isHttpUrl(argument) ? { kind, url: argument } : undefined;
    default:
      return kind satisfies never;
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
