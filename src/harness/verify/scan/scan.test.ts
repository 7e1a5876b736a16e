import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RunDatabase } from '../database.js';
import { LAWS } from '../laws/registry.js';
import { recordHistory, writeRecorded } from '../synthetic/run-folder.js';
import { scanRun } from './scan.js';

const folders: string[] = [];

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'paydrill-scan-'));
  folders.push(made);
  return made;
}

describe('scanRun', () => {
  for (const [seed, shards] of [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 5],
  ] as const) {
    it(`suspects nothing in a clean history of ${shards} shards, and counts what the laws count`, async () => {
      const run = folder();
      await writeRecorded(
        run,
        recordHistory({ seed, shards, operations: 2500, openingMinor: 9000 }),
      );
      const facts = await scanRun(run, shards);
      if (facts === undefined) throw new Error('the scan does not know its own layout');
      const database = await RunDatabase.open(run, shards);
      for (const law of LAWS) {
        if (law.name !== 'conservation')
          expect([law.name, law.suspicions(facts)]).toEqual([law.name, 0]);
        const checked = await database.number(law.checkedSql);
        expect([law.name, law.checked(facts)]).toEqual([law.name, checked]);
      }
      database.close();
    });
  }
});
