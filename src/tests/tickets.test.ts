/**
 * Train tickets, drilled: a sale opens and everybody wants the same train; seats are held, paid for, given up and given back, some wait; while answers
 * vanish, a shard and the gateway die. A train that is full is refused whole: no seat stays held, no money in escrow.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mutant } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';
import { readSummary } from './testing/program.js';

const RUSH = {
  script: 'scenarios/ticket-rush.ts',
  options: [
    '--duration-scale',
    '0.25',
    '-e',
    'QUERIES=500',
    '-e',
    'QUERIES_PER_ORDER=2',
    '-e',
    'TRAINS=1',
    '--seed',
    '5',
    '--quiet',
  ],
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-tickets-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too, by the scan and by the queries alone', {
  timeout: 120_000,
}, async () => {
  const held = await heldByHonest({ ...RUSH, folder });
  expect(held).toEqual(
    expect.arrayContaining([
      'tickets-free',
      'tickets-held',
      'tickets-sold',
      'tickets-escrow',
      'tickets-waiting',
      'tickets-once',
      'tickets-queue',
      'tickets-oversold',
      'tickets-fare',
      'tickets-together',
      'read-in-real-time',
      'refund-bounds',
      'declined-with-cause',
      'no-stuck-hold',
      'shards-agree',
    ]),
  );
  const { declines_by_code: declines, exit_code } = readSummary(folder);
  expect(exit_code).toBe(0);
  // Sold out, ended already, too cheap, no such journey, and another journey than the one that is held.
  for (const code of [
    'exceeds_credits',
    'refund_exceeds_payment',
    'amount_not_of_details',
    'details_not_possible',
    'id_not_of_reference',
  ])
    expect(declines[code], code).toBeGreaterThan(0);
});

const BUGS: readonly Mutant[] = [
  'take-any-details',
  'take-first-segment',
  'keep-escrow',
  'sell-out-twice',
];

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by a law of the product',
  { timeout: 120_000 },
  (name) => expectFound(name, { ...RUSH, folder }),
);
