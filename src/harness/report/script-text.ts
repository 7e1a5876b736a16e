/**
 * The end of a run that judged no ledger, told as k6 tells it, so that who knows k6 finds everything where it was:
 *
 *   THRESHOLDS, then TOTAL RESULTS: checks, CUSTOM, HTTP, GRPC, SQL, EXECUTION, NETWORK, WEBSOCKET, a metric a line
 *
 * Times are milliseconds, shown in the unit that reads best.
 */

import { VERDICT_WORDS } from '../verify/verdict.js';
import type { Paint } from './paint.js';
import { printable } from './printable.js';
import {
  type CheckFacts,
  isNotHeld,
  type MetricFacts,
  type Summary,
  type ThresholdResult,
} from './summary.js';

export interface ScriptTextOptions {
  readonly paint: Paint;
  /** Path of the run folder, as the reader would type it. */
  readonly folder: string;
  /** All of k6's metrics; otherwise those that are read most. */
  readonly isFull?: boolean;
  /** Of all times; without it the one that reads best. */
  readonly timeUnit?: TimeUnit | undefined;
}

type TimeUnit = 's' | 'ms' | 'us';
type Time = (ms: number) => string;

/** Where each metric stands; what is left over is the script's own. */
const SECTIONS: readonly (readonly [title: string, metrics: readonly string[]])[] = [
  ['HTTP', ['http_req_duration', 'http_req_failed', 'http_req_response_time', 'http_reqs']],
  [
    'GRPC',
    ['grpc_req_duration', 'grpc_streams', 'grpc_streams_msgs_received', 'grpc_streams_msgs_sent'],
  ],
  ['SQL', ['sql_errors', 'sql_statement_duration', 'sql_statements']],
  [
    'EXECUTION',
    ['dropped_iterations', 'group_duration', 'iteration_duration', 'iterations', 'vus', 'vus_max'],
  ],
  ['NETWORK', ['data_received', 'data_sent']],
  [
    'WEBSOCKET',
    [
      'ws_connecting',
      'ws_msgs_received',
      'ws_msgs_sent',
      'ws_ping',
      'ws_session_duration',
      'ws_sessions',
    ],
  ],
];
const FULL: readonly string[] = [
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
];
/** In place of checks, thresholds and dropped iterations there is nothing to say. */
const QUIET_AT_ZERO = ['dropped_iterations', 'group_duration'];

export function scriptText(summary: Summary, options: ScriptTextOptions): string {
  const { paint, folder, isFull = false, timeUnit } = options;
  const { metrics, custom_metrics: custom } = summary;
  const time = timeUnit === undefined ? readableTime : timeIn(timeUnit);
  const width = Math.max(...[...Object.keys(metrics), ...Object.keys(custom)].map(cellWidth), 24);
  const lines = (names: readonly string[], of: Summary['metrics']): string[] =>
    names.flatMap((name) => metricLines(name, of, { width, paint, time }));
  const parts = SECTIONS.map(([title, names]) => {
    const all = title === 'HTTP' && isFull ? [...names, ...FULL] : names;
    const shown = all.filter((name) => !QUIET_AT_ZERO.includes(name) || isMore(metrics[name]));
    return titled(title, lines(shown, metrics), paint);
  });
  return [
    '',
    ...thresholdLines(summary, paint, time),
    `  ${paint.strong('█ TOTAL RESULTS')}`,
    '',
    ...checkLines(summary.checks, { width, seconds: summary.run.duration_s, paint }),
    ...titled('CUSTOM', lines(Object.keys(custom), custom), paint),
    ...parts.flat(),
    ...endLines(summary, paint),
    `    ${paint.faint('run folder')} ${printable(folder)}`,
    '',
  ].join('\n');
}

function titled(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : [`    ${paint.strong(title)}`, ...lines, ''];
}

function isMore(facts: MetricFacts | undefined): boolean {
  if (facts === undefined) return false;
  const { count = 0, max = 0 } = facts.values;
  return count > 0 || max > 0;
}

function thresholdLines(summary: Summary, paint: Paint, time: Time): string[] {
  const { thresholds } = summary;
  if (thresholds.length === 0) return [];
  const lines: string[] = [`  ${paint.strong('█ THRESHOLDS')}`, ''];
  let before: string | undefined;
  for (const threshold of thresholds) {
    const { metric, expression, value } = threshold;
    if (metric !== before) {
      if (before !== undefined) lines.push('');
      lines.push(`    ${printable(metric)}`);
      before = metric;
    }
    const mark = isNotHeld(threshold) ? paint.bad('✗') : paint.good('✓');
    const was =
      value === null || value === undefined
        ? 'no sample'
        : `${expression
            .trim()
            .split(/[<>=!]/)[0]
            ?.trim()}=${thresholdValue(summary, threshold, value, time)}`;
    lines.push(`    ${mark} '${printable(expression)}' ${was}`);
  }
  return [...lines, '', ''];
}

function thresholdValue(
  { metrics, custom_metrics: custom }: Summary,
  { metric, expression }: ThresholdResult,
  value: number,
  time: Time,
): string {
  const facts = metrics[metric] ?? custom[metric];
  if (facts?.kind === 'rate') return share(value);
  if (/^\s*rate\b/.test(expression)) return `${rounded(value)}/s`;
  return facts?.kind === 'trend' && facts.is_time ? time(value) : rounded(value);
}

function checkLines(
  checks: readonly CheckFacts[],
  page: { readonly width: number; readonly seconds: number; readonly paint: Paint },
): string[] {
  if (checks.length === 0) return [];
  const { width, seconds, paint } = page;
  const passes = checks.reduce((sum, check) => sum + check.passes, 0);
  const fails = checks.reduce((sum, check) => sum + check.fails, 0);
  const total = passes + fails;
  const part = (n: number): string => share(total === 0 ? 0 : n / total);
  const line = (name: string, text: string): string => `    ${cell(name, width)} ${text}`;
  return [
    line('checks_total', `${total}  ${rounded(seconds > 0 ? total / seconds : 0)}/s`),
    line('checks_succeeded', `${part(passes)}  ${passes} out of ${total}`),
    line('checks_failed', `${part(fails)}  ${fails} out of ${total}`),
    '',
    ...groupedChecks(checks, paint),
    '',
  ];
}

function groupedChecks(checks: readonly CheckFacts[], paint: Paint): string[] {
  const groups = [...new Set(checks.map(({ group }) => group))];
  return groups.flatMap((group) => {
    const inside = checks.filter((check) => check.group === group);
    const lines = inside.flatMap((check) =>
      checkLine(check, group === '' ? '    ' : '      ', paint),
    );
    return group === '' ? lines : [`    █ ${printable(group.slice(2))}`, ...lines];
  });
}

function checkLine({ name, passes, fails }: CheckFacts, indent: string, paint: Paint): string[] {
  if (fails === 0) return [`${indent}${paint.good('✓')} ${printable(name)}`];
  const percent = Math.floor((100 * passes) / (passes + fails));
  return [
    `${indent}${paint.bad('✗')} ${printable(name)}`,
    `${indent} ${paint.bad(`↳  ${percent}% — ✓ ${passes} / ✗ ${fails}`)}`,
  ];
}

function metricLines(
  name: string,
  metrics: Summary['metrics'],
  page: { readonly width: number; readonly paint: Paint; readonly time: Time },
): string[] {
  const facts = metrics[name];
  if (facts === undefined) return [];
  const { width, paint, time } = page;
  const parts = Object.entries(metrics).filter(([key]) => key.startsWith(`${name}{`));
  const line = (indent: string, label: string, of: MetricFacts): string =>
    `    ${paint.faint(cell(indent + printable(label), width))} ${metricText(name, of, time)}`;
  return [
    line('', name, facts),
    ...parts.map(([key, of]) => line('  ', `{ ${key.slice(name.length + 1, -1)} }`, of)),
  ];
}

function metricText(
  name: string,
  { kind, is_time: isTime, values }: MetricFacts,
  time: Time,
): string {
  const isBytes = name === 'data_received' || name === 'data_sent';
  const of = (key: string): number => values[key] ?? 0;
  switch (kind) {
    case 'counter': {
      const shown = (value: number): string =>
        isBytes ? bytes(value) : isTime ? time(value) : rounded(value);
      return `${shown(of('count'))}  ${shown(of('rate'))}/s`;
    }
    case 'gauge': {
      const shown = (value: number): string => (isTime ? time(value) : rounded(value));
      return `${shown(of('value'))}  min=${shown(of('min'))} max=${shown(of('max'))}`;
    }
    case 'rate':
      return `${share(of('rate'))}  ${of('passes')} out of ${of('passes') + of('fails')}`;
    case 'trend':
      return Object.entries(values)
        .map(
          ([stat, value]) => `${stat}=${isTime && stat !== 'count' ? time(value) : rounded(value)}`,
        )
        .join(' ');
    default:
      return kind satisfies never;
  }
}

function endLines(summary: Summary, paint: Paint): string[] {
  const { run } = summary;
  const lines = [
    ...(run.ended_by === null ? [] : [paint.bad(printable(run.ended_by))]),
    ...(run.marked_failed === null
      ? []
      : [paint.bad(`marked as failed: ${printable(run.marked_failed)}`)]),
    ...verdictLines(summary, paint),
  ];
  return lines.map((line) => `    ${line}`);
}

/** Without a ledger there may still be something that the script claims. */
function verdictLines({ verdict, reason, laws, limits }: Summary, paint: Paint): string[] {
  const paintOf = {
    valid: paint.good,
    invalid: paint.bad,
    unknown: paint.doubt,
    no_claim: paint.faint,
  };
  const why = reason === null ? '' : `: ${printable(reason)}`;
  const judged = laws.filter(({ status }) => status !== 'not_exercised');
  return [
    ...(verdict === 'valid' || why !== ''
      ? [paintOf[verdict](`${VERDICT_WORDS[verdict]}${why}`)]
      : []),
    ...judged.map(({ name, status, checked, witness }) =>
      printable(`${name} ${status}, ${checked} checked${witness === null ? '' : `: ${witness}`}`),
    ),
    ...limits.map((line) => paint.faint(printable(line))),
  ];
}

function cellWidth(name: string): number {
  const at = name.indexOf('{');
  return at < 0 ? name.length + 4 : name.length - at + 8;
}

/** `name.......:` */
function cell(name: string, width: number): string {
  return `${name.padEnd(width, '.')}:`;
}

function share(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}

function timeIn(unit: TimeUnit): Time {
  const { perMs, text } = UNITS[unit];
  return (ms) => `${(ms * perMs).toFixed(2)}${text}`;
}

const UNITS: Readonly<Record<TimeUnit, { readonly perMs: number; readonly text: string }>> = {
  s: { perMs: 0.001, text: 's' },
  ms: { perMs: 1, text: 'ms' },
  us: { perMs: 1000, text: 'µs' },
};

/** Milliseconds, in the unit that reads best. */
function readableTime(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1) return `${trimmed(ms * 1000)}µs`;
  if (ms < 1000) return `${trimmed(ms)}ms`;
  if (ms < 60_000) return `${trimmed(ms / 1000)}s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes}m${trimmed((ms - minutes * 60_000) / 1000)}s`;
}

function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let shown = value;
  let unit = 0;
  for (; shown >= 1000 && unit < units.length - 1; unit++) shown /= 1000;
  const digits = shown >= 100 ? 3 : 2;
  return `${unit === 0 ? Math.round(shown) : Number(shown.toPrecision(digits))} ${units[unit]}`;
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : trimmed(value);
}

function trimmed(value: number): string {
  const fixed = value.toFixed(2);
  return Number(fixed) === 0 && value !== 0
    ? String(Number(value.toPrecision(3)))
    : String(Number(fixed));
}
