/**
 * Loans, drilled: decided and paid out at once, interest, repayments, charge-offs; while answers vanish, a shard and the gateway die. A
 * loan that is paid out short, one that was declined, and interest that becomes principal are named.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mutant } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';

const LOAN = {
  script: 'scenarios/loan.ts',
  options: ['--duration-scale', '0.2', '-e', 'RATE=400', '--seed', '5', '--quiet'],
};

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
  const held = await heldByHonest({ ...LOAN, folder });
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

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by a law of the product',
  { timeout: 120_000 },
  (name) => expectFound(name, { ...LOAN, folder }),
);
