/**
 * A party of an operation in 32 bits: a user's number, or a merchant's with the highest bit on. Numbers of users and
 * merchants have nine digits at most (accounts.ts), so no two parties have one code. A split merchant is one party, whichever of its
 * sub-accounts is meant. Pure.
 */

const MERCHANT_BIT = 0x80000000;
/** High words of the account ids of merchants: class 1, and in the lower 8 bits the slot. */
const MERCHANT_HIGH = 256;
const SYSTEM_HIGH = 512;

/** The party whose account id stands at `at`, as an int32; 0 where the id is 0. */
export function readParty(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  const number = view.getInt32(at, true);
  return high >= MERCHANT_HIGH && high < SYSTEM_HIGH ? merchantParty(number) : number;
}

export function merchantParty(number: number): number {
  return number | MERCHANT_BIT;
}
