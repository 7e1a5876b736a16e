/** The PostgreSQL that other tests stand on does what they take for granted. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POSTGRES_BIN, type Postgres, startPostgres } from './testing/postgres.js';

describe.skipIf(POSTGRES_BIN === undefined)('a real PostgreSQL (needs PostgreSQL)', () => {
  let server: Postgres;

  beforeAll(async () => {
    server = await startPostgres(['max_connections=20']);
  });

  afterAll(async () => {
    await server.stop();
  });

  async function asked(text: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  test('keeps what was committed through a crash, and loses what was not', async () => {
    await asked('CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
    const open = new pg.Client({ connectionString: server.url() });
    const closed = new Promise((resolve) => open.once('error', resolve));
    await open.connect();
    await open.query('BEGIN');
    await open.query('INSERT INTO kept VALUES (2)');
    await server.crash();
    await closed;
    await expect(asked('SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(await asked('SELECT id FROM kept')).toEqual([{ id: 1 }]);
    expect(await asked('SHOW max_connections')).toEqual([{ max_connections: '20' }]);
  });
});
