/**
 * The smaller products, drilled together: instalments, sweeps to the bank, claims, disputes; while answers vanish, the gateway and a shard die.
 * What is under way, in suspense or set aside ends once; whoever lets it end twice, or posts past where it should wait, is named.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BROWN_OUT_LAW } from '../wire/brown-out.js';
import { MUTANT_NAMES, type Mutant, mutantRow } from '../wire/mutants.js';
import { expectFound, heldByHonest } from './testing/product-drills.js';

const EVERYDAY = {
  script: 'scenarios/everyday.ts',
  options: ['--duration-scale', '0.15', '-e', 'RATE=400', '--seed', '5', '--quiet'],
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-everyday-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of all four products too', {
  timeout: 90_000,
}, async () => {
  const held = await heldByHonest({ ...EVERYDAY, folder });
  expect(held).toEqual(
    expect.arrayContaining([
      'refund-bounds',
      'declined-with-cause',
      'instalments-limit',
      'instalments-purchases',
      'settlement-transit',
      'settlement-once',
      'insurance-claimed',
      'insurance-reserve',
      'chargeback-suspense',
      'chargeback-once',
    ]),
  );
});

const BUGS: readonly Mutant[] = [
  ...MUTANT_NAMES.filter((name) => {
    const { law, scenario } = mutantRow(name);
    // That one needs a longer absence: brown-out.test.ts.
    return scenario === 'everyday.ts' && law !== BROWN_OUT_LAW;
  }),
  // A claim by another.
  'refund-to-anybody',
];

test.each(BUGS)(
  '%s is found, by the scan and by the queries alone, and by laws of the products',
  { timeout: 120_000 },
  (name) => expectFound(name, { ...EVERYDAY, folder }),
);
