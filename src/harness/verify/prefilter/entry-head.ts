/** What an entry of the log says of its operation, as the digest that journal and books are compared by. */
import { detailWord, idDetails } from '../../../products/details.js';
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

/** `detailWord` of the entry at `at`. */
export function detailsOf(words: Int32Array, at: number): number {
  const [own, earlier] = [words[at + ENTRY.id / 4 + 1], words[at + ENTRY.reference / 4 + 1]];
  return detailWord(idDetails(own), idDetails(earlier));
}
