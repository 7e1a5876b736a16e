/**
 * 32-bit digests of what an operation asked and was told, so that six million of them fit in memory and are compared
 * with the books in one pass. A digest that differs proves a difference; one that agrees by chance hides one
 * corruption in 2^32. Where digests differ a query looks at the values themselves.
 *
 * Each word has a multiplier of its own (odd, from the fractions of square roots), so that the products are
 * independent of each other and one finalizer does for all of them.
 */

/** Murmur3's finalizer: every bit of the input moves every bit of the output. */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** One leg of a receipt. Legs are summed, so that their order does not matter. */
export function legDigest(
  accountLo: number,
  accountHi: number,
  balanceLo: number,
  balanceHi: number,
  version: number,
): number {
  return mix(
    (Math.imul(accountLo, 0x6a09e667) +
      Math.imul(accountHi, 0x3b67ae85) +
      Math.imul(balanceLo, 0x3c6ef373) +
      Math.imul(balanceHi, 0x254ff53b) +
      Math.imul(version, 0x510e527f)) |
      0,
  );
}

/** One leg of an entry. Legs are summed. */
export function postingDigest(
  accountLo: number,
  accountHi: number,
  postingLo: number,
  postingHi: number,
): number {
  return mix(
    (Math.imul(accountLo, 0x1f83d9ab) +
      Math.imul(accountHi, 0x5be0cd19) +
      Math.imul(postingLo, 0x2bb4187d) +
      Math.imul(postingHi, 0x629a292b)) |
      0,
  );
}

/** What an entry says of its operation. `kindAndChannel`: kind, and channel * 256. */
export function headDigest(
  kindAndChannel: number,
  timeoutS: number,
  amountLo: number,
  amountHi: number,
  reference: number,
): number {
  return (
    (Math.imul(kindAndChannel + 1, 0x67332667) +
      Math.imul(timeoutS, 0x1b05688d) +
      Math.imul(amountLo, 0x0eb44a87) +
      Math.imul(amountHi, 0x5b0c2e0d) +
      reference) |
    0
  );
}

/** Where an entry is: its shard, its role (COMMAND_FLAG), and the shard on the other side. */
export function placeOf(shard: number, role: number, peer: number): number {
  return (shard << 16) | (role << 8) | peer;
}

/** An account that an entry moves for somebody. */
export function ownerDigest(accountLo: number, accountHi: number): number {
  return (Math.imul(accountLo, 0x77044069) + Math.imul(accountHi, 0x38195f43)) | 0;
}

/** A whole entry: whose money it moves and who is paid (`ownerDigest`; 0 = nobody here), as its head says, at this place. */
export function entryDigest(head: number, owner: number, payee: number, place: number): number {
  return mix((head + owner + Math.imul(payee, 0x3e3f7c2f) + Math.imul(place + 1, 0x76a8d1b5)) | 0);
}

export function timestampDigest(lo: number, hi: number): number {
  return mix((Math.imul(lo, 0x1159015b) + Math.imul(hi, 0x152fecd9)) | 0);
}

/** What an operation asks, but for reference and account. */
export function askedDigest(kind: number, amountLo: number, amountHi: number): number {
  return (
    (Math.imul(kind + 1, 0x67332667) +
      Math.imul(amountLo, 0x0eb44a87) +
      Math.imul(amountHi, 0x5b0c2e0d)) |
    0
  );
}

/** The id an operation refers to, to be added to what it asks; zeros are an id too. */
export function referenceDigest(words: Int32Array, at: number): number {
  const word0 = words[at];
  const word1 = words[at + 1];
  const word2 = words[at + 2];
  const word3 = words[at + 3];
  // Most refer to nothing: what follows makes 0 of it too.
  if ((word0 | word1 | word2 | word3) === 0) return 0;
  return mix(
    (Math.imul(word0, 0x47b5481d) +
      Math.imul(word1, 0x0efa4fa5) +
      Math.imul(word2, 0x64f98fa7) +
      Math.imul(word3, 0x3e8d9ce9)) |
      0,
  );
}

/** Adds the account: the whole body. */
export function bodyDigest(digest: number, accountLo: number, accountHi: number): number {
  return mix((digest + ownerDigest(accountLo, accountHi)) | 0);
}

/** An account without the shard in it, as clients name it. */
export function namedAccountDigest(accountLo: number, accountHi: number): number {
  return mix((Math.imul(accountLo, 0x4bf5b6f1) + Math.imul(accountHi & ~0xff, 0x1d4ed4a3) + 1) | 0);
}
