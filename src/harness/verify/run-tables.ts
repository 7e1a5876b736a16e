/**
 * What a run folder holds beside journal and books, as tables for queries: `faults` (faults.json) and `metrics` (metrics.json).
 * Their times from the start of the load stand beside the same on the drill's clock, by which the journal is timed; that is null
 * where the folder does not say when the load began. A folder without the file has an empty table.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literal } from './sql-text.js';
import { oneLine, UnreadableRunError } from './unreadable.js';

type SqlType = 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'INTEGER[]';
type Fields = Readonly<Record<string, unknown>>;

export interface FileTable {
  readonly name: 'faults' | 'metrics';
  readonly file: string;
  /** Of the file's content, where the rows are. */
  readonly rows: string;
  readonly columns: Readonly<Record<string, SqlType>>;
  /** A row of the file as a row of the table; fields that are no column are left out. */
  readonly row: (fields: Fields, index: number, loadStartedUs: number | undefined) => Fields;
}

export const FILE_TABLES: readonly FileTable[] = [
  {
    name: 'faults',
    file: 'faults.json',
    rows: 'faults',
    columns: {
      fault: 'INTEGER',
      kind: 'VARCHAR',
      target: 'VARCHAR',
      planned_ms: 'DOUBLE',
      planned_heal_ms: 'DOUBLE',
      asked_ms: 'DOUBLE',
      applied_ms: 'DOUBLE',
      healed_ms: 'DOUBLE',
      recovered_ms: 'DOUBLE',
      applied_us: 'BIGINT',
      healed_us: 'BIGINT',
      overlapping: 'INTEGER[]',
      error: 'VARCHAR',
    },
    row: (fields, index, loadStartedUs) => ({
      ...fields,
      fault: index + 1,
      overlapping: fields.overlaps,
      applied_us: onDrillClock(fields.applied_ms, 1000, loadStartedUs),
      healed_us: onDrillClock(fields.healed_ms, 1000, loadStartedUs),
    }),
  },
  {
    name: 'metrics',
    file: 'metrics.json',
    rows: 'rows',
    columns: {
      second: 'INTEGER',
      begins_us: 'BIGINT',
      planned: 'BIGINT',
      ok: 'BIGINT',
      declined: 'BIGINT',
      unknown: 'BIGINT',
      not_sent: 'BIGINT',
      retried: 'BIGINT',
      late_starts: 'BIGINT',
      dropped_iterations: 'BIGINT',
      left_over_iterations: 'BIGINT',
      paused_iterations: 'BIGINT',
      in_flight: 'BIGINT',
      p50_us: 'BIGINT',
      p90_us: 'BIGINT',
      p99_us: 'BIGINT',
      p999_us: 'BIGINT',
      max_us: 'BIGINT',
      http_reqs: 'BIGINT',
      http_failed: 'BIGINT',
      http_p50_us: 'BIGINT',
      http_p90_us: 'BIGINT',
      http_p99_us: 'BIGINT',
      http_p999_us: 'BIGINT',
      http_max_us: 'BIGINT',
    },
    row: (fields, _, loadStartedUs) => ({
      ...fields,
      begins_us: onDrillClock(fields.second, 1_000_000, loadStartedUs),
    }),
  },
];

/** Rows a statement; one for two days of seconds would be megabytes of text. */
const ROWS_A_STATEMENT = 500;

/** The statements that make the table, with its rows. Throws UnreadableRunError where the file is not as a drill writes it. */
export function fileTable(
  folder: string,
  table: FileTable,
  loadStartedUs: number | undefined,
): readonly string[] {
  const { name, columns } = table;
  const types = Object.entries(columns);
  const made = types.map(([column, type]) => `${column} ${type}`).join(', ');
  const rows = rowsOf(folder, table).map((fields, index) => {
    const row = table.row(fields, index, loadStartedUs);
    return `(${types.map(([column, type]) => valueText(row[column], type)).join(', ')})`;
  });
  const statements = [`create table ${name} (${made})`];
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT)
    statements.push(
      `insert into ${name} values ${rows.slice(at, at + ROWS_A_STATEMENT).join(', ')}`,
    );
  return statements;
}

function rowsOf(folder: string, { file, rows }: FileTable): readonly Fields[] {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  const content = parsed(path, file);
  const list = isFields(content) ? content[rows] : undefined;
  if (Array.isArray(list) && list.every(isFields)) return list;
  throw new UnreadableRunError(`${file} cannot be read: ${rows} is no list of objects`);
}

function parsed(path: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UnreadableRunError(`${file} cannot be read: ${oneLine(cause)}`, { cause });
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `count` units of `unitUs` after the load began. */
function onDrillClock(
  count: unknown,
  unitUs: number,
  loadStartedUs: number | undefined,
): number | null {
  if (typeof count !== 'number' || loadStartedUs === undefined) return null;
  return Math.round(loadStartedUs + count * unitUs);
}

/** What is not of the type is null. */
function valueText(value: unknown, type: SqlType): string {
  if (type === 'VARCHAR') return typeof value === 'string' ? literal(value) : 'null';
  if (type === 'INTEGER[]') {
    const numbers = Array.isArray(value) ? value.filter(Number.isSafeInteger) : [];
    return `[${numbers.join(', ')}]::integer[]`;
  }
  const isIt = type === 'DOUBLE' ? Number.isFinite(value) : Number.isSafeInteger(value);
  return isIt ? String(value) : 'null';
}
