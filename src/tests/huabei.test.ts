/**
 * Pay later, drilled: payments on credit, refunds that go to the limit and then to the balance, fees that are repaid first, bills; while
 * answers vanish, a shard and the gateway die. Whoever shares an amount out in another order, or lets more be repaid than is owed, is named.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Mutant, mutantRow } from '../wire/mutants.js';
import { readSummary, startDrill } from './testing/program.js';

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

test.each(BUGS)('%s is found', { timeout: 90_000 }, async (name) => {
  const drill = startDrill(folder, HUABEI, ...SHORT, '--faults', 'none', '--mutant', name);
  expect(await drill.ended, drill.errors()).toBe(111);
  const broken = readSummary(folder).laws.filter(({ status }) => status === 'broken');
  expect(broken.map((law) => law.name)).toContain(mutantRow(name).law);
});
