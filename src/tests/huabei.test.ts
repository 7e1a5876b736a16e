/**
 * Pay later, drilled: payments on credit, refunds that go to the limit and then to the balance, fees that are repaid first, bills; while
 * answers vanish, a shard and the gateway die. Whoever shares an amount out in another order, or lets more be repaid than is owed, is named.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mutant } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';

const HUABEI = {
  script: 'scenarios/huabei.ts',
  options: ['--duration-scale', '0.2', '-e', 'RATE=1500', '--seed', '5', '--quiet'],
};

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
  const held = await heldByHonest({ ...HUABEI, folder });
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

test('a user who is billed twice at once is judged valid', { timeout: 90_000 }, async () => {
  const options = [...HUABEI.options, '-e', 'USERS=100', '--faults', 'none'];
  const held = await heldByHonest({ ...HUABEI, options, folder });
  expect(held).toContain('huabei-bill');
});

const BUGS: readonly Mutant[] = ['share-out-backwards', 'ignore-cap'];

test.each(BUGS)('%s is found, by the scan and by the queries alone', { timeout: 120_000 }, (name) =>
  expectFound(name, { ...HUABEI, folder }),
);
