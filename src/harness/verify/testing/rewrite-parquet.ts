/** Parquet files as somebody else writes them. */
import { cpSync, rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../table-view.js';

/** Writes the part again as DuckDB writes it; `$part` in the query is its table. `options`: of its COPY, after a comma. */
export async function rewriteParquet(path: string, query: string, options = ''): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const other = `${path}.other`;
  const from = `read_parquet(${literal(path)})`;
  await connection.run(
    `copy (${query.replaceAll('$part', from)}) to ${literal(other)} (format parquet${options})`,
  );
  connection.closeSync();
  instance.closeSync();
  cpSync(other, path);
  rmSync(other);
}
