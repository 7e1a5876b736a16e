/** Copies of 64-bit fields between records and columns, as pairs of 32-bit words, low word first. */

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
