/** docs/queries.md says what is so: its tables have those columns, and each of its queries answers over a made-up run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drillRecordText } from '../harness/records/drill-record.js';
import type { Row } from '../harness/verify/database.js';
import { type OpenRun, openRun } from '../harness/verify/open-run.js';
import {
  type Recorded,
  recordHistory,
  writeRecorded,
} from '../harness/verify/synthetic/run-folder.js';
import { userAccount } from '../wire/accounts.js';
import { OUTCOME } from '../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../wire/ledger-commands.js';
import { formatOperationId } from '../wire/operation-id.js';
import { OPERATION_KIND } from '../wire/operations.js';

const DOC = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'queries.md'), 'utf8');
const QUERIES = new Map(
  DOC.split(/^## /m).flatMap((part) => {
    const sql = /^```sql\n([\s\S]*?)^```/m.exec(part)?.[1];
    return sql === undefined ? [] : [[part.slice(0, part.indexOf('\n')), sql] as const];
  }),
);
const LOAD_STARTED_US = 1500;

let folder: string;
let history: Recorded;
let run: OpenRun;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-queries-'));
  history = recordHistory({ seed: 21, operations: 3000, users: 80, merchants: 12 });
  await writeRecorded(folder, history);
  const last = Math.max(...history.operations.map(({ invokedUs }) => invokedUs));
  const record = { atRest: true, notAtRest: [], failures: [], loadStartedUs: LOAD_STARTED_US };
  writeFileSync(join(folder, 'drill.json'), drillRecordText(record));
  const fault = { kind: 'kill', target: 'shard-0', applied_ms: 0, healed_ms: last / 2000 };
  writeFileSync(join(folder, 'faults.json'), JSON.stringify({ faults: [fault] }));
  const rows = [{ second: 0, planned: 3000, ok: 7, in_flight: 1 }];
  writeFileSync(join(folder, 'metrics.json'), JSON.stringify({ rows }));
  run = await openRun(folder, new AbortController().signal);
});

afterAll(() => {
  run.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As the command asks it. */
async function answer(sql: string): Promise<readonly Row[]> {
  const { columns, chunks } = await run.database.read(sql);
  const rows: Row[] = [];
  for await (const chunk of chunks)
    for (const values of chunk)
      rows.push(Object.fromEntries(columns.map((name, at) => [name, values[at]])));
  return rows;
}

function queryOf(title: string): Promise<readonly Row[]> {
  const sql = QUERIES.get(title);
  if (sql === undefined) throw new Error(`docs/queries.md has no query '${title}'`);
  return answer(sql);
}

function total(rows: readonly Row[], column: string): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}

describe('the tables', () => {
  test.each(['legs', 'account_names', 'told_legs', 'earlier', 'decisions', 'faults', 'metrics'])(
    '%s has the columns that are told',
    async (name) => {
      const part = DOC.split(/^### /m).find((one) => one.startsWith(`${name}\n`)) ?? '';
      const told = [...part.matchAll(/^\| `(\w+)` \| ([A-Z[\]]+) \|/gm)].map(([, column, type]) => [
        column,
        type,
      ]);
      const found = await answer(`describe ${name}`);
      expect(told).toEqual(found.map((row) => [row.column_name, row.column_type]));
    },
  );

  test.each([
    ['asked', 'journal'],
    ['effects', 'entries'],
    ['second_halves', 'entries'],
  ])('%s has the columns of %s', async (name, whole) => {
    expect(await answer(`describe ${name}`)).toEqual(await answer(`describe ${whole}`));
  });

  test('are all told, and so are the macros', async () => {
    const head = DOC.slice(0, DOC.indexOf('### legs'));
    const tables = await answer("select name from (show tables) where name <> 'all_legs'");
    expect([...head.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort()).toEqual(
      tables.map(({ name }) => name).sort(),
    );
    const macros = await answer(
      "select distinct function_name as name from duckdb_functions() where function_type = 'macro' and not internal",
    );
    expect([...DOC.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name).sort()).toEqual(
      macros.map(({ name }) => name).sort(),
    );
  });
});

describe('the queries', () => {
  test.each([...QUERIES.keys()].filter((title) => title !== 'A law'))(
    '%s: has an answer',
    async (title) => {
      expect((await queryOf(title)).length).toBeGreaterThan(0);
    },
  );

  test('count every operation', async () => {
    expect(total(await queryOf('What came of everything'), 'operations')).toBe(3000);
    const unanswered = history.operations.filter(({ completion }) => completion === undefined);
    expect(total(await queryOf('How often operations were sent'), 'operations')).toBe(
      3000 - unanswered.length,
    );
  });

  test('find the slowest payment', async () => {
    const times = history.operations.flatMap(({ completion, id, intendedUs, kind }) =>
      kind === OPERATION_KIND.pay && completion?.resolution === 0
        ? [{ id: formatOperationId(id), us: completion.completedUs - intendedUs }]
        : [],
    );
    const longest = Math.max(...times.map(({ us }) => us));
    const [slowest] = await queryOf('The slowest payments');
    expect(Number(slowest?.response_ms)).toBeCloseTo(longest / 1000);
    expect(times.filter(({ us }) => us === longest).map(({ id }) => id)).toContain(slowest?.id);
  });

  test('count declines and acknowledgements', async () => {
    const ended = (outcome: number): number =>
      history.operations.filter(({ completion }) => completion?.outcome === outcome).length;
    expect(total(await queryOf('Declines by code over time'), 'declined')).toBe(
      ended(OUTCOME.declined),
    );
    const rates = await queryOf('Payments a second, from the journal');
    expect(rates.some(({ counted }) => counted === '7')).toBe(true);
    expect(total(rates, 'acknowledged')).toBeGreaterThan(1000);
  });

  test('follow an account from its opening to its end', async () => {
    const steps = await queryOf('The balance of an account, step by step');
    const account = history.accounts.flat().find((one) => one.account === userAccount(7));
    expect(steps.map(({ version }) => version)).toEqual(
      Array.from({ length: account?.version ?? 0 }, (_, i) => i + 1),
    );
    const end = ((account?.creditsPosted ?? 0) - (account?.debitsPosted ?? 0)) / 100;
    expect(steps.at(-1)?.balance).toBe(end.toFixed(2));
  });

  test('count what was under way while a fault was felt, and nothing else', async () => {
    const [fault] = await answer('select applied_us, healed_us from faults');
    const [from, to] = [Number(fault?.applied_us), Number(fault?.healed_us)];
    const underWay = history.operations.filter(
      ({ completion, invokedUs, kind }) =>
        kind !== OPERATION_KIND.balance &&
        kind !== OPERATION_KIND.lookup &&
        invokedUs <= to &&
        (completion?.completedUs ?? from) >= from,
    );
    const rows = await queryOf('Operations under way during a fault');
    expect(total(rows, 'operations')).toBe(underWay.length);
    expect(underWay.length).toBeLessThan(2500);
  });

  test('count holds, unknown operations and what crossed shards', async () => {
    const entries = history.entries.flat();
    const holds = entries.filter(({ code, command }) => command === COMMAND.hold && code === 0);
    expect(total(await queryOf('Holds and how they ended'), 'holds')).toBe(holds.length);
    const effects: readonly number[] = [
      COMMAND.post,
      COMMAND.hold,
      COMMAND.capture,
      COMMAND.void_,
      COMMAND.confirm,
    ];
    const across = entries.filter(
      ({ code, command, flags }) =>
        effects.includes(command) && code === 0 && flags === COMMAND_FLAG.primary,
    );
    expect(total(await queryOf('The share that crosses shards'), 'across')).toBe(across.length);
    const unknown = history.operations.filter(
      ({ completion }) => completion === undefined || completion.resolution === 1,
    );
    expect(total(await queryOf('Unknown operations and how they ended'), 'operations')).toBe(
      unknown.length,
    );
  });

  test('settle with merchants for what their accounts got', async () => {
    const file = await queryOf('A settlement file');
    const got = await answer(
      'select money(sum(credits_posted - debits_posted - opening)::bigint) as due from accounts where is_merchant(account)',
    );
    expect(total(file, 'due')).toBeCloseTo(Number(got[0]?.due), 2);
    expect(total(file, 'sold')).toBeGreaterThan(1000);
    const paid = total(file, 'sold') - total(file, 'returned') - total(file, 'due');
    expect(total(file, 'fees') + total(file, 'commissions')).toBeCloseTo(paid, 2);
    const earned = await queryOf('What each product earned');
    expect(total(earned, 'fees')).toBeCloseTo(total(file, 'fees'), 2);
  });

  test('reconcile what was told with what is in the books', async () => {
    const rows = await queryOf('Reconciliation');
    const ok = new Set(
      history.operations.flatMap(({ completion, id, kind }) =>
        completion?.outcome === OUTCOME.ok &&
        kind !== OPERATION_KIND.balance &&
        kind !== OPERATION_KIND.lookup
          ? [formatOperationId(id)]
          : [],
      ),
    );
    expect(total(rows, 'acknowledged')).toBe(ok.size);
    expect(total(rows, 'told_only')).toBe(0);
    expect(total(rows, 'apart')).toBe(0);
    expect(total(rows, 'booked_only')).toBeGreaterThan(0);
  });

  test('are the laws, too: of a clean run they return nothing', async () => {
    expect(await queryOf('A law')).toEqual([]);
  });
});
