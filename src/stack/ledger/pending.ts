/**
 * What is open: tried branches that wait for Confirm or Cancel, and holds that wait for capture, void or expiry. Each has a
 * slot with a copy of its entry (320 bytes), so that ending it reads no disk, the place of that entry in the log, and
 * its record in the id table. Tried branches hang in a list in the order they were tried (oldest first), which is what a
 * coordinator that recovers asks for; holds with a timeout hang in a heap by deadline.
 *
 * Which slots changed is noted by pages of SLOTS_PER_PAGE, for the checkpoint.
 *
 * Bound: PENDING_MAX slots; the ledger refuses further ones with `not_admitted`.
 */
import { readUint64 } from '../../wire/bytes.js';
import { LEGS_MAX } from '../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';
import { Deadlines } from './deadlines.js';

export const PENDING_MAX = 2 ** 20;

export const SLOT_BYTES = ENTRY_HEAD_BYTES + LEGS_MAX * ENTRY_LEG_BYTES;
const SLOTS_START = 64;

export const SLOTS_PER_PAGE = 32;

/** What a slot holds. */
export const SLOT = { nothing: 0, branch: 1, hold: 2 } as const;

export class Pending {
  readonly deadlines = new Deadlines();
  #bytes = Buffer.alloc(SLOTS_START * SLOT_BYTES);
  /** The copies of the entries: see `at`. Replaced when it grows. */
  view = viewOf(this.#bytes);
  #record = new Int32Array(SLOTS_START);
  #batch = new Int32Array(SLOTS_START);
  #offset = new Int32Array(SLOTS_START);
  #holding = new Uint8Array(SLOTS_START);
  /** By page: 1 = a slot of it changed; whoever takes a copy sets it back. */
  changed = new Uint8Array(SLOTS_START / SLOTS_PER_PAGE);
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

  /** Slots that were ever in use: all that are lie below. */
  get slots(): number {
    return this.#made;
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

  /** SLOT. */
  holding(slot: number): number {
    return this.#holding[slot];
  }

  /** The id table moved the slot's record. */
  move(slot: number, record: number): void {
    this.#record[slot] = record;
  }

  addBranch(entry: OpenEntry): number {
    const slot = this.#free.pop() ?? this.#made++;
    this.#fill(slot, SLOT.branch, entry);
    this.#enqueue(slot);
    return slot;
  }

  addHold(entry: OpenEntry): number {
    const slot = this.#free.pop() ?? this.#made++;
    this.#fill(slot, SLOT.hold, entry);
    this.#await(slot);
    return slot;
  }

  /** Puts back what a slot held; `restored` ends it. */
  restore(slot: number, holding: number, entry: OpenEntry): void {
    this.#made = Math.max(this.#made, slot + 1);
    this.#fill(slot, holding, entry);
    if (holding === SLOT.hold) this.#await(slot);
  }

  /** Every slot was put back, and nothing was added yet. */
  restored(): void {
    for (let slot = this.#made - 1; slot >= 0; slot--) {
      if (this.#holding[slot] === SLOT.nothing) this.#free.push(slot);
    }
    this.sortBranches();
    this.changed.fill(0);
  }

  /** Hangs the branches in the order they were tried in. */
  sortBranches(): void {
    const triedUs = (slot: number): number =>
      readUint64(this.view, this.at(slot) + ENTRY.timestamp);
    const slots: number[] = [];
    for (let slot = 0; slot < this.#made; slot++) {
      if (this.#holding[slot] === SLOT.branch) slots.push(slot);
    }
    this.#oldest = -1;
    this.#newest = -1;
    this.#branches = 0;
    for (const slot of slots.sort((a, b) => triedUs(a) - triedUs(b))) this.#enqueue(slot);
  }

  #enqueue(slot: number): void {
    this.#previous[slot] = this.#newest;
    this.#next[slot] = -1;
    if (this.#newest >= 0) this.#next[this.#newest] = slot;
    else this.#oldest = slot;
    this.#newest = slot;
    this.#branches++;
  }

  #await(slot: number): void {
    const at = this.at(slot);
    const timeoutS = this.view.getUint32(at + ENTRY.timeoutS, true);
    if (timeoutS > 0) this.deadlines.add(slot, this.deadlineUs(at, timeoutS));
    this.#holds++;
  }

  removeBranch(slot: number): void {
    const previous = this.#previous[slot];
    const next = this.#next[slot];
    if (previous >= 0) this.#next[previous] = next;
    else this.#oldest = next;
    if (next >= 0) this.#previous[next] = previous;
    else this.#newest = previous;
    this.#branches--;
    this.#empty(slot);
  }

  removeHold(slot: number): void {
    this.deadlines.remove(slot);
    this.#holds--;
    this.#empty(slot);
  }

  /** Slots of the tried branches, oldest first. */
  *branchSlots(): Generator<number> {
    for (let slot = this.#oldest; slot >= 0; slot = this.#next[slot]) yield slot;
  }

  /** When the hold whose copy is at `at` runs out. */
  protected deadlineUs(at: number, timeoutS: number): number {
    return readUint64(this.view, at + ENTRY.timestamp) + timeoutS * 1_000_000;
  }

  #empty(slot: number): void {
    this.#holding[slot] = SLOT.nothing;
    this.changed[Math.floor(slot / SLOTS_PER_PAGE)] = 1;
    this.#free.push(slot);
  }

  #fill(slot: number, holding: number, entry: OpenEntry): void {
    this.#grow(slot + 1);
    this.#holding[slot] = holding;
    this.changed[Math.floor(slot / SLOTS_PER_PAGE)] = 1;
    this.#record[slot] = entry.record;
    this.#batch[slot] = entry.batch;
    this.#offset[slot] = entry.offset;
    const legs = entry.view.getUint8(entry.at + ENTRY.legs);
    const bytes = ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES;
    const from = entry.view.byteOffset + entry.at;
    this.#bytes.set(new Uint8Array(entry.view.buffer, from, bytes), this.at(slot));
  }

  #grow(slots: number): void {
    if (slots <= this.#record.length) return;
    const length = 2 ** Math.ceil(Math.log2(slots));
    const bytes = Buffer.alloc(length * SLOT_BYTES);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.view = viewOf(bytes);
    this.#record = grown(this.#record, length);
    this.#batch = grown(this.#batch, length);
    this.#offset = grown(this.#offset, length);
    const holding = new Uint8Array(length);
    holding.set(this.#holding);
    this.#holding = holding;
    const changed = new Uint8Array(length / SLOTS_PER_PAGE);
    changed.set(this.changed);
    this.changed = changed;
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
