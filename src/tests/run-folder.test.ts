/** The run folder of one small real drill, file by file: what stands in it is what the docs say, and readers find it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { HistogramLogReader, initWebAssembly } from 'hdr-histogram-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ACCOUNT_COLUMNS,
  ENTRY_COLUMNS,
  OPERATION_COLUMNS,
} from '../harness/records/table-columns.js';
import type { Summary } from '../harness/report/summary.js';
import { errorsOfJunit10 } from '../harness/report/testing/junit-schema.js';
import { readSummary, startDrill, writeScript } from './testing/program.js';

/** One of each operation and of each metric, a check that fails now and then, and payments from a purse that is empty. */
const SCRIPT = `
import { check, group } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import exec from 'k6/execution';
import * as p from 'k6/x/pay';

const baskets = new Counter('baskets');
const shelf = new Gauge('shelf');
const lucky = new Rate('lucky');
const size = new Trend('size');
const walk = new Trend('walk', true);

export const options = {
  ext: { paydrill: { users: 100, merchants: 8, splitMerchants: 2, openingMinor: 50_000 } },
  scenarios: { all: { executor: 'per-vu-iterations', vus: 4, iterations: 10 } },
  thresholds: { checks: ['rate>=0.5'] },
};

export default function () {
  const i = exec.scenario.iterationInTest;
  const payer = 1 + i;
  const payment = p.pay({ payer, merchant: 1 + (i % 8), amountMinor: 1000, channel: 'huabei' });
  p.transfer({ payer, payee: 100 - i, amountMinor: 10 });
  p.topUp({ user: payer, amountMinor: 5 });
  if (payment.outcome === 'ok') p.refund({ payment, amountMinor: 400 });
  const held = p.hold({ payer, merchant: 1 + (i % 8), amountMinor: 200, timeoutS: 60 });
  if (i % 2 === 0) p.capture({ hold: held, amountMinor: 150 });
  else p.voidHold({ hold: held });
  p.balance({ user: payer });
  p.pay({ payer, merchant: 2, amountMinor: 900_000 });
  group('till', () => {
    check(payment, { 'paid\\n<b>': (r) => r.outcome === 'ok', 'is even': () => i % 2 === 0 });
  });
  baskets.add(2);
  shelf.add(7);
  lucky.add(i % 4 === 0);
  size.add(i);
  walk.add(12.5);
}
`;

let folder: string;
let summary: Summary;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-folder-'));
  const drill = startDrill(folder, writeScript(folder, SCRIPT), '--seed', '5', '--workers', '2');
  expect(await drill.ended, drill.errors()).toBe(0);
  expect(drill.output()).toMatch(/^checks +till > is even: failed 20 of 40$/m);
  expect(drill.output()).toMatch(/^metrics +baskets: 80, /m);
  summary = readSummary(folder);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inRun(...path: readonly string[]): string {
  return join(folder, 'run', ...path);
}

describe('summary.json', () => {
  test('tells each check of all workers, with its group', () => {
    expect(summary.checks).toEqual(
      expect.arrayContaining([
        { group: '::till', name: 'paid\n<b>', passes: 40, fails: 0 },
        { group: '::till', name: 'is even', passes: 20, fails: 20 },
      ]),
    );
    expect(summary.checks.length).toBe(2);
  });

  test("tells the script's own metrics of all workers", () => {
    const { baskets, shelf, lucky, size, walk } = summary.custom_metrics;
    expect(baskets).toMatchObject({ kind: 'counter', values: { count: 80 } });
    expect(shelf).toMatchObject({ kind: 'gauge' });
    expect(lucky).toMatchObject({ kind: 'rate', values: { rate: 0.25, passes: 10, fails: 30 } });
    expect(size).toMatchObject({ kind: 'trend', is_time: false, values: { avg: 19.5, max: 39 } });
    expect(walk).toMatchObject({ kind: 'trend', is_time: true, values: { med: 12.5 } });
  });

  test('tells declines by code, and the command that runs it again', () => {
    expect(summary.declines_by_code).toEqual({ exceeds_credits: 40 });
    const script = join(folder, 'night.js');
    expect(summary.run.command).toBe(`paydrill run ${script} --seed 5 --workers 2`);
  });
});

describe('report.html and junit.xml', () => {
  test('of a real drill show the same, escaped, in the form that readers check', () => {
    const page = readFileSync(inRun('report.html'), 'utf8');
    expect(page).toContain('till &gt; paid\\n&lt;b&gt;');
    expect(page).toContain('exceeds_credits');
    expect(page).toContain('basket');
    expect(errorsOfJunit10(readFileSync(inRun('junit.xml'), 'utf8'))).toEqual([]);
  });
});

describe('the histogram logs', () => {
  test.each(['response-time.hlog', 'service-time.hlog'])(
    '%s is a log that its own tools read',
    async (name) => {
      await initWebAssembly();
      const reader = new HistogramLogReader(readFileSync(inRun(name), 'utf8'), 32, true);
      let answers = 0;
      for (
        let next = reader.nextIntervalHistogram();
        next !== null;
        next = reader.nextIntervalHistogram()
      )
        answers += 'totalCount' in next ? next.totalCount : 0;
      expect(answers).toBe(summary.operations.ok + summary.operations.declined);
      const startedMs = reader.startTimeSec * 1000;
      const log = readFileSync(inRun('log.txt'), 'utf8');
      const load = Date.parse(/^(\S+) -- load$/m.exec(log)?.[1] ?? '');
      expect(Math.abs(startedMs - load)).toBeLessThan(2000);
      expect(startedMs).toBeGreaterThan(Date.parse(summary.run.started_at));
    },
  );
});

describe('the Parquet files', () => {
  const README = readFileSync(
    join(import.meta.dirname, '..', '..', 'reports', 'README.md'),
    'utf8',
  );
  const TABLES = [
    ['## journal.parquet', OPERATION_COLUMNS, ['journal.parquet', '*.parquet']],
    ['One row of `transfers-', ENTRY_COLUMNS, ['books', 'transfers-*.parquet']],
    ['One row of `accounts-', ACCOUNT_COLUMNS, ['books', 'accounts-*.parquet']],
  ] as const;

  test.each(TABLES)(
    '%s: columns, types and words are those that reports/README.md tells',
    async (head, specs, path) => {
      const told = toldColumns(README, head);
      const found = await query(`describe select * from '${inRun(...path)}'`);
      expect(found.map((row) => [row.column_name, row.column_type])).toEqual(
        told.map(({ name, type }) => [name, DUCKDB_TYPES[type]]),
      );
      for (const { name, type, isNull, words } of told) {
        const spec = specs.find((one) => one.name === name);
        expect(spec?.presence !== undefined, `${name} may be null`).toBe(isNull);
        if (type !== 'text' || words.length === 0) continue;
        expect(words, name).toEqual(spec?.values?.filter((word) => word !== 'unrecognised'));
        const values = await query(
          `select distinct ${name} as word from '${inRun(...path)}' where ${name} is not null`,
        );
        // No operation of this run has more legs.
        if (!/_[5-8]$/.test(name)) expect(values.length, name).toBeGreaterThan(0);
        for (const { word } of values) expect(words, name).toContain(word);
      }
    },
  );

  test('hold a row of each operation, with the words of what was done', async () => {
    const kinds = await query(
      `select kind, outcome, result, count(*)::int as n from '${inRun('journal.parquet', '*.parquet')}' group by all order by all`,
    );
    expect(kinds).toContainEqual({ kind: 'transfer', outcome: 'ok', result: 'created', n: 40 });
    expect(kinds).toContainEqual({
      kind: 'pay',
      outcome: 'declined',
      result: 'exceeds_credits',
      n: 40,
    });
    expect(kinds).toContainEqual({ kind: 'capture', outcome: 'ok', result: 'created', n: 20 });
  });

  test('are on a clock that drill.json ties to that of faults and metrics', async () => {
    const told = JSON.parse(readFileSync(inRun('drill.json'), 'utf8'));
    const [row] = await query(
      `select min(intended_us)::int as first_us from '${inRun('journal.parquet', '*.parquet')}'`,
    );
    expect(told.load_started_us).toBeGreaterThan(0);
    expect(row?.first_us).toBeGreaterThanOrEqual(told.load_started_us);
    expect(row?.first_us).toBeLessThan(told.load_started_us + 1_000_000);
  });

  test('are compressed with zstd and tell the least and greatest value', async () => {
    for (const [, , path] of TABLES) {
      const chunks = await query(
        `select compression, path_in_schema as name, stats_min_value as min, stats_null_count as nulls, num_values as n
         from parquet_metadata('${inRun(...path)}')`,
      );
      expect(new Set(chunks.map(({ compression }) => compression))).toEqual(new Set(['ZSTD']));
      expect(chunks.filter(({ min, nulls, n }) => min === null && nulls !== n)).toEqual([]);
    }
  });

  test('of a population of a million accounts take little where hardly one is used', async () => {
    const script = SCRIPT.replace(
      'users: 100, merchants: 8, splitMerchants: 2',
      'users: 1_000_000, merchants: 20_000',
    );
    const large = join(folder, 'large');
    mkdirSync(large);
    const drill = startDrill(large, writeScript(folder, script));
    expect(await drill.ended, drill.errors()).toBe(0);
    const files = readdirSync(join(large, 'run'), { recursive: true, withFileTypes: true });
    const bytes = files
      .filter((file) => file.isFile())
      .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
    expect(bytes).toBeLessThan(1_000_000);
  }, 60_000);
});

const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  int32: 'INTEGER',
  uint32: 'UINTEGER',
  int64: 'BIGINT',
  uint64: 'UBIGINT',
  text: 'VARCHAR',
};

interface ToldColumn {
  readonly name: string;
  readonly type: string;
  readonly isNull: boolean;
  readonly words: readonly string[];
}

/** The first table after `head`; a leg's columns stand for those of all legs, to the number that the first one names. */
function toldColumns(text: string, head: string): ToldColumn[] {
  const table = /(?:^\|.*\n)+/m.exec(text.slice(text.indexOf(head)))?.[0] ?? '';
  const columns = table
    .trim()
    .split('\n')
    .slice(2)
    .map((line): ToldColumn => {
      const [, name = '', type = '', values = ''] = line.split('|').map((cell) => cell.trim());
      return {
        name: name.replaceAll('`', ''),
        type: type.replace(', null', ''),
        isNull: type.endsWith(', null'),
        words: [...values.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
      };
    });
  const isLeg = ({ name }: ToldColumn): boolean => name.endsWith('_1');
  const last = Number(/so on to `_(\d)`/.exec(table)?.[1]);
  const legs = Array.from({ length: last }, (_, leg) => leg + 1).flatMap((leg) =>
    columns
      .filter(isLeg)
      .map((column) => ({ ...column, name: column.name.replace(/1$/, `${leg}`) })),
  );
  return [...columns.filter((column) => !isLeg(column)), ...legs];
}

async function query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
