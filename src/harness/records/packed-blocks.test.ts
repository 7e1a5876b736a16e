import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';
import {
  BLOCK_HEAD_BYTES,
  packedEntries,
  packedRecords,
  readBlockHead,
  unpackedEntries,
  unpackedRecords,
} from './packed-blocks.js';

function bodyOf(block: Uint8Array): Uint8Array {
  return block.subarray(BLOCK_HEAD_BYTES);
}

test('records come back as they were', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom(4, 56, 96),
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      (records, recordBytes, stream) => {
        const bytes = Uint8Array.from([...stream.take(records * recordBytes)]);
        const block = packedRecords(bytes, recordBytes);
        const head = readBlockHead(block);
        expect(head).toEqual({ storedBytes: block.length - BLOCK_HEAD_BYTES, records, legs: 0 });
        const back = unpackedRecords(bodyOf(block), { records, recordBytes, path: 'it' });
        expect(back).toEqual(bytes);
      },
    ),
    { numRuns: 50 },
  );
});

/** Entries with so many legs each. */
function entries(legCounts: readonly number[]): Uint8Array {
  const all = legCounts.map((legs, index) => {
    const entry = new Uint8Array(ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES).map((_, at) =>
      Math.imul(at + index, 2654435761),
    );
    entry[ENTRY.legs] = legs;
    return entry;
  });
  return new Uint8Array(Buffer.concat(all));
}

const legCounts = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 });
const total = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);

test('entries come back as they were, however many legs they have', () => {
  fc.assert(
    fc.property(legCounts, (counts) => {
      const [bytes, legs, records] = [entries(counts), total(counts), counts.length];
      const block = packedEntries(bytes, { records, legs });
      expect(readBlockHead(block)).toMatchObject({ records, legs });
      const words = unpackedEntries(bodyOf(block), { records, legs, path: 'it' });
      expect(new Uint8Array(words.buffer)).toEqual(bytes);
    }),
  );
});

test('a block that holds something else than it says is refused, and named', () => {
  const bytes = entries([2, 0, 4]);
  const block = bodyOf(packedEntries(bytes, { records: 3, legs: 6 }));
  const read = (frame: Uint8Array, records: number, legs: number) => () =>
    unpackedEntries(frame, { records, legs, path: 'books/entries-0.1.packed' });
  const refused = /^books\/entries-0\.1\.packed /;
  expect(read(block, 3, 5)).toThrow(refused);
  expect(read(block, 4, 4)).toThrow(refused);
  expect(read(block, 1, 1000)).toThrow(refused);
  expect(read(block, 0, 0)).toThrow(refused);
  expect(read(block.subarray(0, block.length - 3), 3, 6)).toThrow();
  expect(read(new Uint8Array(40), 3, 6)).toThrow(refused);
  // Entries and legs as many bytes together, and not those that stand in the entries.
  const other = bodyOf(packedEntries(entries([2, 1, 3]), { records: 3, legs: 6 }));
  const wrong = entries([1, 1, 1]);
  const frame = bodyOf(packedRecords(wrong, 4));
  expect(read(frame, 3, 3)).toThrow(refused);
  expect(read(other, 3, 6)).not.toThrow();
});
