/**
 * 32-bit digests of what an operation asked and was told, so that six million of them fit in memory and are compared
 * with the books in one pass. A digest that differs proves a difference; one that agrees by chance hides one
 * corruption in 2^32. Where digests differ a query looks at the values themselves.
 */

/** Murmur3's finalizer: every bit of the input moves every bit of the output. */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export function add(digest: number, word: number): number {
  return mix(Math.imul(digest, 0x9e3779b1) + word);
}

/** One leg of a receipt. Legs are summed, so that their order does not matter. */
export function legDigest(
  accountLo: number,
  accountHi: number,
  balanceLo: number,
  balanceHi: number,
  version: number,
): number {
  return add(add(add(add(mix(accountLo), accountHi), balanceLo), balanceHi), version);
}

export function timestampDigest(lo: number, hi: number): number {
  return add(mix(lo ^ 0x5f3759df), hi);
}

/** Class 2, number >= 16: the accounts that shards keep for each other. */
export function isClearing(accountLo: number, accountHi: number): boolean {
  return accountHi >>> 8 === 2 && accountLo >>> 0 >= 16;
}

/** An account without the shard in it, as clients name it. */
export function namedAccountDigest(accountLo: number, accountHi: number): number {
  return add(mix(accountLo ^ 0x2545f491), accountHi & ~0xff);
}
