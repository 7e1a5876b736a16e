/** A snapshot of a database on the MySQL wire: streamed rows in a REPEATABLE READ transaction with a consistent snapshot. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2';
import type { SourceRow } from '../columns.js';
import type { Rows } from '../raw-tables.js';
import type { Snapshot } from './snapshot.js';

const CONNECT_MS_MAX = 10_000;
const ROWS_A_TURN = 1_000;

export async function openMysql(url: string): Promise<Snapshot> {
  const connection = createConnection({
    uri: url,
    connectTimeout: CONNECT_MS_MAX,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    timezone: 'Z',
    // No value is parsed: each is the text that came.
    typeCast: (field) => field.string(),
  });
  // What breaks between two queries is told by the next one.
  connection.on('error', () => {});
  const close = async (): Promise<void> => connection.destroy();
  try {
    await connected(connection);
    await done(connection, 'set session transaction isolation level repeatable read');
    await done(connection, "set session time_zone = '+00:00'");
    await done(connection, 'start transaction with consistent snapshot');
  } catch (cause) {
    await close();
    throw cause;
  }
  return { rows: (sql) => rowsOf(connection, sql), close };
}

function connected(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
}

function done(connection: Connection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error) => (error ? reject(error) : resolve()));
  });
}

/** The columns are known once the server has begun to answer. */
async function rowsOf(connection: Connection, sql: string): Promise<Rows> {
  const query = connection.query<RowDataPacket[]>(sql);
  const names = new Promise<string[]>((resolve, reject) => {
    query.once('fields', (fields: readonly { readonly name: string }[]) => {
      resolve(fields.map(({ name }) => name));
    });
    query.once('error', reject);
  });
  const stream = query.stream({ highWaterMark: 2 * ROWS_A_TURN });
  stream.on('error', () => {}); // whoever reads it hears of it
  async function* chunks(): AsyncGenerator<readonly SourceRow[]> {
    let rows: SourceRow[] = [];
    for await (const row of stream) {
      rows.push(row);
      if (rows.length < ROWS_A_TURN) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  }
  return { names: await names, chunks: chunks() };
}
