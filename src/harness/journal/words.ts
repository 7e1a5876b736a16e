/** Copies of 64-bit fields between records and columns, as pairs of 32-bit words, low word first. */

export function copyPair(from: Int32Array, at: number, to: Int32Array, index: number): void {
  to[index] = from[at] ?? 0;
  to[index + 1] = from[at + 1] ?? 0;
}

/** Whether the four words at `at` are an id rather than zeros. */
export function isId(words: Int32Array, at: number): boolean {
  return (
    ((words[at] ?? 0) | (words[at + 1] ?? 0) | (words[at + 2] ?? 0) | (words[at + 3] ?? 0)) !== 0
  );
}

/** An id's words are most significant first; in a 64-bit column the low word is first. */
export function copyIdWords(
  from: Int32Array,
  at: number,
  hi: Int32Array,
  lo: Int32Array,
  index: number,
): void {
  hi[index] = from[at + 1] ?? 0;
  hi[index + 1] = from[at] ?? 0;
  lo[index] = from[at + 3] ?? 0;
  lo[index + 1] = from[at + 2] ?? 0;
}
