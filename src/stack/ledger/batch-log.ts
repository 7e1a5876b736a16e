/**
 * The log in memory: the batch being filled, the one on its way to disk, and the recent ones, all in one arena that is
 * written round and round; older batches are read from the store. An entry is found by its batch's ordinal and its
 * offset there.
 *
 *   arena  |..batch 7..|..batch 8 (on its way)..|..batch 9 (being filled)>....older, still readable until overwritten....|
 *
 *   batch   0 the store's head, 16 bytes
 *          16 entries     u32   how many
 *          20 open bytes  u32   of the JSON at its end: account ranges that were opened (0 = none)
 *          24 first lsn   u64
 *          32 entries, each a multiple of 32 bytes; then the JSON
 *
 * `fullBytes` is the bound after which nothing more should be put in; the caller stops reading then. What was read
 * already still fits: SLACK_BYTES is more than the entries of one chunk of commands.
 */

import type { OpenRange } from '../../wire/admin.js';
import { readUint64, writeUint64 } from '../../wire/bytes.js';
import { BATCH_HEAD_BYTES, type Store } from '../store/store.js';

const ENTRIES = BATCH_HEAD_BYTES;
const OPEN_BYTES = BATCH_HEAD_BYTES + 4;
const FIRST_LSN = BATCH_HEAD_BYTES + 8;
export const BATCH_ENTRIES_AT = BATCH_HEAD_BYTES + 16;

export const BATCH_FULL_BYTES = 2 ** 20;
const SLACK_BYTES = 6 * 2 ** 20;
const ARENA_BYTES = 32 * 2 ** 20;
/** Batches whose place in the arena is remembered; a power of two. */
const RECENT = 2 ** 15;

export interface SealedBatch {
  readonly bytes: Uint8Array;
}

export class BatchLog {
  readonly #arena: Buffer;
  /** The arena: entries of the batch being filled are written through it at `next`. */
  readonly view: DataView;
  /** Where the next entry goes. */
  next = BATCH_ENTRIES_AT;
  #start = 0;
  #entries = 0;
  #opened: OpenRange[] = [];
  #ordinal: number;
  #lsn: number;
  readonly #recentOrdinal = new Int32Array(RECENT).fill(-1);
  readonly #recentStart = new Int32Array(RECENT);
  readonly #recentBytes = new Int32Array(RECENT);
  readonly #recentLap = new Int32Array(RECENT);
  #lap = 0;
  readonly #store: Store;
  /** Set by `find`. */
  foundView: DataView;
  foundAt = 0;

  /** `lsn`: of the next entry. */
  constructor(store: Store, lsn: number, arenaBytes: number = ARENA_BYTES) {
    this.#store = store;
    this.#ordinal = store.batches;
    this.#lsn = lsn;
    this.#arena = Buffer.allocUnsafeSlow(arenaBytes + SLACK_BYTES);
    this.view = viewOf(this.#arena);
    this.foundView = this.view;
  }

  /** Ordinal of the batch being filled. */
  get ordinal(): number {
    return this.#ordinal;
  }

  /** Entries ever, this batch included. */
  get entries(): number {
    return this.#lsn;
  }

  get batchEntries(): number {
    return this.#entries;
  }

  get empty(): boolean {
    return this.#entries === 0 && this.#opened.length === 0;
  }

  get full(): boolean {
    return this.next - this.#start >= BATCH_FULL_BYTES;
  }

  /** Offset of a place in the arena within the batch being filled, in units of 32 bytes. */
  offset(at: number): number {
    return (at - this.#start) >>> 5;
  }

  /** The entry of `bytes` bytes that was written at `next` is complete. */
  entryWritten(bytes: number): void {
    this.next += bytes;
    this.#entries++;
    this.#lsn++;
  }

  /** Account ranges to be recorded with this batch. */
  opened(ranges: readonly OpenRange[]): void {
    this.#opened.push(...ranges);
  }

  /** Closes the batch being filled, for `store.append`, and begins the next one behind it. */
  seal(): SealedBatch {
    const start = this.#start;
    this.view.setUint32(start + ENTRIES, this.#entries, true);
    writeUint64(this.view, start + FIRST_LSN, this.#lsn - this.#entries);
    const json = this.#opened.length > 0 ? Buffer.from(JSON.stringify(this.#opened)) : EMPTY;
    this.view.setUint32(start + OPEN_BYTES, json.byteLength, true);
    this.#arena.set(json, this.next);
    const end = this.next + json.byteLength;
    const recent = this.#ordinal & (RECENT - 1);
    this.#recentOrdinal[recent] = this.#ordinal;
    this.#recentStart[recent] = start;
    this.#recentBytes[recent] = end - start;
    this.#recentLap[recent] = this.#lap;
    const sealed = { bytes: this.#arena.subarray(start, end) };
    this.#ordinal++;
    this.#entries = 0;
    this.#opened = [];
    this.#start = (end + 31) & ~31;
    if (this.#start + BATCH_FULL_BYTES > this.#arena.byteLength - SLACK_BYTES) {
      this.#start = 0;
      this.#lap++;
    }
    this.next = this.#start + BATCH_ENTRIES_AT;
    return sealed;
  }

  /** Points foundView and foundAt at an entry; valid until the next `find` or `seal`. Throws StoreError. */
  find(ordinal: number, offset: number): void {
    const start = this.#recentAt(ordinal);
    if (start >= 0) {
      this.foundView = this.view;
      this.foundAt = start + offset * 32;
      return;
    }
    this.foundView = viewOf(this.#store.reread(ordinal));
    this.foundAt = offset * 32;
  }

  /** A batch that is on disk, from memory where it still is. */
  batch(ordinal: number): Uint8Array {
    const start = this.#recentAt(ordinal);
    if (start < 0) return this.#store.read(ordinal);
    const bytes = this.#recentBytes[ordinal & (RECENT - 1)];
    return this.#arena.subarray(start, start + bytes);
  }

  /** Where a batch lies in the arena; -1 when it was overwritten. */
  #recentAt(ordinal: number): number {
    if (ordinal === this.#ordinal) return this.#start;
    const recent = ordinal & (RECENT - 1);
    if (this.#recentOrdinal[recent] !== ordinal) return -1;
    const start = this.#recentStart[recent];
    const lap = this.#recentLap[recent];
    const whole = lap === this.#lap || (lap === this.#lap - 1 && start >= this.next);
    return whole ? start : -1;
  }
}

const EMPTY = Buffer.alloc(0);

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The parts of a batch that was read. */
export function batchParts(bytes: Uint8Array): BatchParts {
  const view = viewOf(bytes);
  const openBytes = view.getUint32(OPEN_BYTES, true);
  const entriesEnd = bytes.byteLength - openBytes;
  return {
    view,
    entries: view.getUint32(ENTRIES, true),
    firstLsn: readUint64(view, FIRST_LSN),
    entriesEnd,
    open: openBytes > 0 ? Buffer.from(bytes.subarray(entriesEnd)).toString() : '',
  };
}

export interface BatchParts {
  readonly view: DataView;
  readonly entries: number;
  readonly firstLsn: number;
  readonly entriesEnd: number;
  /** JSON of OpenRange[], or empty. */
  readonly open: string;
}
