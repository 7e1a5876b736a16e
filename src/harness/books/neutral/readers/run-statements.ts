/** Statements for a database, over the PostgreSQL or the MySQL wire, one text after the other on one connection. */
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { type DatabaseAt, databaseAddress } from './sql-rows.js';

const CONNECT_MS_MAX = 10_000;

/** Each text may hold several statements. Returns the first value of the last one's first row. Rejects with the server's error. */
export async function runStatements(
  { url, allowTargets }: DatabaseAt,
  texts: readonly string[],
  msMax: number,
): Promise<unknown> {
  const { protocol } = databaseAddress(url, allowTargets);
  return protocol === 'mysql:' ? onMysql(url, texts, msMax) : onPostgres(url, texts, msMax);
}

async function onPostgres(url: string, texts: readonly string[], msMax: number): Promise<unknown> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: msMax,
    application_name: 'paydrill',
  });
  client.on('error', () => {}); // the statement that runs says so
  await client.connect();
  try {
    let rows: readonly unknown[] = [];
    for (const text of texts) {
      const results: unknown = await client.query(text);
      rows = rowsIn(Array.isArray(results) ? results.at(-1) : results);
    }
    return firstValue(rows[0]);
  } finally {
    await client.end().catch(() => undefined); // gone already
  }
}

async function onMysql(url: string, texts: readonly string[], msMax: number): Promise<unknown> {
  const connection = await createConnection({
    uri: url,
    connectTimeout: CONNECT_MS_MAX,
    multipleStatements: true,
  });
  try {
    let rows: unknown;
    for (const sql of texts) [rows] = await connection.query({ sql, timeout: msMax });
    return Array.isArray(rows) ? firstValue(rows[0]) : undefined;
  } finally {
    connection.destroy();
  }
}

function rowsIn(result: unknown): readonly unknown[] {
  if (typeof result !== 'object' || result === null || !('rows' in result)) return [];
  return Array.isArray(result.rows) ? result.rows : [];
}

function firstValue(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined;
}
