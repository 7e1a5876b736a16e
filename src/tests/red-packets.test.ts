/**
 * Red packets, drilled: a crowd wants a part of one packet, friends share others, some ask twice and get one part; while answers vanish, a shard and the
 * gateway die. An id that is asked for again with another amount is no reason to accuse anybody.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mutant } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';
import { readSummary } from './testing/program.js';

const PACKETS = {
  script: 'scenarios/red-packets.ts',
  options: [
    '--duration-scale',
    '0.2',
    '-e',
    'RATE=1500',
    '-e',
    'CROWD_MINOR=2000000',
    '--seed',
    '5',
    '--quiet',
  ],
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-packets-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too, by the scan and by the queries alone', {
  timeout: 120_000,
}, async () => {
  const held = await heldByHonest({ ...PACKETS, folder });
  expect(held).toEqual(
    expect.arrayContaining([
      'red-packets-kept',
      'red-packets-once',
      'red-packets-own',
      'refund-bounds',
    ]),
  );
  expect(readSummary(folder).exit_code).toBe(0);
  const { declines_by_code: declines } = readSummary(folder);
  expect(declines.refund_exceeds_payment).toBeGreaterThan(0);
  expect(declines.exists_with_different_amount).toBeGreaterThan(0);
});

const BUGS: readonly Mutant[] = ['take-any-id', 'refund-without-bound'];

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by a law of the product',
  { timeout: 120_000 },
  (name) => expectFound(name, { ...PACKETS, folder }),
);
