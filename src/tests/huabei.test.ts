/**
 * Pay later, drilled: payments on credit, refunds that go to the limit and then to the balance, fees that are repaid first, bills; while
 * answers vanish, a shard and the gateway die. Whoever shares an amount out in another order, or lets more be repaid than is owed, is named.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSummary } from '../harness/report/json.js';
import { type Mutant, mutantRow } from '../wire/mutants.js';
import { readSummary, startDrill, startProgram } from './testing/program.js';

const HUABEI = 'scenarios/huabei.ts';
const SHORT = ['--duration-scale', '0.2', '-e', 'RATE=1500', '--seed', '5', '--quiet'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-huabei-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too', {
  timeout: 90_000,
}, async () => {
  const drill = startDrill(folder, HUABEI, ...SHORT);
  expect(await drill.ended, drill.output()).toBe(0);
  const { laws } = readSummary(folder);
  const held = laws.filter(({ status }) => status === 'holds').map(({ name }) => name);
  expect(held).toEqual(
    expect.arrayContaining([
      'huabei-limit',
      'huabei-bill',
      'legs-follow-operation',
      'refund-bounds',
    ]),
  );
  const law = readFileSync(join(folder, 'run', 'laws', 'huabei-bill.sql'), 'utf8');
  expect(law).toMatch(/^-- Every bill is of a debt/);
});

const BUGS: readonly Mutant[] = ['share-out-backwards', 'ignore-cap'];

/** By the laws that were broken, how often. */
function brokenIn(text: string): readonly [string, number][] {
  const { laws } = parseSummary(text, 'summary.json');
  return laws.flatMap((law) => (law.status === 'broken' ? [[law.name, law.violations]] : []));
}

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone',
  { timeout: 120_000 },
  async (name) => {
    const drill = startDrill(folder, HUABEI, ...SHORT, '--faults', 'none', '--mutant', name);
    expect(await drill.ended, drill.errors()).toBe(111);
    const broken = brokenIn(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));
    expect(broken.map(([law]) => law)).toContain(mutantRow(name).law);
    const exact = startProgram('verify', join(folder, 'run'), '--exact', '--json');
    expect(await exact.ended, exact.errors()).toBe(111);
    expect(brokenIn(exact.output())).toEqual(broken);
  },
);
