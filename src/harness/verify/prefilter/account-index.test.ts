import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountIndex } from './account-index.js';

interface Account {
  readonly lo: number;
  readonly hi: number;
}

function indexOf(accounts: readonly Account[]): AccountIndex {
  const index = new AccountIndex();
  for (const [row, { lo, hi }] of accounts.entries()) index.enter(lo, hi, row);
  return index;
}

/** Ranges of even stride, as a ledger opens them, some of them in the same class and slot. */
const ranges = fc.array(
  fc.record({
    hi: fc.constantFrom(0, 1, 256, 257, 513, 1023),
    first: fc.integer({ min: 0, max: 5000 }),
    stride: fc.integer({ min: 1, max: 13 }),
    count: fc.integer({ min: 1, max: 60 }),
  }),
  { maxLength: 12 },
);

describe('AccountIndex', () => {
  it('finds every account that was entered, and no other', () => {
    fc.assert(
      fc.property(ranges, (opened) => {
        const rows = new Map<string, number>();
        const accounts: Account[] = [];
        for (const { hi, first, stride, count } of opened)
          for (let lo = first; lo < first + stride * count; lo += stride) {
            if (rows.has(`${hi}:${lo}`)) continue;
            rows.set(`${hi}:${lo}`, accounts.length);
            accounts.push({ lo, hi });
          }
        const index = indexOf(accounts);
        for (const { hi, first, stride, count } of opened)
          for (let lo = Math.max(0, first - 3); lo < first + stride * count + 3; lo++)
            expect(index.find(lo, hi)).toBe(rows.get(`${hi}:${lo}`) ?? -1);
      }),
      { numRuns: 200 },
    );
  });

  it('finds the accounts of a run up to the largest number, whatever the stride', () => {
    for (const stride of [9973, 65_537, 2 ** 20, 1_000_003]) {
      const count = Math.floor((2 ** 27 - 1) / stride);
      const numbers = Array.from({ length: count }, (_, step) => 1 + step * stride);
      const index = indexOf(numbers.map((lo) => ({ lo, hi: 7 })));
      expect(numbers.map((lo) => index.find(lo, 7))).toEqual(numbers.map((_, row) => row));
      expect(numbers.filter((lo) => index.find(lo - 1, 7) + index.find(lo + 1, 7) !== -2)).toEqual(
        [],
      );
    }
  });

  it('knows no account with words that none can have', () => {
    const index = indexOf([{ lo: 1, hi: 0 }]);
    for (const [lo, hi] of [
      [-1, 0],
      [1, -1],
      [1, 1024],
      [1, 2 ** 31 - 1],
    ] as const)
      expect(index.find(lo, hi)).toBe(-1);
  });

  it('refuses an account that is exported twice, in a run or beside it', () => {
    const run = [3, 5, 7, 9].map((lo) => ({ lo, hi: 0 }));
    const index = indexOf([...run, { lo: 100, hi: 0 }]);
    expect(() => index.enter(5, 0, 5)).toThrow('exported twice');
    expect(() => index.enter(100, 0, 5)).toThrow('exported twice');
    expect(() => index.enter(2 ** 27, 0, 5)).toThrow('out of the range');
    expect(() => index.enter(1, 2 ** 20, 5)).toThrow('out of the range');
  });
});
