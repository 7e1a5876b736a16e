/**
 * Rates in whole numbers: so many iterations per time unit. A scaled rate stays exact, because the time unit takes what
 * the scale divides by: 30 per 1 s times 7/18 is 35 per 3 s, where 11.666 would lose a start sooner or later.
 */
import { type Fraction, fraction, gcd, within } from './exact.js';

/** Two such numbers add up exactly in a double. */
const WHOLE_MAX = 2n ** 52n;

/** Rates that share a time unit. */
export interface Rates {
  readonly counts: readonly number[];
  readonly timeUnitUs: number;
}

/**
 * All rates times `scale`: exactly, unless that takes numbers above WHOLE_MAX (the scale would have to divide by a number
 * of ten digits); then times a fraction next to it.
 */
export function scaledRates({ counts, timeUnitUs }: Rates, scale: Fraction): Rates {
  const whole = counts.map(BigInt);
  const shared = whole.reduce(gcd, scale.denominator);
  const highest = BigInt(Math.max(1, ...counts));
  const { numerator, denominator } = within(fraction(scale.numerator, scale.denominator / shared), {
    numerator: (WHOLE_MAX * shared) / highest,
    denominator: WHOLE_MAX / BigInt(timeUnitUs),
  });
  return {
    counts: whole.map((count) => Number((count / shared) * numerator)),
    timeUnitUs: timeUnitUs * Number(denominator),
  };
}
