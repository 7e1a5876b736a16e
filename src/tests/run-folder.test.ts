/** The run folder of one small real drill, file by file: what stands in it is what the docs say, and readers find it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    expect(page).toContain('till &gt; paid\n&lt;b&gt;');
    expect(page).toContain('exceeds_credits');
    expect(page).toContain('basket');
    expect(errorsOfJunit10(readFileSync(inRun('junit.xml'), 'utf8'))).toEqual([]);
  });
});
