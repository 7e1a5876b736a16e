/**
 * Hands out the books: raw entries from a log sequence number on, as many whole ones as fit. Reads only batches that are
 * on disk. Whoever reads the books reads on from where it stopped, so the place of the next entry is remembered;
 * any other place is found by binary search over the batches.
 */
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';
import { BATCH_ENTRIES_AT, type BatchLog, batchParts } from './batch-log.js';

export const EXPORT_BYTES_MAX = 2 ** 20;

const NOWHERE = { lsn: -1, ordinal: 0, at: 0 };

export class EntryExport {
  readonly #log: BatchLog;
  #next = NOWHERE;

  constructor(log: BatchLog) {
    this.#log = log;
  }

  /** Fills `target`; returns how many bytes, 0 at the end. `batches`: how many are on disk. Throws StoreError. */
  read(fromLsn: number, batches: number, target: Buffer): number {
    const start = this.#next.lsn === fromLsn ? this.#next : this.#seek(fromLsn, batches);
    let { lsn, ordinal, at } = start;
    let bytes = 0;
    while (ordinal < batches) {
      const batch = this.#log.batch(ordinal);
      const { view, entriesEnd } = batchParts(batch);
      const from = at;
      while (at < entriesEnd) {
        const next = at + entryBytes(view, at);
        if (bytes + next - from > target.byteLength) break;
        at = next;
        lsn++;
      }
      target.set(batch.subarray(from, at), bytes);
      bytes += at - from;
      if (at < entriesEnd) break;
      ordinal++;
      at = BATCH_ENTRIES_AT;
    }
    this.#next = bytes > 0 ? { lsn, ordinal, at } : NOWHERE;
    return bytes;
  }

  #seek(lsn: number, batches: number): { lsn: number; ordinal: number; at: number } {
    let low = 0;
    let high = batches - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (batchParts(this.#log.batch(middle)).firstLsn <= lsn) low = middle;
      else high = middle - 1;
    }
    if (batches === 0) return { lsn, ordinal: 0, at: BATCH_ENTRIES_AT };
    const { view, firstLsn, entries } = batchParts(this.#log.batch(low));
    if (lsn >= firstLsn + entries) return { lsn, ordinal: batches, at: BATCH_ENTRIES_AT };
    let at = BATCH_ENTRIES_AT;
    for (let i = firstLsn; i < lsn; i++) at += entryBytes(view, at);
    return { lsn, ordinal: low, at };
  }
}

function entryBytes(view: DataView, at: number): number {
  return ENTRY_HEAD_BYTES + view.getUint8(at + ENTRY.legs) * ENTRY_LEG_BYTES;
}
