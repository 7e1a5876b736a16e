/**
 * Exact arithmetic on rates and times: a fraction of whole numbers never loses a start to rounding. For what is worked
 * out once a scenario or a second; cursors work on plain numbers that were made from it.
 */

/** In lowest terms; the denominator is above 0. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };
export const ONE: Fraction = { numerator: 1n, denominator: 1n };

/** Throws RangeError where a number is not whole or the denominator is not above 0. */
export function fraction(numerator: number | bigint, denominator: number | bigint): Fraction {
  const [over, under] = [BigInt(numerator), BigInt(denominator)];
  if (under <= 0n) throw new RangeError(`a fraction over ${under}`);
  const divisor = gcd(over < 0n ? -over : over, under);
  return { numerator: over / divisor, denominator: under / divisor };
}

/** The decimal number that `value` is written as: 0.1 is a tenth, not the double nearest to it. */
export function decimal(value: number): Fraction {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', digits = ''] = mantissa.split('.');
  const power = Number(exponent) - digits.length;
  const numerator = BigInt(whole + digits);
  return power < 0
    ? fraction(numerator, 10n ** BigInt(-power))
    : fraction(numerator * 10n ** BigInt(power), 1n);
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { ...b, numerator: -b.numerator });
}

export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** `b` is above 0. */
export function over(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function isMore(a: Fraction, b: Fraction): boolean {
  return a.numerator * b.denominator > b.numerator * a.denominator;
}

/** The double next to it, or the one beside that. */
export function toNumber({ numerator, denominator }: Fraction): number {
  return Number(numerator) / Number(denominator);
}

/** Rounded up; neither is negative. */
export function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/**
 * The fraction itself where numerator and denominator stay within their bounds, else one close to it that does: the last
 * that its continued fraction has.
 */
export function within(
  { numerator, denominator }: Fraction,
  most: { readonly numerator: bigint; readonly denominator: bigint },
): Fraction {
  let [before, last]: [Fraction, Fraction] = [{ numerator: 1n, denominator: 0n }, ZERO];
  let [dividend, divisor] = [denominator, numerator];
  while (divisor !== 0n) {
    const whole = dividend / divisor;
    const next = {
      numerator: whole * last.numerator + before.numerator,
      denominator: whole * last.denominator + before.denominator,
    };
    if (next.numerator > most.numerator || next.denominator > most.denominator) break;
    [before, last] = [last, next];
    [dividend, divisor] = [divisor, dividend % divisor];
  }
  if (last.denominator === 0n) throw new RangeError(`${numerator}/${denominator} is out of bounds`);
  return last;
}

export function gcd(a: bigint, b: bigint): bigint {
  let [one, other] = [a, b];
  while (other !== 0n) [one, other] = [other, one % other];
  return one;
}
