/** Records as 32-bit words: how long one is, and copies of 64-bit fields between records and columns, low word first. */
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';

export function copyPair(from: Int32Array, at: number, to: Int32Array, index: number): void {
  to[index] = from[at];
  to[index + 1] = from[at + 1];
}

/** Whether the four words at `at` are an id rather than zeros. */
export function isId(words: Int32Array, at: number): boolean {
  return (words[at] | words[at + 1] | words[at + 2] | words[at + 3]) !== 0;
}

/** An id's words are most significant first; in a 64-bit column the low word is first. */
export function copyIdWords(
  from: Int32Array,
  at: number,
  hi: Int32Array,
  lo: Int32Array,
  index: number,
): void {
  hi[index] = from[at + 1];
  hi[index + 1] = from[at];
  lo[index] = from[at + 3];
  lo[index + 1] = from[at + 2];
}

/** The bytes, a multiple of four, as 32-bit words; a copy where they do not lie so in memory. */
export function asWords(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Int32Array(buffer, byteOffset, length / 4);
}

/** Words of the entry at `at`. */
export function entryWords(words: Int32Array, at: number): number {
  const legs = words[at + ENTRY.legs / 4] & 255;
  return (ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES) / 4;
}
