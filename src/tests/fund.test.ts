/**
 * The money fund, drilled: payments out of it, purchases, redemptions that are advanced, yields, in units that are an asset of their own; while
 * answers vanish, a shard and the gateway die. Operations here have more legs than a receipt tells. Whoever sells too few units, or forgets who
 * owes what was advanced, is named.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mutant } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';
import { readSummary } from './testing/program.js';

const FUND = {
  script: 'scenarios/fund.ts',
  options: ['--duration-scale', '0.2', '-e', 'RATE=1500', '--seed', '5', '--quiet'],
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-fund-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too, by the scan and by the queries alone', {
  timeout: 120_000,
}, async () => {
  const held = await heldByHonest({ ...FUND, folder });
  expect(held).toEqual(
    expect.arrayContaining(['fund-worth', 'fund-advance', 'fund-yield', 'receipt-matches-books']),
  );
  expect(readSummary(folder).exit_code).toBe(0);
});

const BUGS: readonly Mutant[] = ['sell-units-short', 'forget-claim'];

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by a law of the product',
  { timeout: 120_000 },
  (name) => expectFound(name, { ...FUND, folder }),
);
