/** Books read by query from real databases, over both wires: many rows, values of every type, one snapshot, and what is wrong with a query. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBefore } from '../harness/books/neutral/neutral-source.js';
import { runStatements } from '../harness/books/neutral/readers/run-statements.js';
import { openSnapshot } from '../harness/books/neutral/readers/sql-rows.js';
import { HAS_MARIADB, type Mariadb, startMariadb } from './testing/mariadb.js';
import { POSTGRES_BIN, type Postgres, startPostgres } from './testing/postgres.js';

const ROWS = 12_345;
const STATEMENT_MS = 30_000;

interface Wire {
  readonly url: () => string;
  /** Fills `postings` with so many rows. */
  readonly fill: string;
}

function everyWire(name: string, { url, fill }: Wire): void {
  const at = (): { url: string; allowTargets: readonly string[] } => ({
    url: url(),
    allowTargets: [],
  });
  const run = (...texts: readonly string[]): Promise<unknown> =>
    runStatements(at(), texts, STATEMENT_MS);

  describe(`books on ${name}`, () => {
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'paydrill-books-'));
      await run(
        'CREATE TABLE postings (seq BIGINT PRIMARY KEY, payment VARCHAR(64), account VARCHAR(64), amount BIGINT, fee DECIMAL(20, 2), at TIMESTAMP(6), open_hold BOOLEAN)',
        fill,
        'CREATE TABLE held (name VARCHAR(64), balance BIGINT, overdraft BOOLEAN)',
        "INSERT INTO held VALUES ('alice', 9007199254740993, false), ('bank', -9007199254740993, true)",
      );
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const read = (
      entries: string,
      accounts = 'SELECT name AS account, balance AS balance_minor, overdraft AS may_overdraw FROM held',
    ) =>
      readBefore(
        {
          spec: {
            entries: { database: 'main', sql: entries },
            accounts: { database: 'main', sql: accounts },
          },
          databases: { main: url() },
          folder,
          allowTargets: [],
          runCommand: () => Promise.reject(new Error('there is no command')),
        },
        { before: join(folder, 'before'), signal: new AbortController().signal },
      );

    it('come with every row and every type', async () => {
      const shown = await read(
        'SELECT payment AS operation_id, account, amount AS amount_minor, seq AS position, at, open_hold AS pending FROM postings',
      );
      expect(shown).toEqual({
        evidence: 'order',
        hasAccounts: true,
        ordersByVersion: false,
        entries: ROWS,
        accounts: 2,
      });
    });

    it('without a row have the columns all the same', async () => {
      const shown = await read(
        "SELECT payment AS operation_id, account, amount AS amount_minor, at FROM postings WHERE payment = 'none'",
      );
      expect(shown).toMatchObject({ evidence: 'timestamps', entries: 0 });
    });

    it('are of one moment', async () => {
      const snapshot = await openSnapshot(at());
      try {
        const count = async (): Promise<number> => {
          let rows = 0;
          for await (const chunk of (await snapshot.rows('SELECT seq FROM postings')).chunks)
            rows += chunk.length;
          return rows;
        };
        const before = await count();
        await run(
          `INSERT INTO postings VALUES (${ROWS + before}, 'late', 'alice', 1, 0, now(), false)`,
        );
        expect(await count()).toBe(before);
        await run("DELETE FROM postings WHERE payment = 'late'");
      } finally {
        await snapshot.close();
      }
    });

    it.each([
      [
        'a column that lacks',
        'SELECT payment AS operation_id, account FROM postings',
        /^the entries of the books have no column amount_minor; there are operation_id, account$/,
      ],
      [
        'a fraction',
        'SELECT payment AS operation_id, account, fee AS amount_minor FROM postings',
        /^the entries of the books, row 1: amount_minor must be a whole number, got "0\.50"$/,
      ],
      [
        'a text',
        'SELECT payment AS operation_id, account, account AS amount_minor FROM postings',
        /row 1: amount_minor must be a whole number, got "user-/,
      ],
      [
        'a table that is not there',
        'SELECT 1 FROM nowhere',
        /^the entries of the books cannot be read: .*nowhere/,
      ],
    ])('are refused in one line with %s', async (_, sql, expected) => {
      await expect(read(sql)).rejects.toThrow(expected);
    });
  });
}

describe.skipIf(POSTGRES_BIN === undefined)('over the PostgreSQL wire', { timeout: 60_000 }, () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  everyWire('PostgreSQL', {
    url: () => server.url(),
    fill: `INSERT INTO postings SELECT n, 'payment-' || n / 2, 'user-' || n % 50, CASE WHEN n % 2 = 0 THEN -5 ELSE 5 END, 0.50,
      timestamp '2026-11-11 00:00:00.000001' + n * interval '1 millisecond', false FROM generate_series(1, ${ROWS}) AS n`,
  });
});

describe.skipIf(!HAS_MARIADB)('over the MySQL wire', { timeout: 60_000 }, () => {
  let server: Mariadb;
  beforeAll(async () => {
    server = await startMariadb();
  }, 60_000);
  afterAll(() => server.stop());
  everyWire('MariaDB', {
    url: () => server.url(),
    fill: `INSERT INTO postings SELECT seq, concat('payment-', seq DIV 2), concat('user-', seq % 50), IF(seq % 2 = 0, -5, 5), 0.50,
      '2026-11-11 00:00:00.000001', false FROM seq_1_to_${ROWS}`,
  });
});
