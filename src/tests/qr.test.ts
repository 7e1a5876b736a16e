/**
 * Payments by code, drilled: clocks that are wrong, two terminals that scan one code, codes that come back and codes that are guessed, while answers
 * vanish, a shard and the gateway die. A gateway that takes any code, and a ledger that takes old ones, are named.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSummary } from '../harness/report/json.js';
import { type Mutant, mutantRow } from '../wire/mutants.js';
import { readSummary, startDrill, startProgram } from './testing/program.js';

const QR = 'scenarios/qr.ts';
const SHORT = ['--duration-scale', '0.2', '-e', 'RATE=800', '--seed', '5', '--quiet'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-qr-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too, by the scan and by the queries alone', {
  timeout: 120_000,
}, async () => {
  const drill = startDrill(folder, QR, ...SHORT);
  expect(await drill.ended, drill.output()).toBe(0);
  const { laws } = readSummary(folder);
  const held = laws.filter(({ status }) => status === 'holds').map(({ name }) => name);
  expect(held).toEqual(
    expect.arrayContaining(['qr-genuine', 'qr-window', 'qr-once', 'once-per-id', 'id-binding']),
  );
  const { declines_by_code: declines } = readSummary(folder);
  expect(declines.code_not_genuine).toBeGreaterThan(0);
  expect(declines.code_out_of_window).toBeGreaterThan(0);
  expect(declines.exists_with_different_credit_account_id).toBeGreaterThan(0);
  const exact = startProgram('verify', join(folder, 'run'), '--exact');
  expect(await exact.ended, exact.output()).toBe(0);
});

const BUGS: readonly (readonly [Mutant, string])[] = [
  ['take-any-code', 'qr-genuine'],
  ['take-old-codes', 'qr-window'],
];

/** By the laws that were broken, how often. */
function brokenIn(text: string): readonly [string, number][] {
  const { laws } = parseSummary(text, 'summary.json');
  return laws.flatMap((law) => (law.status === 'broken' ? [[law.name, law.violations]] : []));
}

test.each(BUGS)('%s is found, by %s too', { timeout: 120_000 }, async (name, own) => {
  const drill = startDrill(folder, QR, ...SHORT, '--faults', 'none', '--mutant', name);
  expect(await drill.ended, drill.errors()).toBe(111);
  const broken = brokenIn(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));
  expect(broken.map(([law]) => law)).toEqual(expect.arrayContaining([mutantRow(name).law, own]));
  const exact = startProgram('verify', join(folder, 'run'), '--exact', '--json');
  expect(await exact.ended, exact.errors()).toBe(111);
  expect(brokenIn(exact.output())).toEqual(broken);
});
