/**
 * Chance that one seed reproduces. Each (proxy, toxic, connection) has its own stream, derived by hashing and
 * not by drawing from one shared generator: what happens on one connection never shifts another's dice.
 * (Toxiproxy's -seed has had no effect since 2.9.0.)
 */

/** A generator of numbers in [0, 1). */
export type Random = () => number;

/** FNV-1a over the parts, finished with murmur3's mixer: a 32-bit number that depends on every part. */
export function hashParts(seed: number, parts: readonly (string | number)[]): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  const text = parts.join('\u0000');
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return mix(hash);
}

/** Mulberry32 (Tommy Ettinger, public domain). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

function mix(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
