import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { drillRecordText } from '../records/drill-record.js';
import { QueryError, type RunDatabase } from './database.js';
import { NoRunError } from './no-run.js';
import { openRun } from './open-run.js';
import { type Recorded, recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { UnreadableRunError } from './unreadable.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-open-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLEAN = recordHistory({ seed: 5, operations: 400, users: 40, merchants: 8 });
const never = new AbortController().signal;
const FAULT = {
  kind: 'kill',
  target: "shard-0's",
  planned_ms: 10,
  applied_ms: 12.5,
  overlaps: [2],
};

async function runFolder(recorded: Recorded, as?: 'binary'): Promise<string> {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded, as);
  return folder;
}

async function asking<Answer>(
  folder: string,
  ask: (database: RunDatabase) => Promise<Answer>,
): Promise<Answer> {
  const { database, close } = await openRun(folder, never);
  try {
    return await ask(database);
  } finally {
    close();
  }
}

async function all(database: RunDatabase, sql: string): Promise<unknown[][]> {
  const { chunks } = await database.read(sql);
  const rows: unknown[][] = [];
  for await (const chunk of chunks) rows.push(...chunk.map((row) => [...row]));
  return rows;
}

describe('a run folder that is asked', () => {
  it('has journal and books as tables, also while they are still binary', async () => {
    const folder = await runFolder(CLEAN, 'binary');
    const rows = await asking(folder, (database) =>
      all(database, 'select (select count(*) from journal), (select count(*) from entries)'),
    );
    expect(rows).toEqual([[`${CLEAN.operations.length}`, `${CLEAN.entries.flat().length}`]]);
    const files = (): readonly string[] => readdirSync(join(folder, 'books'));
    expect(files()).toContain('transfers-0.parquet');
    // Until there is a summary the drill itself may want them.
    expect(files()).toContain('entries-0.0.bin');
    writeFileSync(join(folder, 'summary.json'), '{}');
    await asking(folder, (database) => all(database, 'select 1'));
    expect(files()).toContain('transfers-0.parquet');
    expect(files()).not.toContain('entries-0.0.bin');
  });

  it('has faults and metrics on the clock of the journal', async () => {
    const folder = await runFolder(CLEAN);
    writeFileSync(
      join(folder, 'drill.json'),
      drillRecordText({ atRest: true, notAtRest: [], failures: [], loadStartedUs: 2000 }),
    );
    writeFileSync(join(folder, 'faults.json'), JSON.stringify({ faults: [FAULT] }));
    writeFileSync(join(folder, 'metrics.json'), JSON.stringify({ rows: [{ second: 3, ok: 7 }] }));
    await asking(folder, async (database) => {
      const faults = await all(
        database,
        'select fault, target, applied_us, healed_us, overlapping from faults',
      );
      expect(faults).toEqual([[1, "shard-0's", '14500', null, [2]]]);
      const metrics = await all(database, 'select begins_us, ok, p50_us from metrics');
      expect(metrics).toEqual([['3002000', '7', null]]);
    });
  });

  it('has empty tables and says so where there are no books, no faults, no metrics', async () => {
    const folder = mkdtempSync(join(root, 'run-'));
    writeFileSync(join(folder, 'plan.json'), '{}');
    const { database, notes, close } = await openRun(folder, never);
    const sql = `select (select count(*) from journal) + (select count(*) from legs)
      + (select count(*) from earlier) + (select count(*) from accounts)
      + (select count(*) from faults) + (select count(*) from metrics) + count(drill_us(1))`;
    expect(
      await database.rows(`${sql.replace('count(drill_us(1))', '0')} as n, drill_us(1) as at`),
    ).toEqual([{ n: '0', at: null }]);
    expect(notes).toEqual([
      expect.stringContaining('no journal'),
      expect.stringContaining('books were never read'),
    ]);
    close();
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  it('puts the effect of every answered operation between its question and its answer', async () => {
    const folder = await runFolder(CLEAN);
    const [row] = await asking(folder, (database) =>
      all(
        database,
        `select count(*), count(*) filter (drill_us(e.timestamp_us) not between o.invoked_us and o.completed_us)
         from asked o join effects e using (id_hi, id_lo)
         where o.outcome = 'ok' and o.resolution = 'answered'`,
      ),
    );
    expect(Number(row?.[0])).toBeGreaterThan(200);
    expect(row?.[1]).toBe('0');
  });

  it('writes an id as scripts and witnesses do', async () => {
    const folder = await runFolder(CLEAN);
    const rows = await asking(folder, (database) =>
      all(
        database,
        `select operation_id(81985529216486895::ubigint, 18364758544493064720::ubigint),
        operation_id(1::ubigint, 2::ubigint)`,
      ),
    );
    expect(rows).toEqual([
      ['01234567-89ab-cdef-fedc-ba9876543210', '00000000-0000-0001-0000-000000000002'],
    ]);
  });

  it.each([
    ['no statement at all', ' ', /one statement/],
    ['two statements', 'select 1; select 2', /one statement/],
    ['a table', 'create table mine as from journal', /only reads/],
    ['a change', 'delete from faults', /only reads/],
    ['a setting', 'set threads = 1', /only reads/],
    ['a file written', "copy journal to 'x.csv'", /Permission Error|only reads/],
    ['another database', "attach 'x.db'", /only reads/],
    ['an extension', 'install httpfs', /only reads/],
    ['another file', "from read_text('/etc/hostname')", /Permission Error/],
    ['another file by its name', "from '/etc/hostname.csv'", /Permission Error/],
    ['other names of files', "from glob('/etc/*')", /Permission Error/],
    ['somebody else', "from 'http://127.0.0.1:1/x.csv'", /Permission Error/],
    ['a column that is not there', 'select nope from journal', /nope.*Candidate bindings/],
    ['no SQL', 'selec', /^Parser Error: syntax error at or near "selec"$/],
  ])('refuses %s in one line', async (_, sql, line) => {
    const folder = await runFolder(CLEAN);
    const before = readdirSync(folder);
    await asking(folder, async (database) => {
      const asked = all(database, sql);
      await expect(asked).rejects.toBeInstanceOf(QueryError);
      await expect(asked).rejects.toThrow(line);
      await expect(asked).rejects.not.toThrow(/\n/);
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  it('is read under a relative path, too', async () => {
    const folder = relative('', await runFolder(CLEAN));
    const rows = await asking(folder, (database) => all(database, 'select count(*) > 0 from legs'));
    expect(rows).toEqual([[true]]);
  });

  it('stops at once when asked to, in the middle of a query', async () => {
    const folder = await runFolder(CLEAN);
    const stop = new AbortController();
    const { database, close } = await openRun(folder, stop.signal);
    const endless = all(database, 'select count(*) from range(1000000000) a, range(1000000000) b');
    setTimeout(() => stop.abort(), 50);
    await expect(endless).rejects.toThrow(/interrupt/i);
    close();
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('must be one: other folders are refused, and so are files that are no longer what they were', async () => {
    const empty = mkdtempSync(join(root, 'none-'));
    await expect(openRun(join(empty, 'nowhere'), never)).rejects.toBeInstanceOf(NoRunError);
    await expect(openRun(empty, never)).rejects.toBeInstanceOf(NoRunError);
    const folder = await runFolder(CLEAN);
    for (const content of ['{', '[]', '{"faults":{}}', '{"faults":[1]}']) {
      writeFileSync(join(folder, 'faults.json'), content);
      await expect(openRun(folder, never)).rejects.toBeInstanceOf(UnreadableRunError);
    }
    rmSync(join(folder, 'faults.json'));
    rmSync(join(folder, 'books', 'transfers-1.parquet'));
    mkdirSync(join(folder, 'books', 'transfers-1.parquet'));
    await expect(openRun(folder, never)).rejects.toBeInstanceOf(UnreadableRunError);
  });
});
