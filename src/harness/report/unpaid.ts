/**
 * A run that paid nobody and had nobody to pay: the pages show what the script did besides, and nothing of payments, of which there is
 * nothing to show. Pure.
 */
import { count, percent, timeUs } from './format.js';
import type { LoadDetails, MetricFacts, Summary } from './summary.js';

export function isUnpaid({ operations, run }: Pick<Summary, 'operations' | 'run'>): boolean {
  return run.target === 'none' && operations.attempted === 0;
}

/** What is told of the load: of a run without payments k6's own metrics are what it has measured. */
export function toldDetails(summary: Summary): LoadDetails {
  if (!isUnpaid(summary)) return summary;
  return { ...summary, custom_metrics: { ...summary.metrics, ...summary.custom_metrics } };
}

/** Of a run without payments those laws alone that were asked, if any: of its lists, say. */
export function toldLaws(summary: Summary): Summary['laws'] {
  const { laws } = summary;
  return isUnpaid(summary) ? laws.filter(({ status }) => status !== 'not_exercised') : laws;
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** Those that there are, the most telling first. */
export function unpaidFigures({ metrics, checks }: Summary): readonly Figure[] {
  const passes = checks.reduce((sum, one) => sum + one.passes, 0);
  const fails = checks.reduce((sum, one) => sum + one.fails, 0);
  const duration =
    metrics.http_req_duration ?? metrics.grpc_req_duration ?? metrics.sql_statement_duration;
  return [
    ...counted('requests', metrics.http_reqs),
    ...counted('gRPC streams', metrics.grpc_streams),
    ...counted('WebSocket sessions', metrics.ws_sessions),
    ...counted('SQL statements', metrics.sql_statements),
    ...(duration === undefined ? [] : [time('request duration p95', duration)]),
    ...(metrics.http_req_failed === undefined ? [] : [failed(metrics.http_req_failed)]),
    ...(passes + fails === 0
      ? []
      : [
          {
            label: 'checks passed',
            value: percent(passes / (passes + fails)),
            note: `${count(passes)} of ${count(passes + fails)}`,
          },
        ]),
    ...counted('iterations', metrics.iterations),
  ].slice(0, TILES);
}

/** A row of the page. */
const TILES = 4;

function counted(label: string, metric: MetricFacts | undefined): Figure[] {
  const { count: total = 0, rate = 0 } = metric?.values ?? {};
  if (total === 0) return [];
  return [{ label, value: count(total), note: `${Number(rate.toPrecision(4))}/s` }];
}

function time(label: string, { values }: MetricFacts): Figure {
  const us = (name: string): string =>
    values[name] === undefined ? '-' : timeUs(values[name] * 1000);
  return { label, value: us('p(95)'), note: `median ${us('med')}, max ${us('max')}` };
}

function failed({ values: { rate = 0, passes = 0, fails = 0 } }: MetricFacts): Figure {
  return {
    label: 'requests failed',
    value: percent(rate),
    note: `${count(passes)} of ${count(passes + fails)}`,
  };
}
