/** What a run folder says of a drill's seconds, read back from its files: summary, metrics, processes, histograms. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoggedInterval, readIntervalLog } from '../measure/interval-log.js';
import { messageOf } from '../message-of.js';
import { parseSummary } from '../report/json.js';
import { METRICS_SCHEMA, type MetricsRow, NO_REQUESTS } from '../report/metrics.js';
import {
  NO_CURVES,
  PERCENTILES_SCHEMA,
  type PercentileCurves,
} from '../report/percentile-curves.js';
import { PROCESSES_SCHEMA, type ProcessesRow } from '../report/processes.js';
import type { Summary } from '../report/summary.js';
import { UserError } from '../user-error.js';
import { LIFE_SCHEMA, type OperationLife } from '../verify/explain/operation-life.js';

export interface RunFiles {
  readonly summary: Summary;
  readonly metrics: readonly MetricsRow[];
  /** Empty of a run of an earlier build, which has no such file. */
  readonly processes: readonly ProcessesRow[];
  readonly responseTime: readonly LoggedInterval[];
  /** Empty where the script made no request, and of a run of an earlier build. */
  readonly requestDuration: readonly LoggedInterval[];
  /** Empty of a run of an earlier build. */
  readonly curves: PercentileCurves;
  /** Of the operation that the first broken law is about, where there is one. */
  readonly life: OperationLife | undefined;
}

/** Throws UserError where the folder is no run's, or was cut short. */
export function readRunFiles(folder: string): RunFiles {
  const path = (name: string): string => join(folder, name);
  return {
    summary: parseSummary(textOf(path('summary.json')), path('summary.json')),
    metrics: rowsOf<MetricsRow>(path('metrics.json'), METRICS_SCHEMA).map((row) => ({
      ...NO_REQUESTS,
      ...row,
    })),
    processes: rowsOf<ProcessesRow>(path('processes.json'), PROCESSES_SCHEMA, { mayLack: true }),
    responseTime: intervalsOf(path('response-time.hlog')),
    requestDuration: existsSync(path('request-duration.hlog'))
      ? intervalsOf(path('request-duration.hlog'))
      : [],
    curves: curvesOf(path('percentiles.json')),
    life: lifeOf(path('witness.json')),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError(
      `${path} cannot be read: ${messageOf(cause)}; name the folder of a drill that came to its end`,
      { cause },
    );
  }
}

/** The schema names the shape: a file that carries it was written by this program. */
function rowsOf<Row>(
  path: string,
  schema: string,
  { mayLack = false }: { readonly mayLack?: boolean } = {},
): readonly Row[] {
  const content = contentOf(path, { mayLack });
  if (content === undefined) return [];
  if (hasRows<Row>(content, schema)) return content.rows;
  throw new UserError(`${path}: not of schema ${schema}`);
}

/** Undefined where it may lack, and does. */
function contentOf(path: string, { mayLack }: { readonly mayLack: boolean }): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (mayLack && isNotThere(cause)) return undefined;
    throw new UserError(`${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function curvesOf(path: string): PercentileCurves {
  const content = contentOf(path, { mayLack: true });
  if (content === undefined) return NO_CURVES;
  if (isCurves(content)) return { ...NO_CURVES, ...content };
  throw new UserError(`${path}: not of schema ${PERCENTILES_SCHEMA}`);
}

function lifeOf(path: string): OperationLife | undefined {
  const content = contentOf(path, { mayLack: true });
  if (content === undefined || isLife(content)) return content;
  throw new UserError(`${path}: not of schema ${LIFE_SCHEMA}`);
}

function isLife(content: unknown): content is OperationLife {
  return Object(content).schema === LIFE_SCHEMA;
}

function isCurves(content: unknown): content is PercentileCurves {
  return Object(content).schema === PERCENTILES_SCHEMA;
}

function hasRows<Row>(
  content: unknown,
  schema: string,
): content is { readonly rows: readonly Row[] } {
  return (
    typeof content === 'object' &&
    content !== null &&
    'schema' in content &&
    content.schema === schema &&
    'rows' in content &&
    Array.isArray(content.rows)
  );
}

function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function intervalsOf(path: string): readonly LoggedInterval[] {
  try {
    return readIntervalLog(textOf(path));
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${path}: ${messageOf(cause)}`, { cause });
  }
}
