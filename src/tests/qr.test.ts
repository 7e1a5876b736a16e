/**
 * Payments by code, drilled: clocks that are wrong, two terminals that scan one code, codes that come back and codes that are guessed, while answers
 * vanish, a shard and the gateway die. A gateway that takes any code, and a ledger that takes old ones, are named.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mutant } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';
import { readSummary } from './testing/program.js';

const QR = {
  script: 'scenarios/qr.ts',
  options: ['--duration-scale', '0.2', '-e', 'RATE=800', '--seed', '5', '--quiet'],
};

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
  const held = await heldByHonest({ ...QR, folder });
  expect(held).toEqual(
    expect.arrayContaining(['qr-genuine', 'qr-window', 'qr-once', 'once-per-id', 'id-binding']),
  );
  expect(readSummary(folder).exit_code).toBe(0);
  const { declines_by_code: declines } = readSummary(folder);
  expect(declines.code_not_genuine).toBeGreaterThan(0);
  expect(declines.code_out_of_window).toBeGreaterThan(0);
  expect(declines.exists_with_different_credit_account_id).toBeGreaterThan(0);
});

const BUGS: readonly Mutant[] = ['take-any-code', 'take-old-codes', 'refuse-codes-of-many'];

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by a law of the product',
  { timeout: 120_000 },
  (name) => expectFound(name, { ...QR, folder }),
);
