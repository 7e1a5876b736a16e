/**
 * k6's execution segments: a drill shared out between instances (processes, hosts) that never talk to each other. The whole is a
 * sequence of lengths; each instance knows all of them and its own place, and takes the numbers that are its own:
 *
 *   sequence 0, 1/2, 3/4, 1  = lengths 2, 1, 1 of 4:   numbers  0 1 2 3 | 4 5 6 7 | ...
 *                                                       segment  a b a c | a b a c
 *
 * Within every period each segment gets as many numbers as it is long, spread evenly: number i goes to the first segment, the
 * longest first, that has not had its share of the i numbers before. Pure.
 */
import { type Fraction, fraction } from './exact.js';

/** Plain data: it is posted to worker threads and written to plan.json. */
export interface Segment {
  /** Which of the sequence. */
  readonly index: number;
  /** How long each of the sequence is, as whole numbers without a common divisor. */
  readonly lengths: readonly number[];
}

/** Every number n of the whole for which n modulo `period` is one of `offsets`, which ascend. */
export interface Numbers {
  readonly offsets: readonly number[];
  readonly period: number;
}

export const ALL_NUMBERS: Numbers = { offsets: [0], period: 1 };

/** Which numbers are the segment's. Worked out once for each segment. */
export function numbersOf(segment: Segment): Numbers {
  let numbers = NUMBERS.get(segment);
  if (numbers === undefined) {
    numbers = deal(segment);
    NUMBERS.set(segment, numbers);
  }
  return numbers;
}

const NUMBERS = new WeakMap<Segment, Numbers>();

function deal({ index, lengths }: Segment): Numbers {
  const period = lengths.reduce((sum, length) => sum + length, 0);
  const longestFirst = lengths
    .map((length, place) => ({ length, place, taken: 0 }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length);
  const offsets: number[] = [];
  for (let i = 0; i < period; i++) {
    const next = longestFirst.find(({ length, taken }) => taken * period <= i * length);
    if (next === undefined) throw new Error(`number ${i} of ${period} is nobody's`);
    next.taken++;
    if (next.place === index) offsets.push(i);
  }
  return { offsets, period };
}

/** How many of the numbers below `total` are among them. */
export function countBelow(total: number, { offsets, period }: Numbers): number {
  const rest = total % period;
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle] < rest) low = middle + 1;
    else high = middle;
  }
  return Math.floor(total / period) * offsets.length + low;
}

/** The k-th of them, from 0. */
export function numberAt(k: number, { offsets, period }: Numbers): number {
  return Math.floor(k / offsets.length) * period + offsets[k % offsets.length];
}

/** Every `of`-th of them, beginning with the `index`-th. */
export function everyNth(
  numbers: Numbers,
  { index, of }: { readonly index: number; readonly of: number },
): Numbers {
  if (index >= of || numbers.offsets.length === 0) return { offsets: [], period: numbers.period };
  const count = numbers.offsets.length / commonDivisor(numbers.offsets.length, of);
  return {
    offsets: Array.from({ length: count }, (_, k) => numberAt(index + k * of, numbers)),
    period: (numbers.period * count * of) / numbers.offsets.length,
  };
}

/** How far it is from each of them to the next; empty where there are none. */
export function gapsOf({ offsets, period }: Numbers): readonly number[] {
  return offsets.map((offset, k) => (offsets[k + 1] ?? period + offsets[0]) - offset);
}

/**
 * The segment of something that cannot be shared out finer than into `parts`: its VUs. Segments that get none have no part in
 * it, and the others get of everything what they get of the VUs, so that nothing is left undone.
 */
export function resized({ index, lengths }: Segment, parts: number): Segment {
  const counts = lengths.map((_, place) => countBelow(parts, numbersOf({ index: place, lengths })));
  return { index, lengths: inLowestTerms(counts) };
}

/** Of the whole. */
export function shareOf({ index, lengths }: Segment): Fraction {
  return fraction(
    lengths[index] ?? 0,
    lengths.reduce((sum, length) => sum + length, 0),
  );
}

export function inLowestTerms(lengths: readonly number[]): readonly number[] {
  const divisor = lengths.reduce(commonDivisor, 0);
  return lengths.map((length) => length / divisor);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
