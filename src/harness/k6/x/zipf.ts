/**
 * Draws ranks 1..n with probability proportional to 1 / rank^s, by rejection-inversion (W. Hoermann, G. Derflinger,
 * "Rejection-inversion to generate variates from monotone discrete distributions", ACM TOMACS 6(3), 1996). It
 * needs no table, whatever n, and takes 1.1 attempts on average.
 *
 * The area under h(x) = x^-s between 1/2 and n + 1/2 covers the histogram of the probabilities. A point of
 * that area, drawn by inverting H (the integral of h), is rounded to a rank and refused where it lies in
 * the part that sticks out.
 */
import type { Random } from '../../entropy/random.js';

export interface Zipf {
  readonly ranks: number;
  /** s >= 0; 0 is uniform. */
  readonly exponent: number;
  readonly areaFirst: number;
  readonly areaLast: number;
  /** Closer than this to its rank from below, a point needs no check. */
  readonly sureWithin: number;
}

export function zipf(ranks: number, exponent: number): Zipf {
  return {
    ranks,
    exponent,
    areaFirst: area(1.5, exponent) - 1,
    areaLast: area(ranks + 0.5, exponent),
    sureWithin: 2 - areaInverse(area(2.5, exponent) - height(2, exponent), exponent),
  };
}

export function drawZipf(shape: Zipf, random: Random): number {
  const { exponent } = shape;
  for (;;) {
    const u = shape.areaLast + random.nextFloat() * (shape.areaFirst - shape.areaLast);
    const x = areaInverse(u, exponent);
    const rank = Math.min(shape.ranks, Math.max(1, Math.round(x)));
    if (rank - x <= shape.sureWithin || u >= area(rank + 0.5, exponent) - height(rank, exponent))
      return rank;
  }
}

function height(x: number, s: number): number {
  return s === 1 ? 1 / x : x ** -s;
}

/** The integral of x^-s from 1 to x. */
function area(x: number, s: number): number {
  return s === 1 ? Math.log(x) : (x ** (1 - s) - 1) / (1 - s);
}

function areaInverse(y: number, s: number): number {
  return s === 1 ? Math.exp(y) : Math.max(0, y * (1 - s) + 1) ** (1 / (1 - s));
}
