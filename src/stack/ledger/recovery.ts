/**
 * From the log back to the state: reads every batch in order, replays its entries into the accounts (checking that each
 * leg comes out at the version and balance it recorded) and rebuilds ids, open branches, holds and refunds. One
 * sequential scan; nothing is written. Refuses (StoreError) a damaged or missing batch, and a log that does not
 * add up: such books are not to be served.
 *
 * There is no checkpoint: recovery takes as long as the log is (see ledger.bench.ts for the rate).
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
import { OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { type Store, StoreError } from '../store/store.js';
import { BATCH_ENTRIES_AT, BatchLog, type BatchParts, batchParts } from './batch-log.js';
import { Books } from './books.js';
import { type IdTable, STATE, userMark } from './ids.js';
import { legsBug } from './mutants/legs.js';
import { pendingBug } from './mutants/pending.js';
import { afterRecovery } from './mutants/recovery.js';
import { userOf } from './parties.js';
import type { OpenEntry } from './pending.js';

/** Entries whose places in memory are fetched together. */
const LOOK_AHEAD = 32;

export interface RecoverOptions {
  readonly shard: number;
  readonly shards: number;
  readonly store: Store;
  readonly idsMax?: number;
  readonly mutant?: Mutant;
  /** Default: see batch-log.ts. */
  readonly arenaBytes?: number;
}

/** The books as the store has them. Throws StoreError. */
export function recoverBooks(options: RecoverOptions): Books {
  const { store } = options;
  const last = store.batches > 0 ? batchParts(store.read(store.batches - 1)) : undefined;
  const log = new BatchLog(
    store,
    last === undefined ? 0 : last.firstLsn + last.entries,
    options.arenaBytes,
  );
  const pending = pendingBug(options.mutant);
  const books = new Books({ ...options, log, makeLegs: legsBug(options.mutant), pending });
  const recovery = new Recovery(books, options.mutant);
  for (let ordinal = 0; ordinal < store.batches; ordinal++) {
    recovery.batch(ordinal, store.read(ordinal));
  }
  if (options.mutant !== undefined) afterRecovery(books, store, options.mutant);
  return books;
}

class Recovery {
  readonly #books: Books;
  readonly #mutant: Mutant | undefined;
  #lsn = 0;

  constructor(books: Books, mutant: Mutant | undefined) {
    this.#books = books;
    this.#mutant = mutant;
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
    // The mutants confirm-without-try and confirm-again-posts post what was never pending.
    const withPending = command !== COMMAND.confirm || state === STATE.tried;
    if (!legs.replay(view, at, withPending)) {
      throw new StoreError(`batch ${ordinal} does not follow from the batches before it`);
    }
    this.#books.lastUs = readUint64(view, at + ENTRY.timestamp);
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

  #branchEnds(entry: OpenEntry, command: number): void {
    const { ids, pending } = this.#books;
    pending.removeBranch(ids.a(entry.record));
    if (command === COMMAND.confirm) {
      ids.set(entry.record, STATE.confirmed, entry.batch, entry.offset);
      return;
    }
    this.#books.unreserveRefund(entry.view, entry.at);
    const code = entry.view.getUint16(entry.at + ENTRY.code, true);
    ids.set(entry.record, STATE.cancelled, code, userMark(userOf(entry.view, entry.at)));
  }

  #holdEnds({ view, at }: OpenEntry, state: number): void {
    const { ids } = this.#books;
    const hold = find(ids, view, at + ENTRY.reference);
    if (this.#mutant === 'void-after-capture' && ids.state(hold) === STATE.captured) return;
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
    if (view.getUint8(at + ENTRY.kind) === OPERATION_KIND.refund) {
      this.#books.countRefund(view, at, 1);
    }
    if (command === COMMAND.try_) {
      ids.set(record, STATE.tried, pending.addBranch(entry), 0);
      return;
    }
    if (command === COMMAND.void_) this.#holdEnds(entry, STATE.voided);
    ids.set(record, STATE.posted, entry.batch, entry.offset);
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
  return ids.insert(
    view.getInt32(at, true),
    view.getInt32(at + 4, true),
    view.getInt32(at + 8, true),
    view.getInt32(at + 12, true),
  );
}

/** The ranges were written by this shard, in a batch whose checksum holds. */
function parseRanges(json: string): readonly OpenRange[] {
  return JSON.parse(json) as readonly OpenRange[];
}
