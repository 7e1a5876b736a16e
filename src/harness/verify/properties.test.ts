/** Over many made-up histories: clean ones are valid; the prefilter never clears what a query finds broken in a corrupted one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RunDatabase } from './database.js';
import { sqlOf } from './law.js';
import { LAWS } from './laws/registry.js';
import { SCREENS } from './prefilter/screens.js';
import { corrupt } from './synthetic/corrupt.js';
import { CORRUPTIONS } from './synthetic/corruptions.js';
import { SeededRandom } from './synthetic/random.js';
import {
  extentOf,
  type Recorded,
  recordHistory,
  termsOf,
  writeRecorded,
} from './synthetic/run-folder.js';
import { scanRun } from './synthetic/scan-run.js';
import { settle } from './synthetic/settle.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-properties-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Lies {
  readonly base: number;
  readonly kinds: number[];
  readonly seed: number;
  /** Whether balances and versions, or receipts too, are made to fit the lie. */
  readonly settled: 'not' | 'books' | 'receipts';
}

/** A shard took a Try again after its Confirm. */
const TRIED_AGAIN_LATE: [Lies][] = [[{ base: 1, kinds: [1], seed: 1392368355, settled: 'books' }]];

/** Names of the laws that the queries find broken, and of those that the scan suspects. */
async function judge(recorded: Recorded) {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded);
  const facts = await scanRun(folder);
  const database = await RunDatabase.open(folder, extentOf(recorded), termsOf(recorded));
  const broken: string[] = [];
  for (const law of LAWS)
    if ((await database.rows(await sqlOf(law, database))).length > 0) broken.push(law.name);
  database.close();
  rmSync(folder, { recursive: true });
  const suspected = LAWS.filter(
    (law) => facts === undefined || (SCREENS.get(law.name)?.suspicions(facts) ?? 1) > 0,
  ).map(({ name }) => name);
  return { broken, suspected };
}

describe('judging', () => {
  it('finds every clean history valid, without a suspicion', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 1_000_000 }),
          shards: fc.integer({ min: 1, max: 4 }),
          users: fc.integer({ min: 2, max: 60 }),
          merchants: fc.integer({ min: 1, max: 12 }),
          splitMerchants: fc.integer({ min: 0, max: 12 }),
          openingMinor: fc.integer({ min: 0, max: 20_000 }),
          operations: fc.integer({ min: 1, max: 400 }),
        }),
        async (options) => {
          const { broken, suspected } = await judge(recordHistory(options));
          expect(broken).toEqual([]);
          expect(suspected).toEqual([]);
        },
      ),
      { numRuns: 6, seed: 5 },
    );
  }, 60_000);

  it('never calls a corrupted history valid where it matters, and never suspects less than it finds', async () => {
    const clean = recordHistory({ seed: 3, operations: 350, users: 30, openingMinor: 8000 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), async (seed) => {
        const recorded = structuredClone(clean);
        const { what, matters } = corrupt(recorded, new SeededRandom(seed));
        const { broken, suspected } = await judge(recorded);
        if (matters) expect({ what, broken }).not.toEqual({ what, broken: [] });
        const missed = broken.filter((name) => !suspected.includes(name));
        expect({ what, missed }).toEqual({ what, missed: [] });
      }),
      { numRuns: 14, seed: 9 },
    );
  }, 120_000);

  it('never clears a law that a history breaks, whatever lies and however consistently', async () => {
    const clean = [1, 2, 3].map((shards) =>
      recordHistory({ seed: 40 + shards, shards, operations: 160, users: 25, openingMinor: 9000 }),
    );
    const lies: fc.Arbitrary<Lies> = fc.record({
      base: fc.integer({ min: 0, max: clean.length - 1 }),
      kinds: fc.array(fc.integer({ min: 0, max: CORRUPTIONS.length - 1 }), {
        minLength: 1,
        maxLength: 3,
      }),
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      settled: fc.constantFrom<Lies['settled'][]>('not', 'books', 'receipts'),
    });
    await fc.assert(
      fc.asyncProperty(lies, async ({ base, kinds, seed, settled }) => {
        const recorded = structuredClone(clean[base] ?? raise('no such history'));
        const random = new SeededRandom(seed);
        for (const kind of kinds) CORRUPTIONS[kind]?.apply(recorded, random);
        if (settled !== 'not') settle(recorded, { receipts: settled === 'receipts' });
        const { broken, suspected } = await judge(recorded);
        const what = kinds.map((kind) => CORRUPTIONS[kind]?.name);
        const missed = broken.filter((name) => !suspected.includes(name));
        expect({ what, missed }).toEqual({ what, missed: [] });
      }),
      { numRuns: 24, seed: 11, examples: TRIED_AGAIN_LATE },
    );
  }, 240_000);
});

function raise(reason: string): never {
  throw new Error(reason);
}
