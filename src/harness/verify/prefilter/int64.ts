/** The 64-bit integer that lies at `at`, low word first; exact where its size is within 2^53 (exact-range.ts). */
export function int64(words: Int32Array, at: number): number {
  return words[at + 1] * 4294967296 + (words[at] >>> 0);
}
