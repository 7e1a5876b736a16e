/** What an entry of the log says of its operation, as the digest that journal and books are compared by. */
import { ENTRY } from '../../../wire/ledger-log.js';
import { headDigest, referenceDigest } from './digest.js';

/** Of the entry at `at`. */
export function headOf(words: Int32Array, at: number): number {
  const kind = words[at + ENTRY.code / 4] >>> 24;
  const channel = (words[at + ENTRY.legs / 4] >>> 16) & 255;
  return headDigest(
    kind | (channel << 8),
    words[at + ENTRY.timeoutS / 4],
    words[at + ENTRY.amount / 4],
    words[at + ENTRY.amount / 4 + 1],
    referenceDigest(words, at + ENTRY.reference / 4),
  );
}
