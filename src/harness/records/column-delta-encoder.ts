/**
 * Writes the pages of column-delta.ts: one pass for the differences of a block, one for their widths, one to pack. What this
 * costs is for a good part its compilation, on every thread: so it is few functions.
 */
import { BLOCK, MINIBLOCK, MINIBLOCKS, type Range, type Words } from './column-delta.js';

/** Of a block: the varint of its least difference, its widths, and the rest of a page's head. */
const HEAD_BYTES = 48;

export class DeltaEncoder {
  readonly #rests = new Int32Array(BLOCK);
  #out = new Uint8Array(0);
  #view = new DataView(this.#out.buffer);
  #at = 0;

  /** The page's bytes; valid until the next call. `range`: of the values, for which `areNear`. */
  encode(values: Words, range: Range): Uint8Array {
    const { words, type, count } = values;
    const worst = HEAD_BYTES + Math.ceil(count / BLOCK) * (HEAD_BYTES + BLOCK * 8);
    if (this.#out.length < worst) {
      this.#out = new Uint8Array(worst);
      this.#view = new DataView(this.#out.buffer);
    }
    this.#at = 0;
    for (const head of [BLOCK, MINIBLOCKS, count]) this.#varint(head);
    this.#first(values);
    // Nothing differs: every block is its head.
    if (range.min === range.max) {
      for (let from = 1; from < count; from += BLOCK)
        for (let head = 0; head <= MINIBLOCKS; head++) this.#out[this.#at++] = 0;
      return this.#out.subarray(0, this.#at);
    }
    const step = type === 'uint32' ? 1 : 2;
    for (let from = 1; from < count; from += BLOCK) {
      const length = Math.min(BLOCK, count - from);
      const least = differences({ words, step, from, length }, this.#rests);
      this.#block(least, length);
    }
    return this.#out.subarray(0, this.#at);
  }

  /** The one number that may be greater than a double holds. */
  #first({ words, type, count }: Words): void {
    if (count === 0) {
      this.#varint(0);
      return;
    }
    const low = BigInt(words[0] >>> 0);
    const value = type === 'uint32' ? low : (BigInt(words[1]) << 32n) | low;
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    for (; rest >= 128n; rest >>= 7n) this.#out[this.#at++] = Number(rest & 127n) | 128;
    this.#out[this.#at++] = Number(rest);
  }

  /** Of the differences in `#rests`. */
  #block(least: number, length: number): void {
    const rests = this.#rests;
    const view = this.#view;
    this.#zigzag(least);
    const widthsAt = this.#at;
    view.setInt32(widthsAt, 0);
    let at = widthsAt + MINIBLOCKS;
    for (let start = 0; start < length; start += MINIBLOCK) {
      const end = Math.min(length, start + MINIBLOCK);
      let bits = 0;
      for (let i = start; i < end; i++) {
        const rest = (rests[i] - least) | 0;
        rests[i] = rest;
        bits |= rest;
      }
      const width = 32 - Math.clz32(bits);
      view.setUint8(widthsAt + start / MINIBLOCK, width);
      if (width === 0) continue;
      const next = at + ((MINIBLOCK * width) >>> 3);
      let word = 0;
      let used = 0;
      for (let i = start; i < end; i++) {
        const rest = rests[i];
        word |= rest << used;
        used += width;
        if (used < 32) continue;
        view.setInt32(at, word, true);
        at += 4;
        used -= 32;
        word = used === 0 ? 0 : rest >>> (width - used);
      }
      if (used > 0) {
        view.setInt32(at, word, true);
        at += 4;
      }
      // A miniblock is written whole, also where the values end in it: what is missing is zeros.
      if (at < next) this.#out.fill(0, at, next);
      at = next;
    }
    this.#at = at;
  }

  #zigzag(value: number): void {
    this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Up to 2^32. */
  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#out[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#out[this.#at++] = rest;
  }
}

/** Of the low words; the high ones say no more where all are near. Returns the least. */
function differences(
  { words, step, from, length }: { words: Int32Array; step: number; from: number; length: number },
  into: Int32Array,
): number {
  let previous = words[(from - 1) * step];
  let least = 0x7fffffff;
  for (let i = 0, at = from * step; i < length; i++, at += step) {
    const word = words[at];
    const difference = (word - previous) | 0;
    previous = word;
    into[i] = difference;
    if (difference < least) least = difference;
  }
  return least;
}
