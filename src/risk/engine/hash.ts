/** Words to places of a table whose length is a power of two (finalizer of MurmurHash3). */

export function hashWord(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function hashTwo(first: number, second: number): number {
  return hashWord(Math.imul(first, 0x9e3779b1) ^ (Math.imul(second, 0x27d4eb2f) + 0x165667b1));
}

/** Length of a table of which `entries` fill at most a half. */
export function tableLength(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(entries, 1) * 2));
}
