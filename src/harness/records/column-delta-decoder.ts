/** Reads the pages of column-delta.ts, and only those: what is not one is refused, and nothing is read past its end. */
import { BLOCK, MINIBLOCK, MINIBLOCKS, WIDTH_MAX, type Words } from './column-delta.js';
import { UnreadableColumnsError } from './unreadable.js';

/** Puts the values of a page into `into`. Throws UnreadableColumnsError where it is not a page of `into.count` values. */
export function decodeDelta(page: Uint8Array, into: Words): void {
  const { words, type, count } = into;
  const reader = new PageReader(page);
  const { view } = reader;
  const head = [reader.varint(), reader.varint(), reader.varint()];
  if (head[0] !== BLOCK || head[1] !== MINIBLOCKS || head[2] !== count)
    throw new UnreadableColumnsError('has other blocks');
  const first = reader.first();
  const last: Pair = { low: wordOf(first), high: wordOf(first >> 32n) };
  if (count > 0) putFirst(into, last);
  for (let from = 1; from < count; from += BLOCK) {
    const least = reader.zigzag();
    const widthsAt = reader.skip(MINIBLOCKS);
    if (least === 0 && view.getInt32(widthsAt) === 0) {
      repeat(into, from, Math.min(count, from + BLOCK), last);
      continue;
    }
    for (let m = 0; m < MINIBLOCKS; m++) {
      const width = view.getUint8(widthsAt + m);
      if (width > WIDTH_MAX) throw new UnreadableColumnsError('has wider blocks');
      const at = reader.skip((MINIBLOCK * width) >>> 3);
      const start = from + m * MINIBLOCK;
      const miniblock = { view, at, start, end: Math.min(count, start + MINIBLOCK), width, least };
      const add = type === 'uint32' ? addWords : addPairs;
      add(miniblock, words, last);
    }
  }
}

/** A 64-bit value in two words. */
interface Pair {
  low: number;
  high: number;
}

/** The values from `start` to `end`, packed from byte `at` on. */
interface Miniblock {
  readonly view: DataView;
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly width: number;
  readonly least: number;
}

function putFirst({ words, type }: Words, { low, high }: Pair): void {
  words[0] = low;
  if (type !== 'uint32') words[1] = high;
}

/** A block in which nothing differs. */
function repeat({ words, type }: Words, start: number, end: number, { low, high }: Pair): void {
  if (type === 'uint32') {
    words.fill(low, start, end);
    return;
  }
  for (let i = start * 2; i < end * 2; i += 2) {
    words[i] = low;
    words[i + 1] = high;
  }
}

function wordOf(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** One word a value: what overflows on the way comes back. */
function addWords(miniblock: Miniblock, words: Int32Array, last: Pair): void {
  const { view, at, start, end, width } = miniblock;
  const mask = maskOf(width);
  const least = miniblock.least | 0;
  let { low } = last;
  let bit = at * 8;
  for (let i = start; i < end; i++, bit += width) {
    low = (low + least + (wordAt(view, bit) & mask)) | 0;
    words[i] = low;
  }
  last.low = low;
}

/** Two words a value, differences of one: the low words are added, and what they carry goes to the high one. */
function addPairs(miniblock: Miniblock, words: Int32Array, last: Pair): void {
  const { view, at, start, end, width } = miniblock;
  const mask = maskOf(width);
  const least = miniblock.least | 0;
  let { low, high } = last;
  let bit = at * 8;
  for (let i = start * 2; i < end * 2; i += 2, bit += width) {
    const difference = (least + (wordAt(view, bit) & mask)) | 0;
    const sum = (low + difference) | 0;
    const carry = ((low & difference) | ((low | difference) & ~sum)) >>> 31;
    high = (high + (difference >> 31) + carry) | 0;
    low = sum;
    words[i] = low;
    words[i + 1] = high;
  }
  last.low = low;
  last.high = high;
}

/** The lowest `width` bits of a word. */
function maskOf(width: number): number {
  return width === 0 ? 0 : (-1 >>> (32 - width)) | 0;
}

/** The 32 bits from `bit` on. */
function wordAt(view: DataView, bit: number): number {
  const at = bit >>> 3;
  const shift = bit & 7;
  return (view.getInt32(at, true) >>> shift) | ((view.getUint8(at + 4) << 1) << (31 - shift));
}

/** What `wordAt` may read behind the last value. */
const PADDING = 8;

class PageReader {
  readonly view: DataView;
  readonly #length: number;
  #at = 0;

  constructor(page: Uint8Array) {
    const padded = new Uint8Array(page.length + PADDING);
    padded.set(page);
    this.view = new DataView(padded.buffer);
    this.#length = page.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 56; scale *= 128) {
      const byte = this.view.getUint8(this.skip(1));
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new UnreadableColumnsError('has a number too long');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Signed, of up to 64 bits. */
  first(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.view.getUint8(this.skip(1));
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new UnreadableColumnsError('has a number too long');
  }

  /** Where the bytes begin that it goes past. */
  skip(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#length) throw new UnreadableColumnsError('is cut short');
    this.#at = at + bytes;
    return at;
  }
}
