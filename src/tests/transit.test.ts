/**
 * A metro, drilled: gates that are offline for two hours and upload late, twice, or the exit before the entry, cloned and forged tokens, wrong
 * clocks, while answers vanish, a shard and the gateway die. What would settle a token wrongly, twice or never is named.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mutant } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';
import { readSummary } from './testing/program.js';

const METRO = {
  script: 'scenarios/metro.ts',
  options: ['--duration-scale', '0.2', '-e', 'RATE=300', '--seed', '5', '--quiet'],
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-metro-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too, by the scan and by the queries alone', {
  timeout: 120_000,
}, async () => {
  const held = await heldByHonest({ ...METRO, folder });
  expect(held).toEqual(
    expect.arrayContaining([
      'transit-genuine',
      'transit-window',
      'transit-pair',
      'transit-once',
      'transit-fare',
      'transit-lapse',
      'transit-riding',
      'transit-awaited',
      'definite-decline',
    ]),
  );
  expect(readSummary(folder).exit_code).toBe(0);
  const { declines_by_code: declines } = readSummary(folder);
  for (const code of [
    'code_not_genuine',
    'code_out_of_window',
    'code_not_in_sequence',
    'reference_not_here_yet',
    'reference_has_different_accounts',
    'refund_exceeds_payment',
    'too_early',
  ])
    expect(declines[code], code).toBeGreaterThan(0);
});

test('where the operator, or whoever swaps exits, is on another shard no exit that comes before its entry is lost, and nobody is accused', {
  timeout: 120_000,
}, async () => {
  // With so many users those who swap have their accounts on different shards.
  const options = [...METRO.options, '-e', 'SPLIT=0', '-e', 'USERS=5000', '--faults', 'none'];
  await heldByHonest({ ...METRO, options, folder });
  expect(readSummary(folder).exit_code).toBe(0);
  expect(readSummary(folder).declines_by_code.reference_not_here_yet).toBeGreaterThan(0);
});

const BUGS: readonly (readonly [Mutant, readonly string[]])[] = [
  ['charge-a-stop-more', ['legs-follow-operation', 'transit-fare']],
  ['leave-before-entry', ['transit-pair']],
  ['forget-late-exits', ['transit-awaited']],
  ['lapse-at-once', ['transit-lapse']],
  ['go-on-twice', ['refund-bounds', 'transit-once']],
  ['refund-to-anybody', ['refund-bounds', 'transit-pair']],
  ['take-old-codes', ['transit-window']],
  ['take-any-code', ['transit-genuine']],
];

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by a law of the product',
  { timeout: 120_000 },
  (name, laws) => expectFound(name, { ...METRO, folder }, laws),
);
