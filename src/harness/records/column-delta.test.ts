import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areNear, type Range, type Words } from './column-delta.js';
import { decodeDelta } from './column-delta-decoder.js';
import { DeltaEncoder } from './column-delta-encoder.js';

const encoder = new DeltaEncoder();

function pairs(values: readonly number[]): Int32Array {
  const words = new Int32Array(values.length * 2);
  for (const [i, value] of values.entries()) {
    const high = Math.floor(value / 2 ** 32);
    words[i * 2] = value - high * 2 ** 32;
    words[i * 2 + 1] = high;
  }
  return words;
}

function back(words: Int32Array, type: Words['type']): Int32Array {
  const isPair = type !== 'uint32';
  const count = isPair ? words.length / 2 : words.length;
  const page = encoder.encode({ words, type, count }, rangeOf(words, isPair)).slice();
  const into = { words: new Int32Array(words.length), type, count };
  decodeDelta(page, into);
  return into.words;
}

function rangeOf(words: Int32Array, isPair: boolean): Range {
  const step = isPair ? 2 : 1;
  const high = (i: number): bigint => BigInt(words[i * 2 + 1]) << 32n;
  const all = Array.from({ length: words.length / step }, (_, i) =>
    isPair ? high(i) + BigInt(words[i * 2] >>> 0) : BigInt(words[i]),
  );
  const sorted = BigInt64Array.from(all).sort();
  return { min: sorted.at(0) ?? 0n, max: sorted.at(-1) ?? 0n };
}

/** Every spread, so that every width is met, around every middle: those at which the high word changes are met often. */
const spread = fc
  .record({
    bits: fc.integer({ min: 0, max: 31 }),
    middle: fc.oneof(
      fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
      fc.integer({ min: -9, max: 9 }).map((high) => high * 2 ** 32 - 5),
    ),
  })
  .chain(({ bits, middle }) =>
    fc.array(
      fc.integer({ min: 0, max: 2 ** bits - 1 }).map((value) => middle + value),
      { maxLength: 1100, size: 'max' },
    ),
  );

describe('delta pages', () => {
  it('give back 64-bit values, whatever their widths', () => {
    fc.assert(
      fc.property(spread, (values) => {
        const words = pairs(values);
        expect(back(words, 'int64')).toEqual(words);
      }),
      { numRuns: 200 },
    );
  });

  it('give back every 32-bit value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 1100 }),
        (values) => {
          const words = Int32Array.from(values);
          expect(back(words, 'uint32')).toEqual(words);
        },
      ),
    );
  });

  it('give back unsigned values, as ids have, also around the middle of their range', () => {
    const ids = fc.record({
      high: fc.oneof(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 2 }),
        fc.constantFrom(-1, -(2 ** 31)),
      ),
      base: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      rest: fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 1100 }),
    });
    fc.assert(
      fc.property(ids, ({ high, base, rest }) => {
        const words = new Int32Array(rest.length * 2);
        for (const [i, value] of rest.entries()) {
          words[i * 2] = base + value;
          words[i * 2 + 1] = high + (base + value >= 2 ** 32 ? 1 : 0);
        }
        expect(back(words, 'uint64')).toEqual(words);
      }),
    );
  });

  it('take nearly nothing for what counts up by itself', () => {
    const words = Int32Array.from({ length: 122_880 }, (_, i) => 5 + i);
    const counting = { words, type: 'uint32' as const, count: words.length };
    expect(encoder.encode(counting, { min: 5, max: 122_884 }).length).toBeLessThan(1500);
  });

  it('take nothing for what is always the same', () => {
    for (const value of [0, -7, 2 ** 41 + 3]) {
      const words = pairs(Array.from({ length: 1500 }, () => value));
      expect(back(words, 'int64')).toEqual(words);
      const page = encoder.encode(
        { words, type: 'int64', count: 1500 },
        { min: value, max: value },
      );
      expect(page.length).toBeLessThan(40);
    }
  });

  it('are not used where a difference may need more than a word, or readers differ', () => {
    expect(areNear({ min: -(2n ** 30n), max: 2n ** 30n - 1n }, 'int64')).toBe(true);
    expect(areNear({ min: -(2n ** 30n), max: 2n ** 30n }, 'int64')).toBe(false);
    const id = 0x8000_0000_0000_0000n;
    expect(areNear({ min: id, max: id + 2n ** 31n - 1n }, 'uint64')).toBe(true);
    expect(areNear({ min: id, max: id + 2n ** 31n }, 'uint64')).toBe(false);
    expect(areNear({ min: 0, max: 2 ** 31 - 1 }, 'uint32')).toBe(true);
    expect(areNear({ min: 0, max: 2 ** 31 }, 'uint32')).toBe(false);
  });

  it('that are cut or changed are refused or read as numbers, and never read past their end', () => {
    const words = Int32Array.from({ length: 700 }, (_, i) => (i * 7919) % 5000);
    const page = encoder
      .encode({ words, type: 'uint32' as const, count: 700 }, { min: 0, max: 5000 })
      .slice();
    for (let length = 0; length < page.length; length++)
      expect(() =>
        decodeDelta(page.subarray(0, length), {
          words: new Int32Array(700),
          type: 'uint32',
          count: 700,
        }),
      ).toThrow(/is cut short/);
    const other = { words: new Int32Array(701), type: 'uint32' as const, count: 701 };
    expect(() => decodeDelta(page, other)).toThrow('has other blocks');
  });
});
