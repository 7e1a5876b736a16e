/** Rows of CSV, JSON-lines and Parquet files, read by DuckDB. CSV has a line of names; every value of it is a text. */
import { isAbsolute, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { messageOf } from '../../../message-of.js';
import { UserError } from '../../../user-error.js';
import type { FileRows } from '../books-spec.js';
import type { SourceRow } from '../columns.js';
import type { Rows } from '../raw-tables.js';

const READERS: readonly { readonly ending: RegExp; readonly call: (path: string) => string }[] = [
  {
    ending: /\.csv(\.gz|\.zst)?$/,
    call: (path) => `read_csv(${path}, header = true, all_varchar = true)`,
  },
  { ending: /\.(jsonl|ndjson|json)(\.gz|\.zst)?$/, call: (path) => `read_json(${path})` },
  { ending: /\.parquet$/, call: (path) => `read_parquet(${path})` },
];

/** `folder`: from which a relative path is meant. Rejects with UserError, as its rows do. */
export async function fileRows({ file, columns }: FileRows, folder: string): Promise<Rows> {
  const path = isAbsolute(file) ? file : join(folder, file);
  const reader = READERS.find(({ ending }) => ending.test(file));
  if (reader === undefined)
    throw new UserError(`${file}: books are read from .csv, .jsonl, .json and .parquet files`);
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '500MB' });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  const listed = Object.entries(columns ?? {}).map(
    ([name, from]) => `${quoted(from)} as ${quoted(name)}`,
  );
  const unreadable = (cause: unknown): UserError =>
    new UserError(`${file} cannot be read: ${messageOf(cause).split('\n')[0]}`, { cause });
  try {
    const result = await connection.stream(
      `select ${listed.join(', ') || '*'} from ${reader.call(`'${path.replaceAll("'", "''")}'`)}`,
    );
    const names = result.deduplicatedColumnNames();
    async function* chunks(): AsyncGenerator<readonly SourceRow[]> {
      try {
        for await (const rows of result.yieldRowObjectJson()) yield rows;
      } catch (cause) {
        throw unreadable(cause);
      } finally {
        close();
      }
    }
    return { names, chunks: chunks() };
  } catch (cause) {
    close();
    throw unreadable(cause);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
