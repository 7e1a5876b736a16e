/**
 * The tables of a drill in words: what report.html and the served page both show. Pure. Cells are plain text; what shows them
 * escapes them. The most telling columns come first, as a narrow page shows rows as blocks.
 */
import { count, percent, statWords, timeOrNone } from './format.js';
import { type Answered, leftOutWords } from './left-out.js';
import type { OperationRow } from './operation-rows.js';
import type { PercentilesUs } from './percentiles-us.js';
import { printable } from './printable.js';
import type { CheckFacts, LoadDetails, MetricFacts, Summary } from './summary.js';
import { checkPath, metricNumber, metricWords } from './view.js';

export interface TableColumn {
  readonly name: string;
  readonly isNumber: boolean;
}

export interface TableCell {
  readonly text: string;
  /** A name out of a program, not of a sentence. */
  readonly isCode?: boolean;
  /** Somebody should look at it. */
  readonly isDoubtful?: boolean;
  /** The number of a moment or of a fault, as in the picture. */
  readonly isKey?: boolean;
  /** One line each, below the text. */
  readonly details?: readonly string[];
}

export interface Table {
  /** Of its element on the page. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
}

/** Those that have a row. `operations`: of which the response times speak. */
export function loadTables(
  details: Omit<LoadDetails, 'thresholds'>,
  { declines_by_code: declines, operations }: LoadCounts,
): readonly Table[] {
  const leftOut = leftOutWords(operations);
  const { by_scenario: scenarios, by_kind: kinds, custom_metrics: metrics } = details;
  return [
    scenarioTable({
      ...{ id: 'scenarios', title: `Scenarios${leftOut}`, rows: scenarios },
      iterations: scenarios.map((row) => number(row.iterations)),
    }),
    operationTable({ id: 'operations', title: `Operations${leftOut}`, rows: kinds }),
    declineTable(declines, operations),
    checkTable(details.checks),
    trendTable(metrics),
    metricTable(metrics),
  ].filter(({ rows }) => rows.length > 0);
}

/** Without operations, what is left of it: how often each began. */
function scenarioTable(of: Parameters<typeof operationTable>[0]): Table {
  const table = operationTable(of);
  if (of.rows.some(({ attempted }) => attempted > 0)) return table;
  return {
    ...table,
    columns: table.columns.slice(0, 2),
    rows: table.rows.map((row) => row.slice(0, 2)),
  };
}

export interface LoadCounts {
  readonly declines_by_code: Readonly<Record<string, number>>;
  readonly operations: Answered;
}

function operationTable(of: {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly OperationRow[];
  /** A cell a row, where there are any to tell. */
  readonly iterations?: readonly TableCell[];
}): Table {
  const { id, title, rows, iterations } = of;
  const stats = rows.flatMap(({ response_time_us: { stats: asked } }) => Object.keys(asked ?? {}));
  const asked = [...new Set(stats)];
  const hasNotSent = rows.some(({ not_sent: notSent }) => notSent > 0);
  return {
    ...{ id, title },
    columns: [
      { name: iterations === undefined ? 'kind' : 'scenario', isNumber: false },
      ...numbers(iterations === undefined ? [] : ['iterations']),
      ...numbers(['operations', 'ok', 'ok/s', 'declined', 'unknown']),
      ...numbers(hasNotSent ? ['not sent'] : []),
      ...numbers(asked.length > 0 ? asked : ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max']),
    ],
    rows: rows.map((row, i) => [
      code(row.name),
      ...(iterations === undefined ? [] : [iterations[i]]),
      number(row.attempted),
      number(row.ok),
      text(row.ok_per_s < 10 ? row.ok_per_s.toFixed(2) : count(row.ok_per_s)),
      number(row.declined),
      doubtful(row.unknown),
      ...(hasNotSent ? [doubtful(row.not_sent)] : []),
      ...(asked.length > 0 ? statCells(row.response_time_us, asked) : timeCells(row)),
    ]),
  };
}

function timeCells({ response_time_us: us }: OperationRow): TableCell[] {
  return [us.p50, us.p90, us.p95, us.p99, us.p999, us.max].map((one) => text(timeOrNone(one)));
}

function statCells({ stats: values }: PercentilesUs, names: readonly string[]): TableCell[] {
  return names.map((name) => text(values === undefined ? '-' : statWords(name, values[name])));
}

function declineTable(byCode: Readonly<Record<string, number>>, { ok, declined }: Answered): Table {
  return {
    ...{ id: 'declines', title: 'Declines' },
    columns: [{ name: 'code', isNumber: false }, ...numbers(['operations', 'of answered'])],
    rows: Object.entries(byCode).map(([name, times]) => [
      code(name),
      number(times),
      text(percent(times / Math.max(times, ok + declined))),
    ]),
  };
}

/** Those that failed most first. */
function checkTable(checks: readonly CheckFacts[]): Table {
  return {
    ...{ id: 'checks', title: 'Checks' },
    columns: [{ name: 'check', isNumber: false }, ...numbers(['passed', 'failed', 'share'])],
    rows: [...checks]
      .sort((a, b) => b.fails - a.fails)
      .map((check) => [
        text(checkPath(check)),
        number(check.passes),
        doubtful(check.fails),
        text(percent(check.passes / (check.passes + check.fails))),
      ]),
  };
}

/** The script's own trends: a column for each figure of theirs. */
function trendTable(metrics: Summary['custom_metrics']): Table {
  const trends = Object.entries(metrics).filter(([, { kind }]) => kind === 'trend');
  const stats = [...new Set(trends.flatMap(([, { values }]) => Object.keys(values)))];
  return {
    ...{ id: 'trends', title: 'Trends of the script' },
    columns: [{ name: 'trend', isNumber: false }, ...numbers(stats)],
    rows: trends.map(([name, facts]) => [
      code(name),
      ...stats.map((stat) => text(metricNumber(facts, stat))),
    ]),
  };
}

function metricTable(metrics: Readonly<Record<string, MetricFacts>>): Table {
  const others = Object.entries(metrics).filter(([, { kind }]) => kind !== 'trend');
  return {
    ...{ id: 'metrics', title: 'Metrics of the script' },
    columns: ['metric', 'kind', 'values'].map((name) => ({ name, isNumber: false })),
    rows: others.map(([name, facts]) => [code(name), text(facts.kind), text(metricWords(facts))]),
  };
}

function numbers(names: readonly string[]): TableColumn[] {
  return names.map((name) => ({ name, isNumber: true }));
}

function text(words: string): TableCell {
  return { text: printable(words) };
}

function code(name: string): TableCell {
  return { text: printable(name), isCode: true };
}

function number(value: number | null): TableCell {
  return text(value === null ? '-' : count(value));
}

/** A number that is 0 where all is well. */
function doubtful(value: number): TableCell {
  return { ...number(value), isDoubtful: value > 0 };
}
