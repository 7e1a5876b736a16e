/** A snapshot of a PostgreSQL database: a cursor in a REPEATABLE READ transaction. */
import pg from 'pg';
import Cursor from 'pg-cursor';
import type { SourceRow } from '../columns.js';
import type { Rows } from '../raw-tables.js';
import type { Snapshot } from './snapshot.js';

const CONNECT_MS_MAX = 10_000;
const STATEMENT_MS_MAX = 600_000;
const ROWS_A_TURN = 5_000;

/** No value is parsed: each is the text that came. */
const AS_TEXT = { getTypeParser: () => (text: string | Buffer) => String(text) };

export async function openPostgres(url: string): Promise<Snapshot> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    application_name: 'paydrill books',
  });
  // A connection that breaks between two queries: the next one fails, and says so.
  client.on('error', () => {});
  await client.connect();
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await client.end().catch(() => undefined); // gone already
  };
  try {
    await client.query('begin isolation level repeatable read read only');
  } catch (cause) {
    await close();
    throw cause;
  }
  return { rows: (sql) => rowsOf(client, sql), close };
}

async function rowsOf(client: pg.Client, sql: string): Promise<Rows> {
  const cursor = client.query(new Cursor<SourceRow>(sql, [], { types: AS_TEXT }));
  let names: readonly string[] = [];
  const turn = (): Promise<SourceRow[]> =>
    new Promise((resolve, reject) => {
      // Once all was read there is no result any more.
      cursor.read(
        ROWS_A_TURN,
        (error, rows, result?: { readonly fields: readonly pg.FieldDef[] }) => {
          if (error) return reject(error);
          if (result !== undefined) names = result.fields.map(({ name }) => name);
          resolve(rows);
        },
      );
    });
  const first = await turn();
  async function* chunks(): AsyncGenerator<readonly SourceRow[]> {
    try {
      for (let rows = first; rows.length > 0; rows = await turn()) yield rows;
    } finally {
      await cursor.close();
    }
  }
  return { names, chunks: chunks() };
}
