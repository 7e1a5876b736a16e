/**
 * The one seam between the ledger and whatever keeps its batches: append a batch and hear when it is on disk,
 * read batches back in order, close. The ledger hands over whole batches and never single entries; a store
 * knows nothing of accounts or money.
 *
 * Beside the batches it keeps values that are derived from them, by key. Those that come with a batch are on disk with it or
 * not at all. They spare time and are never the truth: whoever finds one wanting clears them all and reads the batches.
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
   * and must stay untouched until then, like what is derived. Rejects with StoreError; one append at a time.
   */
  append(batch: Uint8Array, derived?: readonly Derived[]): Promise<void>;
  /** The batch with its head, checked; a view that is valid until the next call. Throws StoreError. */
  read(ordinal: number): Uint8Array;
  /** The same without the checksum, for a batch this process has read or written before. Throws StoreError. */
  reread(ordinal: number): Uint8Array;
  /**
   * Whether what is derived was written with a batch that is there as it was then: false for a log that lost or changed its
   * tail, for derived values that were damaged or left half rebuilt, and where there are none.
   */
  derivedFollows(): boolean;
  /**
   * A derived value, checked; a view that is valid until the next call. Undefined: none. Throws StoreError for a damaged one:
   * nothing that is derived counts as following then.
   */
  derived(key: Uint8Array): Uint8Array | undefined;
  /** Keeps values at once, without a batch; they do not count as following before `derivedFollow`. Throws StoreError. */
  putDerived(derived: readonly Derived[]): void;
  /** What is derived follows from all batches there are. */
  derivedFollow(): void;
  clearDerived(): void;
  close(): Promise<void>;
}

/** `value` begins with DERIVED_HEAD_BYTES for the store to fill, with a checksum over key and content. */
export interface Derived {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export const DERIVED_HEAD_BYTES = 4;

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

/** Fills in the head of a derived value that is about to be written. */
export function sealDerived({ key, value }: Derived): void {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  view.setUint32(0, crc32(value.subarray(DERIVED_HEAD_BYTES), crc32(key)), true);
}

export function isDerivedWhole({ key, value }: Derived): boolean {
  if (value.byteLength < DERIVED_HEAD_BYTES) return false;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return view.getUint32(0, true) === crc32(value.subarray(DERIVED_HEAD_BYTES), crc32(key));
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
