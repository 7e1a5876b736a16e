import { expect, test } from 'vitest';
import { idMemoryWords } from '../../wire/id-memory.js';
import { makeOperationId } from '../../wire/operation-id.js';
import { idMemory } from './id-memory.js';
import { IdTable, STATE } from './ids.js';

const SECOND_MS = 1024;
const START_MS = 1_660_156_250 * SECOND_MS;

/** Ten seconds of 400 ids each, the last of them just begun. */
function filled(recordsMax: number): IdTable {
  const table = new IdTable({ recordsMax });
  for (let n = 0; n < 4000; n++) {
    const unixMs = START_MS + Math.floor(n / 400) * SECOND_MS;
    const words = makeOperationId({ unixMs, free12: 0, free30: n, free32: n * 7919 });
    const [word0, word1, word2, word3] = words.map((word) => word | 0);
    table.set(table.insert(word0, word1, word2, word3), STATE.posted, n, 0);
    if (n % 1000 !== 999) continue;
    table.close();
    for (let run = table.nextRun(9); run !== undefined; run = table.nextRun(9)) table.archived(run);
  }
  return table;
}

test('retention is told in time at the present rate', () => {
  const memory = idMemory(filled(100_000), START_MS + 9 * SECOND_MS + 10);
  expect(memory).toMatchObject({ ids: 4000, idsMax: 100_096, left: 0, perSecond: 390.625 });
  expect(memory.oldestAgeS).toBeCloseTo(9.226);
  expect(memory.retentionS).toBeCloseTo(100_096 / 390.625);
  expect(idMemoryWords(memory)).toBe('0.1 M ids: 256 s at 391/s');
});

test('ids that left are counted, and the oldest that stayed is younger', () => {
  const memory = idMemory(filled(2560), START_MS + 9 * SECOND_MS + 10);
  expect(memory.left).toBe(4000 - memory.ids);
  expect(memory.left).toBeGreaterThan(1000);
  expect(memory.oldestAgeS).toBeLessThan(8);
});

test('where nothing is made there is no rate to tell it by', () => {
  const memory = idMemory(filled(100_000), START_MS + 60 * SECOND_MS);
  expect(memory.perSecond).toBe(0);
  expect(memory).not.toHaveProperty('retentionS');
  expect(idMemoryWords({ ...memory, idsMax: 2 ** 24 })).toBe('16.7 M ids');
});
