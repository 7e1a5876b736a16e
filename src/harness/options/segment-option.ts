/**
 * `executionSegment` and `executionSegmentSequence`, as k6 writes them: `1/4:1/2` is the part between two places of the whole, a
 * place being a fraction, a decimal number or a percentage; `0,1/4,1/2,1` are the places at which the parts of all instances
 * meet. Where no sequence is given, what is left over on both sides is one part each.
 */
import {
  decimal,
  type Fraction,
  fraction,
  gcd,
  isMore,
  minus,
  ONE,
  ZERO,
} from '../schedule/exact.js';
import { inLowestTerms, type Segment } from '../schedule/segment.js';
import { ScriptConfigError } from './errors.js';

export interface SegmentWords {
  readonly executionSegment?: string | undefined;
  readonly executionSegmentSequence?: string | undefined;
}

/** Those that are given, as options of a script. */
export function segmentOptions(words: SegmentWords): SegmentWords {
  const { executionSegment, executionSegmentSequence } = words;
  return {
    ...(executionSegment === undefined ? {} : { executionSegment }),
    ...(executionSegmentSequence === undefined ? {} : { executionSegmentSequence }),
  };
}

/** A finer sequence is a slip of the pen: numbers are dealt out in rounds of as many. */
const LENGTHS_MOST = 1_000_000n;

/** Undefined: the whole. Throws ScriptConfigError. `where` names the script. */
export function parseSegment(words: SegmentWords, where: string): Segment | undefined {
  const { executionSegment: segment, executionSegmentSequence: sequence } = words;
  const refuse = (what: string, wanted: string, text: string): never => {
    throw new ScriptConfigError(`${where}: ${what} must be ${wanted}, got ${JSON.stringify(text)}`);
  };
  if (segment === undefined || segment === '') {
    if (sequence === undefined || sequence === '') return undefined;
    return refuse('executionSegmentSequence', 'given with an executionSegment', sequence);
  }
  const refuseSegment = (): never =>
    refuse('executionSegment', `from:to as "1/4:1/2", with 0 <= from < to <= 1`, segment);
  const ends = segment.split(':');
  const [from, to] =
    ends.length === 1 ? [ZERO, placeOf(ends[0])] : [placeOf(ends[0], ZERO), placeOf(ends[1], ONE)];
  if (ends.length > 2 || from === undefined || to === undefined || !isMore(to, from))
    return refuseSegment();
  const places =
    sequence === undefined || sequence === ''
      ? [ZERO, from, to, ONE]
      : sequence.split(',').map((text) => placeOf(text));
  if (!areAscending(places))
    return refuse(
      'executionSegmentSequence',
      'places that ascend as "0,1/4,1/2,1"',
      sequence ?? '',
    );
  const all = distinct([ZERO, ...places, ONE]);
  const index = all.findIndex((place) => isSame(place, from));
  if (index < 0 || !isSame(all[index + 1] ?? ZERO, to))
    return refuse('executionSegment', `one of the parts of the sequence ${sequence}`, segment);
  const lengths =
    wholeLengths(all) ??
    refuse(
      'executionSegment',
      'of a sequence whose parts have a common denominator up to a million',
      sequence ?? segment,
    );
  return lengths.length === 1 ? undefined : { index, lengths };
}

/** `1/4`, `0.25`, `25%`; undefined where it is none of these or beyond 0 to 1. */
function placeOf(text: string, otherwise?: Fraction): Fraction | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return otherwise;
  const place = fractionOf(trimmed);
  return place === undefined || isMore(place, ONE) ? undefined : place;
}

function fractionOf(text: string): Fraction | undefined {
  const [, numerator, denominator] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (numerator !== undefined)
    return Number(denominator) === 0 ? undefined : fraction(Number(numerator), Number(denominator));
  const [, number, percent] = /^(\d{1,9}(?:\.\d{1,9})?)(%?)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const { numerator: over, denominator: under } = decimal(Number(number));
  return fraction(over, percent === '' ? under : under * 100n);
}

function areAscending(places: readonly (Fraction | undefined)[]): places is readonly Fraction[] {
  return places.every((place, at) => {
    const before = places[at - 1];
    return place !== undefined && (at === 0 || (before !== undefined && !isMore(before, place)));
  });
}

function distinct(places: readonly Fraction[]): readonly Fraction[] {
  return places.filter((place, at) => at === 0 || !isSame(place, places[at - 1]));
}

function isSame(a: Fraction, b: Fraction): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}

/** From each place to the next, in parts of their common denominator. */
function wholeLengths(places: readonly Fraction[]): readonly number[] | undefined {
  let denominator = 1n;
  for (const place of places) {
    denominator = (denominator * place.denominator) / gcd(denominator, place.denominator);
    if (denominator > LENGTHS_MOST) return undefined;
  }
  const lengths = places.slice(1).map((place, at) => {
    const length = minus(place, places[at]);
    return Number((length.numerator * denominator) / length.denominator);
  });
  return inLowestTerms(lengths);
}
