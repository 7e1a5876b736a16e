import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RunDatabase } from '../database.js';
import { LAWS } from '../laws/registry.js';
import { PLANTED_BUGS } from '../synthetic/planted.js';
import { recordHistory, writeRecorded } from '../synthetic/run-folder.js';
import { scanRun } from '../synthetic/scan-run.js';
import { SCREENS } from './screens.js';

const folders: string[] = [];

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'paydrill-scan-'));
  folders.push(made);
  return made;
}

describe('the scan of a run', () => {
  it('finds the same in binary files as in Parquet, in a clean history and in broken ones', async () => {
    const clean = recordHistory({ seed: 5, operations: 600, users: 50 });
    for (const bug of [undefined, ...PLANTED_BUGS]) {
      const recorded = structuredClone(clean);
      bug?.plant(recorded);
      const [binary, parquet] = [folder(), folder()];
      await writeRecorded(binary, recorded, 'binary');
      await writeRecorded(parquet, recorded, 'parquet');
      const facts = await scanRun(binary);
      expect(facts).toBeDefined();
      expect(await scanRun(parquet)).toEqual(facts);
    }
  }, 180_000);

  for (const [seed, shards] of [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 5],
  ] as const) {
    it(`suspects nothing in a clean history of ${shards} shards, and counts what the laws count`, async () => {
      const run = folder();
      const recorded = recordHistory({ seed, shards, operations: 2500, openingMinor: 9000 });
      await writeRecorded(run, recorded);
      const facts = await scanRun(run);
      if (facts === undefined) throw new Error('the scan does not know its own layout');
      const database = await RunDatabase.open(run, { shards }, { money: recorded.money });
      for (const law of LAWS) {
        const screen = SCREENS.get(law.name);
        expect([law.name, screen?.suspicions(facts)]).toEqual([law.name, 0]);
        const checked = await database.number(law.checkedSql);
        expect([law.name, screen?.checked(facts)]).toEqual([law.name, checked]);
      }
      database.close();
    });
  }
});
