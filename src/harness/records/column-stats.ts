/**
 * The least and the greatest value of a column in one row group, for readers that skip what they do not look for: an account,
 * a stretch of time, an id. One pass over the values as they lie, without a BigInt a value.
 */
import type { ColumnSpec } from './column-spec.js';

export interface Bounds {
  readonly min: bigint | number | string;
  readonly max: bigint | number | string;
}

/** Undefined where no row has a value. */
export function boundsOf(
  spec: ColumnSpec,
  column: { readonly words: Int32Array; readonly bytes: Uint8Array; readonly present: number },
): Bounds | undefined {
  const { words, bytes, present } = column;
  if (present === 0) return undefined;
  if (spec.values !== undefined) return namedBounds(bytes, present, spec.values);
  if (spec.type === 'uint32') return wordBounds(words, present);
  return pairBounds(words, present, spec.type === 'uint64' ? SIGN : 0);
}

/** Signed comparison of words with this bit turned is unsigned comparison. */
const SIGN = 1 << 31;
/**
 * Values looked at in one call. What is called often is compiled once and whole; what loops long in one call is compiled in the
 * middle of its loop, and thrown away at its end, as what follows was not seen yet.
 */
const STRETCH = 512;

/** Words with SIGN turned. */
interface WordRange {
  min: number;
  max: number;
}

function wordBounds(words: Int32Array, present: number): Bounds {
  const range = { min: words[0] ^ SIGN, max: words[0] ^ SIGN };
  for (let from = 0; from < present; from += STRETCH)
    widenToWords(range, words, from, Math.min(present, from + STRETCH));
  return { min: (range.min ^ SIGN) >>> 0, max: (range.max ^ SIGN) >>> 0 };
}

function widenToWords(range: WordRange, words: Int32Array, from: number, end: number): void {
  let { min, max } = range;
  for (let i = from; i < end; i++) {
    const word = words[i] ^ SIGN;
    if (word < min) min = word;
    if (word > max) max = word;
  }
  range.min = min;
  range.max = max;
}

/** High words turned by `flip`, low ones by SIGN. */
interface PairRange {
  minHi: number;
  minLo: number;
  maxHi: number;
  maxLo: number;
}

/** Low word first. `flip`: what makes the high words compare as they should. */
function pairBounds(words: Int32Array, present: number, flip: number): Bounds {
  const [hi, lo] = [words[1] ^ flip, words[0] ^ SIGN];
  const range = { minHi: hi, minLo: lo, maxHi: hi, maxLo: lo };
  for (let from = 0; from < present; from += STRETCH)
    widenToPairs(range, words.subarray(from * 2, Math.min(present, from + STRETCH) * 2), flip);
  const { minHi, minLo, maxHi, maxLo } = range;
  return {
    min: wholeOf(minHi ^ flip, minLo ^ SIGN, flip),
    max: wholeOf(maxHi ^ flip, maxLo ^ SIGN, flip),
  };
}

function widenToPairs(range: PairRange, words: Int32Array, flip: number): void {
  let { minHi, minLo, maxHi, maxLo } = range;
  for (let i = 0; i < words.length; i += 2) {
    const hi = words[i + 1] ^ flip;
    const lo = words[i] ^ SIGN;
    if (hi < minHi || (hi === minHi && lo < minLo)) {
      minHi = hi;
      minLo = lo;
    }
    if (hi > maxHi || (hi === maxHi && lo > maxLo)) {
      maxHi = hi;
      maxLo = lo;
    }
  }
  range.minHi = minHi;
  range.minLo = minLo;
  range.maxHi = maxHi;
  range.maxLo = maxLo;
}

function wholeOf(high: number, low: number, flip: number): bigint {
  return (BigInt(flip === 0 ? high : high >>> 0) << 32n) | BigInt(low >>> 0);
}

function namedBounds(
  bytes: Uint8Array,
  present: number,
  values: readonly (string | number)[],
): Bounds {
  const seen = new Uint8Array(256);
  for (let from = 0; from < present; from += STRETCH)
    mark(seen, bytes, from, Math.min(present, from + STRETCH));
  const found = values.filter((_, index) => seen[index] === 1).sort((a, b) => (a < b ? -1 : 1));
  const [min, max] = [found[0], found.at(-1)];
  if (min === undefined || max === undefined) throw new Error('an index without a word');
  return { min, max };
}

function mark(seen: Uint8Array, bytes: Uint8Array, from: number, end: number): void {
  for (let i = from; i < end; i++) seen[bytes[i]] = 1;
}
