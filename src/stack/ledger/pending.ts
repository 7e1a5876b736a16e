/**
 * What is open: tried branches that wait for Confirm or Cancel, and holds that wait for capture, void or expiry. Each has a
 * slot with a copy of its entry (192 bytes), so that ending it reads no disk, the place of that entry in the log, and
 * its record in the id table. Tried branches hang in a list in the order they were tried (oldest first), which is what a
 * coordinator that recovers asks for; holds with a timeout hang in a heap by deadline.
 *
 * Bound: PENDING_MAX slots; the ledger refuses further ones with `not_admitted`.
 */
import { readUint64 } from '../../wire/bytes.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';
import { Deadlines } from './deadlines.js';

export const PENDING_MAX = 2 ** 20;

const SLOT_BYTES = ENTRY_HEAD_BYTES + 4 * ENTRY_LEG_BYTES;
const SLOTS_START = 64;

export class Pending {
  readonly deadlines = new Deadlines();
  #bytes = Buffer.alloc(SLOTS_START * SLOT_BYTES);
  /** The copies of the entries: see `at`. Replaced when it grows. */
  view = viewOf(this.#bytes);
  #record = new Int32Array(SLOTS_START);
  #batch = new Int32Array(SLOTS_START);
  #offset = new Int32Array(SLOTS_START);
  #next = new Int32Array(SLOTS_START).fill(-1);
  #previous = new Int32Array(SLOTS_START).fill(-1);
  #free: number[] = [];
  #made = 0;
  #oldest = -1;
  #newest = -1;
  #branches = 0;
  #holds = 0;
  readonly #slotsMax: number;

  constructor(slotsMax: number = PENDING_MAX) {
    this.#slotsMax = slotsMax;
  }

  get branches(): number {
    return this.#branches;
  }

  get holds(): number {
    return this.#holds;
  }

  get full(): boolean {
    return this.#free.length === 0 && this.#made >= this.#slotsMax;
  }

  /** Where the slot's copy of its entry begins in `view`. */
  at(slot: number): number {
    return slot * SLOT_BYTES;
  }

  record(slot: number): number {
    return this.#record[slot];
  }

  /** Ordinal of the batch that holds the entry, and its offset there in units of 32 bytes. */
  batch(slot: number): number {
    return this.#batch[slot];
  }

  offset(slot: number): number {
    return this.#offset[slot];
  }

  /** The id table moved the slot's record. */
  move(slot: number, record: number): void {
    this.#record[slot] = record;
  }

  addBranch(entry: OpenEntry): number {
    const slot = this.#add(entry);
    this.#previous[slot] = this.#newest;
    this.#next[slot] = -1;
    if (this.#newest >= 0) this.#next[this.#newest] = slot;
    else this.#oldest = slot;
    this.#newest = slot;
    this.#branches++;
    return slot;
  }

  addHold(entry: OpenEntry): number {
    const slot = this.#add(entry);
    const at = this.at(slot);
    const timeoutS = this.view.getUint32(at + ENTRY.timeoutS, true);
    if (timeoutS > 0) this.deadlines.add(slot, this.deadlineUs(at, timeoutS));
    this.#holds++;
    return slot;
  }

  removeBranch(slot: number): void {
    const previous = this.#previous[slot];
    const next = this.#next[slot];
    if (previous >= 0) this.#next[previous] = next;
    else this.#oldest = next;
    if (next >= 0) this.#previous[next] = previous;
    else this.#newest = previous;
    this.#branches--;
    this.#free.push(slot);
  }

  removeHold(slot: number): void {
    this.deadlines.remove(slot);
    this.#holds--;
    this.#free.push(slot);
  }

  /** Slots of the tried branches, oldest first. */
  *branchSlots(): Generator<number> {
    for (let slot = this.#oldest; slot >= 0; slot = this.#next[slot]) yield slot;
  }

  /** When the hold whose copy is at `at` runs out. */
  protected deadlineUs(at: number, timeoutS: number): number {
    return readUint64(this.view, at + ENTRY.timestamp) + timeoutS * 1_000_000;
  }

  #add(entry: OpenEntry): number {
    const slot = this.#free.pop() ?? this.#made++;
    this.#grow(slot + 1);
    this.#record[slot] = entry.record;
    this.#batch[slot] = entry.batch;
    this.#offset[slot] = entry.offset;
    const legs = entry.view.getUint8(entry.at + ENTRY.legs);
    const bytes = ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES;
    const from = entry.view.byteOffset + entry.at;
    this.#bytes.set(new Uint8Array(entry.view.buffer, from, bytes), this.at(slot));
    return slot;
  }

  #grow(slots: number): void {
    if (slots <= this.#record.length) return;
    const length = this.#record.length * 2;
    const bytes = Buffer.alloc(length * SLOT_BYTES);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.view = viewOf(bytes);
    this.#record = grown(this.#record, length);
    this.#batch = grown(this.#batch, length);
    this.#offset = grown(this.#offset, length);
    this.#next = grown(this.#next, length);
    this.#previous = grown(this.#previous, length);
  }
}

/** An entry that was just written or read: where it is, and the id's record. */
export interface OpenEntry {
  readonly view: DataView;
  readonly at: number;
  readonly record: number;
  readonly batch: number;
  readonly offset: number;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
