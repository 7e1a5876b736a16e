/**
 * From the log back to the state: reads the batches in order, replays their entries into the accounts (checking that each
 * leg comes out at the version and balance it recorded) and rebuilds ids, open branches, holds and refunds. Refuses
 * (StoreError) a damaged or missing batch, and a log that does not add up: such books are not to be served.
 *
 * Where there is a checkpoint only the log behind it is replayed, into accounts and open slots that may be ahead of it, some
 * more than others:
 *
 *   a leg       is known by its version: what the account has is not done again
 *   an id       made before the checkpoint is in memory only while it is open; the archive has it as of the log's end
 *   a Try       is known by its place, when its slot is there already
 *   an end      of what is not open, and is in the archive, was there before its slot was copied
 *   a refund    counts where the payment is in memory: the archive has it counted
 *
 * A checkpoint that is not to be trusted costs time and one line in the log, never a wrong state: the whole log is replayed.
 */
import type { OpenRange } from '../../wire/admin.js';
import { readUint64 } from '../../wire/bytes.js';
import { COMMAND } from '../../wire/ledger-commands.js';
import {
  ENTRY,
  ENTRY_COMMAND,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../wire/ledger-log.js';
import type { Mutant } from '../../wire/mutants.js';
import { RESULTS } from '../../wire/results.js';
import { type Store, StoreError } from '../store/store.js';
import { BATCH_ENTRIES_AT, BatchLog, type BatchParts, batchParts } from './batch-log.js';
import { Books } from './books.js';
import { Checkpoint, type Position } from './checkpoint/checkpoint.js';
import { restoreCheckpoint } from './checkpoint/restore.js';
import { type IdTable, STATE, userMark } from './ids.js';
import { legsBug } from './mutants/legs.js';
import { pendingBug } from './mutants/pending.js';
import { afterRecovery } from './mutants/recovery.js';
import { userOf } from './parties.js';
import type { OpenEntry } from './pending.js';
import { REFUNDS } from './refund-kinds.js';

/** Entries whose places in memory are fetched together. */
const LOOK_AHEAD = 32;

export interface RecoverOptions {
  readonly shard: number;
  readonly shards: number;
  readonly store: Store;
  readonly idsMax?: number;
  /** Default: see checkpoint/checkpoint.ts. */
  readonly checkpointEvery?: number;
  readonly mutant?: Mutant;
  /** Default: see batch-log.ts. */
  readonly arenaBytes?: number;
  readonly logLine: (line: string) => void;
}

export interface Recovered {
  readonly books: Books;
  readonly checkpoint: Checkpoint;
  /** Entries that were replayed. */
  readonly replayed: number;
}

/** The books as the store has them. Throws StoreError. */
export function recoverBooks(options: RecoverOptions): Recovered {
  const recovered = fromCheckpoint(options) ?? fromLog(options);
  const { mutant, store } = options;
  if (mutant !== undefined) afterRecovery(recovered.books, store, mutant);
  return recovered;
}

/** Undefined: there is no checkpoint, or none to be trusted. */
function fromCheckpoint(options: RecoverOptions): Recovered | undefined {
  const { books, checkpoint, recovery } = begin(options);
  try {
    const from = restoreCheckpoint(books, options);
    if (from === undefined) return undefined;
    checkpoint.restored(from);
    recovery.behind(from);
    recovery.replay(options.store);
    recovery.caughtUp();
    return { books, checkpoint, replayed: books.log.entries - from.lsn };
  } catch (error) {
    // Whatever it is, the log decides whether these books can be served.
    const reason = error instanceof Error ? error.message : String(error);
    options.logLine(`checkpoint not used: ${reason}; replaying the whole log`);
    return undefined;
  }
}

function fromLog(options: RecoverOptions): Recovered {
  options.store.clearDerived();
  const { books, checkpoint, recovery } = begin(options);
  recovery.replay(options.store, checkpoint);
  return { books, checkpoint, replayed: books.log.entries };
}

function begin(options: RecoverOptions) {
  const { store, mutant } = options;
  const last = store.batches > 0 ? batchParts(store.read(store.batches - 1)) : undefined;
  const lsn = last === undefined ? 0 : last.firstLsn + last.entries;
  const log = new BatchLog(store, lsn, options.arenaBytes);
  const pending = pendingBug(mutant);
  const books = new Books({ ...options, log, makeLegs: legsBug(mutant), pending });
  const everyEntries = options.checkpointEvery;
  const checkpoint = new Checkpoint({ ...options, books, everyEntries });
  return { books, checkpoint, recovery: new Recovery(books, mutant) };
}

class Recovery {
  readonly #books: Books;
  readonly #mutant: Mutant | undefined;
  #batch = 0;
  #lsn = 0;
  #copy = Buffer.alloc(0);
  /** The books are ahead of what is replayed. */
  #isBehind = false;

  constructor(books: Books, mutant: Mutant | undefined) {
    this.#books = books;
    this.#mutant = mutant;
  }

  /** The books have everything up to here, and may have more. */
  behind({ batch, lsn }: Position): void {
    this.#batch = batch;
    this.#lsn = lsn;
    this.#setBehind(true);
  }

  caughtUp(): void {
    this.#setBehind(false);
    this.#books.pending.sortBranches();
  }

  #setBehind(isBehind: boolean): void {
    this.#isBehind = isBehind;
    this.#books.legs.isAhead = isBehind;
    this.#books.archive.isAsked = !isBehind;
  }

  /** To the end of the log. `checkpoint`: to be rebuilt. */
  replay(store: Store, checkpoint?: Checkpoint): void {
    for (; this.#batch < store.batches; this.#batch++) {
      checkpoint?.replayed(this.#position);
      this.batch(this.#batch, this.#copied(store.read(this.#batch)));
    }
    checkpoint?.replayedAll(this.#position);
  }

  /** A copy, good until the next one: what is looked up in the archive meanwhile takes the store's own place. */
  #copied(bytes: Uint8Array): Uint8Array {
    if (this.#copy.byteLength < bytes.byteLength) {
      this.#copy = Buffer.allocUnsafeSlow(bytes.byteLength * 2);
    }
    this.#copy.set(bytes);
    return this.#copy.subarray(0, bytes.byteLength);
  }

  get #position(): Position {
    return { batch: this.#batch, lsn: this.#lsn, lastUs: this.#books.lastUs };
  }

  batch(ordinal: number, bytes: Uint8Array): void {
    const parts = batchParts(bytes);
    if (parts.firstLsn !== this.#lsn) {
      throw new StoreError(`batch ${ordinal} begins at entry ${parts.firstLsn}, not ${this.#lsn}`);
    }
    if (parts.open !== '') {
      for (const range of parseRanges(parts.open)) this.#books.accounts.open(range);
    }
    let at = BATCH_ENTRIES_AT;
    let touched = at;
    for (let i = 0; i < parts.entries; i++) {
      if (at === touched) touched = this.#touch(parts, at);
      this.#entry(parts.view, at, ordinal);
      at += entryBytes(parts.view, at);
    }
    if (at !== parts.entriesEnd) {
      throw new StoreError(`batch ${ordinal} has bytes that are no entry`);
    }
    this.#lsn += parts.entries;
  }

  /** Fetches what the next entries need; where they end. */
  #touch({ view, entriesEnd }: BatchParts, from: number): number {
    let at = from;
    for (let i = 0; i < LOOK_AHEAD && at < entriesEnd; i++) {
      const bytes = entryBytes(view, at);
      // Behind a declined entry there is no leg, and perhaps not even a byte: its id is looked up as an account.
      const account = bytes > ENTRY_HEAD_BYTES ? ENTRY_HEAD_BYTES + LEG.account : ENTRY.id;
      this.#books.touch(view, at + ENTRY.id, at + account);
      at += bytes;
    }
    return at;
  }

  #entry(view: DataView, at: number, ordinal: number): void {
    const { ids, legs } = this.#books;
    const command = view.getUint8(at + ENTRY.command);
    const record = find(ids, view, at + ENTRY.id);
    const state = record < 0 ? 0 : ids.state(record);
    const hasEnded = record < 0 && this.#isEnd(view, at) && this.#isArchived(view, at + ENTRY.id);
    // The mutants confirm-without-try and confirm-again-posts post what was never pending.
    const withPending = command !== COMMAND.confirm || state === STATE.tried || hasEnded;
    if (!legs.replay(view, at, withPending)) {
      throw new StoreError(`batch ${ordinal} does not follow from the batches before it`);
    }
    this.#books.lastUs = readUint64(view, at + ENTRY.timestamp);
    if (hasEnded) return;
    if (this.#isOpenAlready({ view, at, record, batch: ordinal, offset: at >>> 5 }, command)) {
      this.#countRefund(view, at);
      return;
    }
    const isNew = record < 0 && command !== ENTRY_COMMAND.release;
    const offset = at >>> 5;
    const entry = {
      view,
      at,
      record: isNew ? insert(ids, view, at) : record,
      batch: ordinal,
      offset,
    };
    if (state === STATE.tried) this.#branchEnds(entry, command);
    else if (command === ENTRY_COMMAND.expire) this.#books.endHold(ids.a(record), STATE.expired);
    else if (command === ENTRY_COMMAND.release) this.#holdEnds(entry, STATE.captured);
    else this.#created(entry, command);
  }

  /** Whether an entry ends what is open under its own id. A Cancel without legs had no Try before it. */
  #isEnd(view: DataView, at: number): boolean {
    const command = view.getUint8(at + ENTRY.command);
    if (command === COMMAND.cancel) return view.getUint8(at + ENTRY.legs) > 0;
    return command === COMMAND.confirm || command === ENTRY_COMMAND.expire;
  }

  /** Only asked where the books are ahead. */
  #isArchived(view: DataView, at: number): boolean {
    if (!this.#isBehind) return false;
    return this.#books.archive.knows(
      view.getInt32(at, true),
      view.getInt32(at + 4, true),
      view.getInt32(at + 8, true),
      view.getInt32(at + 12, true),
    );
  }

  /** A Try or hold whose slot is there already. */
  #isOpenAlready({ record, batch, offset }: OpenEntry, command: number): boolean {
    if (!this.#isBehind || record < 0) return false;
    if (command !== COMMAND.try_ && command !== COMMAND.hold) return false;
    const { ids, pending } = this.#books;
    const state = ids.state(record);
    if (state !== STATE.tried && state !== STATE.held) return false;
    const slot = ids.a(record);
    return pending.batch(slot) === batch && pending.offset(slot) === offset;
  }

  #branchEnds(entry: OpenEntry, command: number): void {
    const { ids, pending } = this.#books;
    pending.removeBranch(ids.a(entry.record));
    if (command === COMMAND.confirm) {
      this.#books.setState(entry.record, STATE.confirmed, entry.batch, entry.offset);
      return;
    }
    this.#books.unreserveRefund(entry.view, entry.at);
    const code = entry.view.getUint16(entry.at + ENTRY.code, true);
    const user = userMark(userOf(entry.view, entry.at));
    this.#books.setState(entry.record, STATE.cancelled, code, user);
  }

  #holdEnds({ view, at }: OpenEntry, state: number): void {
    const { ids } = this.#books;
    const hold = find(ids, view, at + ENTRY.reference);
    if (this.#mutant === 'void-after-capture' && ids.state(hold) === STATE.captured) return;
    if (hold < 0 && this.#isArchived(view, at + ENTRY.reference)) return;
    if (hold < 0 || ids.state(hold) !== STATE.held) {
      throw new StoreError('the log ends a hold that is not open');
    }
    this.#books.endHold(ids.a(hold), state);
  }

  #created(entry: OpenEntry, command: number): void {
    const { ids, pending } = this.#books;
    const { view, at, record } = entry;
    const code = view.getUint16(at + ENTRY.code, true);
    if (code !== RESULTS.created.code) {
      const state = command === COMMAND.cancel ? STATE.cancelled : STATE.declined;
      ids.set(record, state, code, userMark(view.getUint32(at + ENTRY.party, true)));
      return;
    }
    if (command === COMMAND.hold) {
      ids.set(record, STATE.held, pending.addHold(entry), 0);
      return;
    }
    this.#countRefund(view, at);
    if (command === COMMAND.try_) {
      ids.set(record, STATE.tried, pending.addBranch(entry), 0);
      return;
    }
    if (command === COMMAND.void_) this.#holdEnds(entry, STATE.voided);
    ids.set(record, STATE.posted, entry.batch, entry.offset);
  }

  #countRefund(view: DataView, at: number): void {
    if (REFUNDS[view.getUint8(at + ENTRY.kind)] === 0) return;
    this.#books.countRefund(view, at, 1);
  }
}

function entryBytes(view: DataView, at: number): number {
  return ENTRY_HEAD_BYTES + view.getUint8(at + ENTRY.legs) * ENTRY_LEG_BYTES;
}

function find(ids: IdTable, view: DataView, at: number): number {
  return ids.find(
    view.getInt32(at, true),
    view.getInt32(at + 4, true),
    view.getInt32(at + 8, true),
    view.getInt32(at + 12, true),
  );
}

function insert(ids: IdTable, view: DataView, at: number): number {
  const record = ids.insert(
    view.getInt32(at, true),
    view.getInt32(at + 4, true),
    view.getInt32(at + 8, true),
    view.getInt32(at + 12, true),
  );
  if (record < 0) throw new StoreError('the log has more open ids than there is room for');
  return record;
}

/** The ranges were written by this shard, in a batch whose checksum holds. */
function parseRanges(json: string): readonly OpenRange[] {
  return JSON.parse(json) as readonly OpenRange[];
}
