import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HEAD_BYTES } from '../../records/record-files.js';
import { convertRun } from '../../records/to-parquet.js';
import { RunDatabase } from '../database.js';
import { LAWS } from '../laws/registry.js';
import { packRun } from '../synthetic/pack-run.js';
import { PLANTED_BUGS } from '../synthetic/planted.js';
import { recordHistory, writeRecorded } from '../synthetic/run-folder.js';
import { scanRun } from '../synthetic/scan-run.js';
import { allocateOperations, OPERATION_BYTES } from './operation-index.js';
import { scanJournal } from './scan.js';
import { SCREENS } from './screens.js';
import { allocateSeen, SEEN_BYTES } from './seen.js';

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
  it('is not made where there is no memory for it', async () => {
    const run = folder();
    const recorded = recordHistory({ seed: 5, operations: 600, users: 50 });
    await writeRecorded(run, recorded, 'binary');
    const bytes = 600 * (OPERATION_BYTES + recorded.money.shards * SEEN_BYTES);
    const scanned = (availableBytes: number) =>
      scanJournal(run, recorded.money, { availableBytes });
    expect(await scanned(bytes)).toBeUndefined();
    expect(await scanned(bytes * 2)).toBeDefined();
  });

  it('says how much memory an operation takes', () => {
    const taken = (memory: object): number =>
      Object.values(memory).reduce((sum: number, one) => sum + (one.byteLength ?? 0), 0);
    for (const capacity of [1024, 1025, 4096, 5000]) {
      expect(taken(allocateOperations(capacity))).toBeLessThanOrEqual(
        capacity * OPERATION_BYTES + 4,
      );
      expect(taken(allocateSeen(capacity))).toBe(capacity * SEEN_BYTES);
    }
  });

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

  it('finds the same in packed files, which become the same tables', async () => {
    const recorded = recordHistory({ seed: 5, operations: 6000, users: 500 });
    const [plain, packed] = [folder(), folder()];
    for (const run of [plain, packed]) await writeRecorded(run, recorded, 'binary');
    packRun(packed);
    const files = readdirSync(join(packed, 'journal'));
    expect(files.filter((name) => name.endsWith('.packed')).length).toBeGreaterThan(1);
    expect(await scanRun(packed)).toEqual(await scanRun(plain));
    const parts = ['journal.parquet/part-0.parquet', 'books/transfers-1.parquet'];
    const tables: Buffer[][] = [];
    for (const run of [plain, packed]) {
      await convertRun({ folder: run, shards: 2, keepBinary: false });
      tables.push(parts.map((part) => readFileSync(join(run, part))));
    }
    expect(tables[0]).toEqual(tables[1]);
    expect(readdirSync(packed).includes('journal')).toBe(false);
  });

  it('is not made of packed files that are cut short or spoilt', async () => {
    const recorded = recordHistory({ seed: 5, operations: 6000, users: 500 });
    const packed = folder();
    await writeRecorded(packed, recorded, 'binary');
    packRun(packed);
    for (const file of ['journal/invokes-0.0.packed', 'books/entries-0.1.packed']) {
      const path = join(packed, file);
      const whole = readFileSync(path);
      const bad = [whole.subarray(0, whole.length - 10), whole.subarray(0, HEAD_BYTES + 5)];
      const spoilt = Buffer.from(whole);
      spoilt.fill(0xff, HEAD_BYTES + 20, HEAD_BYTES + 60);
      for (const bytes of [...bad, spoilt]) {
        writeFileSync(path, bytes);
        await expect(scanRun(packed)).rejects.toThrow(file.split('/').at(-1));
      }
      writeFileSync(path, whole);
    }
    expect(await scanRun(packed)).toBeDefined();
  });

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
