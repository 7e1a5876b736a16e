/**
 * Records in blocks, each compressed by itself: first bytes of all, then second bytes of all, and so on, as zstd at its fastest level sees
 * little in records and much in their columns (invokes 12 bytes each and completions 18, where as they lie it is 19 and 29; all that is
 * more clever was slower and no smaller). A block is 16 bytes and then one zstd frame:
 *
 *    0  stored    u32   bytes of the frame
 *    4  records   u32   how many; all blocks of a file but its last have as many
 *    8  legs      u32   entries: of all of them together; other kinds 0
 *   12  reserved  u32
 *
 * Entries are of any length: their heads come first, and then the legs of all.
 */
import { LEGS_MAX } from '../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';
import { RecordsError } from './unreadable.js';
import { asWords, entryWords } from './words.js';
import { unzstd, zstd } from './zstd.js';

export const BLOCK_HEAD_BYTES = 16;
/** Small: whoever wants one record unpacks so many. */
export const BLOCK_RECORDS = 1024;

export interface BlockHead {
  readonly storedBytes: number;
  readonly records: number;
  readonly legs: number;
}

/** A whole block of fixed-width records. */
export function packedRecords(bytes: Uint8Array, recordBytes: number): Uint8Array {
  const shuffled = new Uint8Array(bytes.length);
  shuffle(asWords(bytes), { stride: recordBytes, into: shuffled });
  return block(shuffled, { records: bytes.length / recordBytes, legs: 0 });
}

/** A whole block of entries, whose legs together are `legs`. */
export function packedEntries(
  bytes: Uint8Array,
  { records, legs }: Pick<BlockHead, 'records' | 'legs'>,
): Uint8Array {
  const words = asWords(bytes);
  const heads = new Int32Array(records * HEAD_WORDS);
  const tails = new Int32Array(legs * LEG_WORDS);
  let [head, tail] = [0, 0];
  for (let at = 0; at < words.length; ) {
    const legsAt = at + HEAD_WORDS;
    const end = at + entryWords(words, at);
    while (at < legsAt) heads[head++] = words[at++];
    while (at < end) tails[tail++] = words[at++];
  }
  const shuffled = new Uint8Array(bytes.length);
  shuffle(heads, { stride: ENTRY_HEAD_BYTES, into: shuffled });
  const behind = shuffled.subarray(records * ENTRY_HEAD_BYTES);
  shuffle(tails, { stride: ENTRY_LEG_BYTES, into: behind });
  return block(shuffled, { records, legs });
}

export function readBlockHead(bytes: Uint8Array): BlockHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [storedBytes, records, legs] = [0, 4, 8].map((at) => view.getUint32(at, true));
  return { storedBytes, records, legs };
}

/** The records of a block in their layout. `path` names the file in RecordsError, which is thrown where they are not in it. */
export function unpackedRecords(
  frame: Uint8Array,
  { records, recordBytes, path }: { records: number; recordBytes: number; path: string },
): Uint8Array {
  const bytes = unpacked(frame, records * recordBytes, path);
  return new Uint8Array(unshuffled(bytes, recordBytes).buffer);
}

/** The same of entries, as words. */
export function unpackedEntries(
  frame: Uint8Array,
  { records, legs, path }: { records: number; legs: number; path: string },
): Int32Array {
  const headBytes = records * ENTRY_HEAD_BYTES;
  if (legs > records * LEGS_MAX)
    throw new RecordsError(`${path} has a block of ${legs} legs for ${records} entries`);
  const bytes = unpacked(frame, headBytes + legs * ENTRY_LEG_BYTES, path);
  const heads = unshuffled(bytes.subarray(0, headBytes), ENTRY_HEAD_BYTES);
  const tails = unshuffled(bytes.subarray(headBytes), ENTRY_LEG_BYTES);
  const words = new Int32Array(bytes.length / 4);
  let [at, tail] = [0, 0];
  for (let head = 0; head < heads.length; ) {
    const count = heads[head + ENTRY.legs / 4] & 255;
    const tailEnd = tail + count * LEG_WORDS;
    if (count > LEGS_MAX || tailEnd > tails.length) break;
    const headEnd = head + HEAD_WORDS;
    while (head < headEnd) words[at++] = heads[head++];
    while (tail < tailEnd) words[at++] = tails[tail++];
  }
  if (at === words.length) return words;
  throw new RecordsError(`${path} has a block whose legs and entries do not agree`);
}

const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;

function block(
  shuffled: Uint8Array,
  { records, legs }: Pick<BlockHead, 'records' | 'legs'>,
): Uint8Array {
  const frame = zstd(shuffled);
  const whole = new Uint8Array(BLOCK_HEAD_BYTES + frame.length);
  const view = new DataView(whole.buffer);
  for (const [index, value] of [frame.length, records, legs].entries())
    view.setUint32(index * 4, value, true);
  whole.set(frame, BLOCK_HEAD_BYTES);
  return whole;
}

function unpacked(frame: Uint8Array, bytes: number, path: string): Uint8Array {
  if (bytes === 0) throw new RecordsError(`${path} has an empty block`);
  try {
    return unzstd(frame, bytes);
  } catch (cause) {
    throw new RecordsError(`${path} cannot be decompressed: ${String(cause)}`);
  }
}

/** Words of records, and their bytes by column; `stride`: bytes of a record, a multiple of four. */
interface Shuffling {
  readonly stride: number;
  readonly into: Uint8Array;
}

/** A word at a time: four columns are written for each that is read. */
function shuffle(words: Int32Array, { stride, into }: Shuffling): void {
  const step = stride / 4;
  const records = words.length / step;
  for (let column = 0; column < step; column++) {
    let to = column * 4 * records;
    for (let at = column; at < words.length; at += step, to++) {
      const word = words[at];
      into[to] = word;
      into[to + records] = word >>> 8;
      into[to + 2 * records] = word >>> 16;
      into[to + 3 * records] = word >>> 24;
    }
  }
}

function unshuffled(bytes: Uint8Array, stride: number): Int32Array {
  const words = new Int32Array(bytes.length / 4);
  const step = stride / 4;
  const records = words.length / step;
  for (let column = 0; column < step; column++) {
    let from = column * 4 * records;
    for (let at = column; at < words.length; at += step, from++)
      words[at] =
        bytes[from] |
        (bytes[from + records] << 8) |
        (bytes[from + 2 * records] << 16) |
        (bytes[from + 3 * records] << 24);
  }
  return words;
}
