/**
 * The one seam between the ledger and whatever keeps its batches: append a batch and hear when it is on disk,
 * read batches back in order, close. The ledger hands over whole batches and never single entries; a store
 * knows nothing of accounts or money.
 *
 *   batch   0 crc32    u32   over everything behind it           } BATCH_HEAD_BYTES, left free by
 *           4 bytes    u32   of the whole batch, head included   } the caller and filled in by
 *           8 ordinal  u64   0, 1, 2 ... without a hole          } the store
 *          16 content
 *
 * A store refuses: a damaged or missing batch (StoreError on reading), a second writer, and to go on after a
 * write that failed: the caller stops, so that nothing is ever acknowledged that is not on disk.
 */
import { crc32 } from 'node:zlib';
import { readUint64, writeUint64 } from '../../wire/bytes.js';

export const BATCH_HEAD_BYTES = 16;

export interface Store {
  /** Batches on disk; the next one gets this ordinal. */
  readonly batches: number;
  /**
   * Resolves when the batch is on disk (fsync done). `batch` begins with BATCH_HEAD_BYTES for the store to fill
   * and must stay untouched until then. Rejects with StoreError; one append at a time.
   */
  append(batch: Uint8Array): Promise<void>;
  /** The batch with its head, checked; a view that is valid until the next call. Throws StoreError. */
  read(ordinal: number): Uint8Array;
  /** The same without the checksum, for a batch this process has read or written before. Throws StoreError. */
  reread(ordinal: number): Uint8Array;
  close(): Promise<void>;
}

/** One line: what was attempted, where, and what the system said. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** Fills in the head of a batch that is about to be written. */
export function sealBatch(batch: Uint8Array, ordinal: number): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  view.setUint32(4, batch.byteLength, true);
  writeUint64(view, 8, ordinal);
  view.setUint32(0, crc32(batch.subarray(4)), true);
}

/** What is wrong with a batch that was read back, or undefined. `checksum`: whether to compute it. */
export function batchDamage(
  batch: Uint8Array,
  ordinal: number,
  checksum: boolean,
): string | undefined {
  if (batch.byteLength < BATCH_HEAD_BYTES) return `it has ${batch.byteLength} bytes`;
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const bytes = view.getUint32(4, true);
  if (bytes !== batch.byteLength) return `it has ${batch.byteLength} bytes and says ${bytes}`;
  if (checksum && view.getUint32(0, true) !== crc32(batch.subarray(4))) {
    return 'its checksum does not match';
  }
  const said = readUint64(view, 8);
  return said === ordinal ? undefined : `it says it is batch ${said}`;
}
