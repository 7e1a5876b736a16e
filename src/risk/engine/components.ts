/**
 * Who hangs together by transfers and shared devices: a forest over the records of parties (union by size, paths halved). It only
 * grows: what forgot is the pairs, not this.
 */
import { PARTY, PARTY_WORDS, type Parties } from './parties.js';

export function componentOf(parties: Parties, party: number): number {
  const { u32 } = parties.words;
  let one = party;
  for (;;) {
    const parent = u32[one * PARTY_WORDS + PARTY.parent];
    if (parent === one) return one;
    const above = u32[parent * PARTY_WORDS + PARTY.parent];
    u32[one * PARTY_WORDS + PARTY.parent] = above;
    one = above;
  }
}

/** Users in the component of this one; 1 for one that never dealt. */
export function componentSize(parties: Parties, party: number): number {
  if (parties.words.u32[party * PARTY_WORDS + PARTY.size] === 0) return 1;
  return parties.words.u32[componentOf(parties, party) * PARTY_WORDS + PARTY.size];
}

export function unite(parties: Parties, one: number, other: number): void {
  const { u32 } = parties.words;
  const a = componentOf(parties, one);
  const b = componentOf(parties, other);
  if (a === b) return;
  const sizeA = u32[a * PARTY_WORDS + PARTY.size];
  const sizeB = u32[b * PARTY_WORDS + PARTY.size];
  const [root, child] = sizeA >= sizeB ? [a, b] : [b, a];
  u32[child * PARTY_WORDS + PARTY.parent] = root;
  u32[root * PARTY_WORDS + PARTY.size] = sizeA + sizeB;
}
