/**
 * What a source says, as it came, in two tables of a database of its own: `raw_entries` and `raw_accounts`, each with the columns of
 * the neutral schema and the number of the row. More than memory holds goes to a folder, which is gone afterwards.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  ACCOUNT_FIELDS,
  type Column,
  columnsIn,
  ENTRY_FIELDS,
  type SourceRow,
  type Value,
  valuesOf,
} from './columns.js';

const MEMORY_LIMIT = '1000MB';
const SPILL = '.spill';

export const RAW = {
  entries: { table: 'raw_entries', columns: ENTRY_FIELDS },
  accounts: { table: 'raw_accounts', columns: ACCOUNT_FIELDS },
} as const;

export type RawName = keyof typeof RAW;

/** Some rows at a time; `names`: of the columns that the source has. */
export interface Rows {
  readonly names: readonly string[];
  readonly chunks: AsyncIterable<readonly SourceRow[]>;
}

/** What there was. */
export interface ReadRows {
  readonly count: number;
  readonly columns: ReadonlySet<string>;
}

export class RawTables {
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly #spill: string;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, spill: string) {
    this.#instance = instance;
    this.connection = connection;
    this.#spill = spill;
  }

  /** `folder`: where what does not fit in memory may lie meanwhile. */
  static async open(folder: string): Promise<RawTables> {
    const spill = join(folder, SPILL);
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '2',
      memory_limit: MEMORY_LIMIT,
      temp_directory: spill,
    });
    const tables = new RawTables(instance, await instance.connect(), spill);
    for (const { table, columns } of Object.values(RAW)) {
      const list = columns.map(({ name, type }) => `"${name}" ${type}`).join(', ');
      await tables.connection.run(`create table ${table} (row_number BIGINT, ${list})`);
    }
    return tables;
  }

  /** Rejects with UserError for a row that is none, with the source's error, or with the signal's reason. */
  async fill(
    name: RawName,
    { names, chunks }: Rows,
    { where, signal }: { readonly where: string; readonly signal: AbortSignal },
  ): Promise<ReadRows> {
    const { table, columns } = RAW[name];
    const found = columnsIn(names, columns, where);
    const appender = await this.connection.createAppender(table);
    let count = 0;
    try {
      for await (const rows of chunks) {
        signal.throwIfAborted();
        for (const row of rows) {
          count++;
          append(appender, count, columns, valuesOf(row, columns, { where, row: count }));
        }
      }
    } finally {
      appender.closeSync();
    }
    return { count, columns: found };
  }

  async number(sql: string): Promise<number> {
    const reader = await this.connection.runAndReadAll(sql);
    return Number(Object.values(reader.getRowObjectsJson()[0] ?? {})[0] ?? 0);
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.#spill, { recursive: true, force: true });
  }
}

function append(
  appender: DuckDBAppender,
  row: number,
  columns: readonly Column[],
  values: readonly Value[],
): void {
  appender.appendBigInt(BigInt(row));
  for (const [at, { type }] of columns.entries()) {
    const value = values[at] ?? null;
    if (value === null) appender.appendNull();
    else if (type === 'BIGINT') appender.appendBigInt(BigInt(value));
    else if (type === 'BOOLEAN') appender.appendBoolean(value === true);
    else appender.appendVarchar(String(value));
  }
  appender.endRow();
}
