/** `paydrill query` as its users start it, over a made-up run. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleMetrics, VALID } from '../harness/report/testing/sample-run.js';
import { FILE_TABLES } from '../harness/verify/run-tables.js';
import { recordHistory, writeRecorded } from '../harness/verify/synthetic/run-folder.js';
import {
  payments,
  readSummary,
  startDrill,
  startProgram,
  until,
  writeScript,
} from './testing/program.js';

const ENDLESS = 'select count(*) from range(1000000000) a, range(1000000000) b';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-query-'));
  await writeRecorded(folder, recordHistory({ seed: 3, operations: 300 }), 'binary');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a query prints rows for programs where nobody looks, and as asked', async () => {
  const csv = startProgram('query', folder, 'select count(*) as n from journal');
  expect(await csv.ended, csv.errors()).toBe(0);
  expect(csv.output()).toBe('n\n300\n');
  const json = startProgram('query', folder, 'select 1 as n', '--format', 'json');
  expect(await json.ended, json.errors()).toBe(0);
  expect(JSON.parse(json.output())).toEqual([{ n: 1 }]);
});

test('a query that cannot be answered is one line and exit code 104', async () => {
  const wrong = startProgram('query', folder, "select *\nfrom read_text('/etc/hostname')");
  expect(await wrong.ended).toBe(104);
  expect(wrong.errors()).toMatch(/^paydrill: Permission Error: [^\n]+\n$/);
  const nowhere = startProgram('query', join(folder, 'books'), 'select 1');
  expect(await nowhere.ended).toBe(104);
  expect(nowhere.errors()).toMatch(/^paydrill: .*books is not a run folder: [^\n]+\n$/);
});

test('a query that runs for ever ends with Ctrl-C, or after --timeout, and leaves nothing', async () => {
  const late = startProgram('query', folder, ENDLESS, '--timeout', '0.3');
  expect(await late.ended).toBe(104);
  expect(late.errors()).toBe('paydrill: the query was stopped after 0.3 s (--timeout)\n');
  const stopped = startProgram('query', folder, `select 1 from journal union all ${ENDLESS}`);
  const pressed = setInterval(() => stopped.process.kill('SIGINT'), 1500);
  const code = await stopped.ended;
  clearInterval(pressed);
  expect(code).toBe(105);
  expect(stopped.errors()).toBe('paydrill: stopped by a signal\n');
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a drill that runs is not disturbed by a question: it is refused until the load has settled', async () => {
  const script = writeScript(folder, payments('4s', 100));
  const drill = startDrill(folder, script, '--faults', 'none', '--quiet');
  const run = join(folder, 'run');
  const written = join(run, 'journal', 'invokes-0.0.bin');
  await until(() => existsSync(written) && statSync(written).size > 0);
  const asked = startProgram('query', run, 'select 1');
  expect(await asked.ended).toBe(104);
  expect(asked.errors()).toMatch(/^paydrill: .*run: its drill seems to run still[^\n]+\n$/);
  expect(await drill.ended, drill.errors()).toBe(0);
  const after = startProgram('query', run, 'select count(*) from journal');
  expect(await after.ended, after.errors()).toBe(0);
  expect(Number(after.output().split('\n')[1])).toBe(readSummary(folder).operations.attempted);
}, 60_000);

test('the tables of faults and metrics have every field that a drill writes', () => {
  const written = {
    faults: Object.keys(VALID.faults[0] ?? {}),
    metrics: Object.keys(sampleMetrics()[0] ?? {}),
  };
  for (const { columns, name } of FILE_TABLES) {
    const fields = written[name].map((field) => (field === 'overlaps' ? 'overlapping' : field));
    expect(fields.filter((field) => !(field in columns))).toEqual([]);
  }
});
