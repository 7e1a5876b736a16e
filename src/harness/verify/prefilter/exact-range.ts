/**
 * Numbers are read as doubles, which hold every integer up to 2^53. Whatever has a size of 2^51 or more is refused, so that
 * the sum of the four legs of an entry is exact too; the queries, which count in 64 and 128 bits, judge then.
 */

/** Raised where the files hold something that this scan cannot judge exactly; the queries judge then. */
export class UnscannableError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnscannableError';
  }
}

/** The bits of a 64-bit integer's high word that matter for its size; OR them together and ask `refuseLarge` once. */
export function sizeBits(high: number): number {
  return high ^ (high >> 31);
}

/** Throws UnscannableError where one of the integers has a size of 2^51 or more. */
export function refuseLarge(bits: number): void {
  if (bits >>> 19 !== 0) throw new UnscannableError('a number is too large to be scanned exactly');
}

/** Throws UnscannableError where a sum has left the integers that a double holds. */
export function refuseInexact(sum: number): void {
  if (sum > Number.MAX_SAFE_INTEGER || sum < Number.MIN_SAFE_INTEGER)
    throw new UnscannableError('a sum is too large to be scanned exactly');
}
