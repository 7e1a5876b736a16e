import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAIR, PAIR_WORDS, Pairs } from './pairs.js';
import { Parties } from './parties.js';
import { Now } from './windows.js';

const PARTIES = 12;
const PAIRS_MAX = 20;

function listed(pairs: Pairs, party: number, first: number, next: number): number[] {
  const found: number[] = [];
  for (let pair = first; pair !== 0; pair = pairs.words.u32[pair * PAIR_WORDS + next]) {
    expect(found.length, `the list of ${party} ends`).toBeLessThan(PAIRS_MAX);
    found.push(pair);
  }
  return found;
}

describe('pairs', () => {
  it('are found and listed at both ends, whoever gave up a place to whom', () => {
    const party = fc.integer({ min: 1, max: PARTIES });
    fc.assert(
      fc.property(fc.array(fc.tuple(party, party), { maxLength: 200, size: 'max' }), (deals) => {
        const pairs = new Pairs(PAIRS_MAX, new Parties(PARTIES, 0));
        const now = new Now();
        for (const [i, [from, to]] of deals.entries()) {
          now.set(i * 1000);
          const known = pairs.find(from, to);
          const pair = known === 0 ? pairs.add(from, to, now) : known;
          pairs.words.u32[pair * PAIR_WORDS + PAIR.lastS] = now.atS;
          expect(pairs.find(from, to)).toBe(pair);
        }
        const out = new Set<number>();
        const into = new Set<number>();
        for (let one = 1; one <= PARTIES; one++) {
          const from = listed(pairs, one, pairs.firstOut(one), PAIR.nextOut);
          const to = listed(pairs, one, pairs.firstIn(one), PAIR.nextIn);
          expect([from.length, to.length]).toEqual([pairs.outDegree(one), pairs.inDegree(one)]);
          for (const pair of from) out.add(pair);
          for (const pair of to) into.add(pair);
        }
        expect([out.size, into.size]).toEqual([pairs.used, pairs.used]);
        for (const pair of out) {
          const at = pair * PAIR_WORDS;
          expect(pairs.find(pairs.words.u32[at + PAIR.from], pairs.words.u32[at + PAIR.to])).toBe(
            pair,
          );
        }
        const different = new Set(deals.map(([from, to]) => from * 100 + to)).size;
        expect(pairs.used).toBe(Math.min(different, PAIRS_MAX));
      }),
    );
  });

  it('give up the one that dealt longest ago, and count it apart when it was still in a window', () => {
    const pairs = new Pairs(3, new Parties(9, 0));
    const now = new Now();
    for (const [to, atS] of [
      [1, 0],
      [2, 90_000],
      [3, 90_001],
      [4, 90_002],
      [5, 90_003],
    ]) {
      now.set(atS);
      const pair = pairs.add(9, to, now);
      pairs.words.u32[pair * PAIR_WORDS + PAIR.lastS] = atS;
    }
    expect([1, 2, 3, 4, 5].map((to) => pairs.find(9, to) > 0)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect([pairs.evicted, pairs.evictedYoung]).toEqual([2, 1]);
  });
});
