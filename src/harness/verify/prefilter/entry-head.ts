/** What an entry of the log says of its operation, as the digest that journal and books are compared by. */
import { ENTRY } from '../../../wire/ledger-log.js';
import { headDigest, referenceDigest } from './digest.js';

/** Of the entry at `at`, taken for one of this amount. */
export function headOf(words: Int32Array, at: number, amountLo: number, amountHi: number): number {
  const kind = words[at + ENTRY.code / 4] >>> 24;
  const channel = (words[at + ENTRY.legs / 4] >>> 16) & 255;
  const reference = referenceDigest(words, at + ENTRY.reference / 4);
  return headDigest(
    kind | (channel << 8),
    words[at + ENTRY.timeoutS / 4],
    amountLo,
    amountHi,
    reference,
  );
}
