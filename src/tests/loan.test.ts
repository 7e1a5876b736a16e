/**
 * Loans, drilled: decided and paid out at once, interest, repayments, charge-offs; while answers vanish, a shard and the gateway die. A
 * loan that is paid out short, one that was declined, and interest that becomes principal are named.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSummary } from '../harness/report/json.js';
import { type Mutant, mutantRow } from '../wire/mutants.js';
import { readSummary, startDrill, startProgram } from './testing/program.js';

const LOAN = 'scenarios/loan.ts';
const SHORT = ['--duration-scale', '0.2', '-e', 'RATE=400', '--seed', '5', '--quiet'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-loan-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too', {
  timeout: 90_000,
}, async () => {
  const drill = startDrill(folder, LOAN, ...SHORT);
  await drill.ended;
  const { verdict, laws } = readSummary(folder);
  expect(verdict, drill.output()).toBe('valid');
  const held = laws.filter(({ status }) => status === 'holds').map(({ name }) => name);
  expect(held).toEqual(
    expect.arrayContaining([
      'loan-disbursed',
      'loan-promised',
      'loan-owed',
      'refund-bounds',
      'declined-with-cause',
      'risk-as-agreed',
    ]),
  );
});

const BUGS: readonly Mutant[] = ['go-on-in-part', 'go-on-from-declined', 'capitalise-interest'];

/** By the laws that were broken, how often. */
function brokenIn(text: string): readonly [string, number][] {
  const { laws } = parseSummary(text, 'summary.json');
  return laws.flatMap((law) => (law.status === 'broken' ? [[law.name, law.violations]] : []));
}

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by a law of the product',
  { timeout: 120_000 },
  async (name) => {
    const drill = startDrill(folder, LOAN, ...SHORT, '--faults', 'none', '--mutant', name);
    expect(await drill.ended, drill.errors()).toBe(111);
    const broken = brokenIn(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));
    const { law, orLaws = [] } = mutantRow(name);
    expect(broken.map(([one]) => one)).toEqual(expect.arrayContaining([law, ...orLaws]));
    const exact = startProgram('verify', join(folder, 'run'), '--exact', '--json');
    expect(await exact.ended, exact.errors()).toBe(111);
    expect(brokenIn(exact.output())).toEqual(broken);
  },
);
