/** Parquet files as somebody else writes them. */
import { cpSync, rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../sql-text.js';

/** Writes the part again as DuckDB writes it; `$part` in the query is its table. `options`: of its COPY, after a comma. */
export async function rewriteParquet(path: string, query: string, options = ''): Promise<void> {
  const other = `${path}.other`;
  await writeParquet(other, query.replaceAll('$part', `read_parquet(${literal(path)})`), options);
  cpSync(other, path);
  rmSync(other);
}

/** Writes what the query returns. */
export async function writeParquet(path: string, query: string, options = ''): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`copy (${query}) to ${literal(path)} (format parquet${options})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
