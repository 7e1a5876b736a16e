/**
 * The state of one shard - accounts, ids, what is open, refunds so far, the log - and the few ways in which it changes.
 * Each way writes its entry and changes the state in one go; the ledger decides which one, recovery replays what
 * they wrote. Nothing here is on disk before the batch is: the server holds back every answer until then.
 */
import { readUint64, writeUint64 } from '../../wire/bytes.js';
import { COMMAND, COMMAND_FLAG } from '../../wire/ledger-commands.js';
import {
  ENTRY,
  ENTRY_COMMAND,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG_PENDING,
} from '../../wire/ledger-log.js';
import { RESULTS } from '../../wire/results.js';
import type { Store } from '../store/store.js';
import { Accounts } from './accounts.js';
import type { BatchLog } from './batch-log.js';
import { IdArchive } from './checkpoint/archive.js';
import type { Command } from './command.js';
import { IdTable, STATE, userMark } from './ids.js';
import { Legs } from './legs.js';
import { userOf } from './parties.js';
import { Pending } from './pending.js';
import { REFUNDS } from './refund-kinds.js';

export interface BooksOptions {
  readonly shard: number;
  readonly shards: number;
  readonly log: BatchLog;
  /** Where ids are looked up that are no longer in memory. */
  readonly store: Store;
  /** Default: see ids.ts. */
  readonly idsMax?: number;
  /** In place of the sound ones: planted bugs. */
  readonly makeLegs?: (accounts: Accounts) => Legs;
  readonly pending?: Pending;
}

export class Books {
  readonly accounts: Accounts;
  readonly legs: Legs;
  readonly log: BatchLog;
  readonly pending: Pending;
  /** Minor units refunded or reserved for a refund, by record of the payment. */
  readonly refunds = new Map<number, number>();
  readonly ids: IdTable;
  readonly archive: IdArchive;
  /** Timestamp of the last entry, microseconds since the Unix epoch. */
  lastUs = 0;
  /** Ledger time: the clock, but never before the last entry. Set once a chunk. */
  nowUs = 0;
  /** Set by `findEntry`; valid until the next entry is written. */
  entryView: DataView = new DataView(new ArrayBuffer(0));
  entryAt = 0;
  #touched = 0;

  constructor(options: BooksOptions) {
    this.accounts = new Accounts(options.shard, options.shards);
    this.legs = options.makeLegs?.(this.accounts) ?? new Legs(this.accounts);
    this.pending = options.pending ?? new Pending();
    this.log = options.log;
    this.ids = new IdTable({
      recordsMax: options.idsMax,
      onMove: (_from, to) => this.pending.move(this.ids.a(to), to),
      onForget: (record) => this.refunds.delete(record),
    });
    this.archive = new IdArchive(this.ids, this.refunds, options.store);
  }

  setTime(clockUs: number): void {
    this.nowUs = Math.max(clockUs, this.lastUs);
  }

  /** Brings what an id and an account need into the cache; see IdTable.touch. `idAt`, `accountAt`: places in `view`. */
  touch(view: DataView, idAt: number, accountAt: number): void {
    const id = this.ids.touch(
      view.getInt32(idAt, true),
      view.getInt32(idAt + 4, true),
      view.getInt32(idAt + 8, true),
      view.getInt32(idAt + 12, true),
    );
    this.#touched =
      (this.#touched + id + this.accounts.touch(readUint64(view, accountAt))) & 0xffff;
  }

  touchAccount(view: DataView, accountAt: number): void {
    this.#touched = (this.#touched + this.accounts.touch(readUint64(view, accountAt))) & 0xffff;
  }

  /** The record of an id, from memory or back from the archive; -1: nothing ever happened under it. Throws StoreError. */
  find(word0: number, word1: number, word2: number, word3: number): number {
    const record = this.ids.find(word0, word1, word2, word3);
    return record >= 0 ? record : this.archive.recall(word0, word1, word2, word3);
  }

  /** What becomes of an id that was recorded before. */
  setState(record: number, state: number, a: number, c: number): void {
    this.ids.set(record, state, a, c);
    if (this.ids.isArchived(record)) this.archive.amend(record);
  }

  /** Room for one more id, and for one more open branch or hold. */
  takeRecord(command: Command): number {
    return this.ids.insert(command.id0, command.id1, command.id2, command.id3);
  }

  /** Posts `legs` at once. */
  post(command: Command, record: number): number {
    const at = this.#write(command, RESULTS.created.code, this.legs, LEG_PENDING.posted);
    this.#located(record, STATE.posted, at);
    this.#refunded(command, command.amount);
    return at;
  }

  /** Records that the id is declined, for good. */
  decline(command: Command, record: number, code: number): void {
    this.#write(command, code, undefined, 0);
    const state = command.command === COMMAND.cancel ? STATE.cancelled : STATE.declined;
    this.ids.set(record, state, code, userMark(command.user));
  }

  tryBranch(command: Command, record: number): number {
    const at = this.#write(command, RESULTS.created.code, this.legs, LEG_PENDING.made);
    const slot = this.pending.addBranch(this.#open(record, at));
    this.ids.set(record, STATE.tried, slot, 0);
    this.#refunded(command, command.amount);
    return at;
  }

  hold(command: Command, record: number): number {
    const at = this.#write(command, RESULTS.created.code, this.legs, LEG_PENDING.made);
    const slot = this.pending.addHold(this.#open(record, at));
    this.ids.set(record, STATE.held, slot, 0);
    return at;
  }

  /** A tried branch ends: what was pending is posted. */
  confirm(slot: number): number {
    const at = this.#writeFromSlot(slot, COMMAND.confirm, RESULTS.created.code);
    this.legs.post(this.log.view, at, LEG_PENDING.confirmed);
    const record = this.pending.record(slot);
    this.setState(record, STATE.confirmed, this.log.ordinal, this.log.offset(at));
    this.pending.removeBranch(slot);
    this.#written(this.legs.count);
    return at;
  }

  /** A tried branch ends: what was pending is released, and its id is declined with `code`. */
  cancel(slot: number, code: number): void {
    const at = this.#writeFromSlot(slot, COMMAND.cancel, code);
    this.legs.post(this.log.view, at, LEG_PENDING.released);
    this.unreserveRefund(this.pending.view, this.pending.at(slot));
    const user = userMark(userOf(this.pending.view, this.pending.at(slot)));
    this.setState(this.pending.record(slot), STATE.cancelled, code, user);
    this.pending.removeBranch(slot);
    this.#written(this.legs.count);
  }

  /** Releases a hold, for the capture `command` that follows in the same batch. Leaves `legs` as they were released. */
  release(command: Command, slot: number): void {
    const at = this.#writeFromSlot(slot, ENTRY_COMMAND.release, RESULTS.created.code);
    const view = this.log.view;
    writeIds(view, at, command);
    view.setUint8(at + ENTRY.kind, command.kind);
    this.legs.post(view, at, LEG_PENDING.released);
    this.endHold(slot, STATE.captured);
    this.#written(this.legs.count);
  }

  /** Ends a hold without taking the money. */
  void(command: Command, record: number, slot: number): number {
    this.#resolveSlot(slot);
    const at = this.#write(command, RESULTS.created.code, this.legs, LEG_PENDING.released);
    this.endHold(slot, STATE.voided);
    this.#located(record, STATE.posted, at);
    return at;
  }

  /** Ends a hold whose time is over. The entry's id and reference are the hold's. */
  expire(slot: number): void {
    const at = this.#writeFromSlot(slot, ENTRY_COMMAND.expire, RESULTS.created.code);
    const view = this.log.view;
    for (let i = 0; i < 16; i += 4) {
      view.setInt32(at + ENTRY.reference + i, view.getInt32(at + ENTRY.id + i, true), true);
    }
    this.legs.post(view, at, LEG_PENDING.released);
    this.endHold(slot, STATE.expired);
    this.#written(this.legs.count);
  }

  /** The hold's id points to its own entry again: a repeat of the hold gets its first receipt. */
  endHold(slot: number, state: number): void {
    const { pending } = this;
    this.setState(pending.record(slot), state, pending.batch(slot), pending.offset(slot));
    pending.removeHold(slot);
  }

  /** The record of the operation a command refers to, or -1. */
  findReference(command: Command): number {
    const { reference0, reference1, reference2, reference3 } = command;
    return this.find(reference0, reference1, reference2, reference3);
  }

  /** A refund that was tried is cancelled: what it reserved may be refunded again. */
  unreserveRefund(view: DataView, at: number): void {
    if (REFUNDS[view.getUint8(at + ENTRY.kind)] === 0) return;
    this.countRefund(view, at, -1);
  }

  /** Counts a refund's entry against its payment (`sign` 1) or takes it back (-1). Only on the payment's home shard. */
  countRefund(view: DataView, at: number, sign: 1 | -1): void {
    if (view.getUint8(at + ENTRY.flags) & COMMAND_FLAG.secondary) return;
    const from = at + ENTRY.reference;
    const payment = this.find(
      view.getInt32(from, true),
      view.getInt32(from + 4, true),
      view.getInt32(from + 8, true),
      view.getInt32(from + 12, true),
    );
    if (payment >= 0) this.#addRefunded(payment, sign * readUint64(view, at + ENTRY.amount));
  }

  /** Points `entryView` and `entryAt` at the entry that answers for a record that is not declined or cancelled. */
  findEntry(record: number): void {
    const { ids, log, pending } = this;
    const state = ids.state(record);
    if (state === STATE.tried || state === STATE.held) {
      this.entryView = pending.view;
      this.entryAt = pending.at(ids.a(record));
      return;
    }
    log.find(ids.a(record), ids.c(record));
    this.entryView = log.foundView;
    this.entryAt = log.foundAt;
  }

  #refunded(command: Command, amountMinor: number): void {
    if (REFUNDS[command.kind] === 0 || command.flags & COMMAND_FLAG.secondary) return;
    const payment = this.findReference(command);
    if (payment >= 0) this.#addRefunded(payment, amountMinor);
  }

  #addRefunded(payment: number, minor: number): void {
    this.refunds.set(payment, (this.refunds.get(payment) ?? 0) + minor);
    if (this.ids.isArchived(payment)) this.archive.amend(payment);
  }

  #located(record: number, state: number, at: number): void {
    this.ids.set(record, state, this.log.ordinal, this.log.offset(at));
  }

  #open(record: number, at: number) {
    const { log } = this;
    return { view: log.view, at, record, batch: log.ordinal, offset: log.offset(at) };
  }

  /** Writes a whole entry for `command`, posting `legs` where there are any. */
  #write(command: Command, code: number, legs: Legs | undefined, mode: number): number {
    const { log } = this;
    const { view, next: at } = log;
    writeIds(view, at, command);
    writeUint64(view, at + ENTRY.timestamp, this.#stamp());
    writeUint64(view, at + ENTRY.amount, command.amount);
    view.setUint16(at + ENTRY.code, code, true);
    view.setUint8(at + ENTRY.command, command.command);
    view.setUint8(at + ENTRY.kind, command.kind);
    view.setUint8(at + ENTRY.legs, legs === undefined ? 0 : legs.count);
    view.setUint8(at + ENTRY.flags, command.flags);
    view.setUint8(at + ENTRY.channel, command.channel);
    view.setUint8(at + ENTRY.peer, command.peer);
    view.setUint32(at + ENTRY.timeoutS, command.timeoutS, true);
    const told = legs === undefined || command.flags & COMMAND_FLAG.secondary;
    view.setInt32(at + ENTRY.party, told ? command.user : command.counterparty, true);
    if (legs !== undefined) legs.post(view, at, mode);
    this.#written(legs === undefined ? 0 : legs.count);
    return at;
  }

  /** Writes the head of an entry that ends what the slot holds, and makes `legs` the slot's; the legs are still to post. */
  #writeFromSlot(slot: number, command: number, code: number): number {
    this.#resolveSlot(slot);
    const { view, next: at } = this.log;
    const { view: source } = this.pending;
    const from = this.pending.at(slot);
    for (let i = 0; i < ENTRY_HEAD_BYTES; i += 4) {
      view.setInt32(at + i, source.getInt32(from + i, true), true);
    }
    writeUint64(view, at + ENTRY.timestamp, this.#stamp());
    view.setUint16(at + ENTRY.code, code, true);
    view.setUint8(at + ENTRY.command, command);
    return at;
  }

  #resolveSlot(slot: number): void {
    this.legs.fromEntry(this.pending.view, this.pending.at(slot));
    if (this.legs.resolve() !== 0) throw new Error('an open entry names an account that is gone');
  }

  #written(legs: number): void {
    this.log.entryWritten(ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES);
  }

  #stamp(): number {
    this.lastUs = this.nowUs > this.lastUs ? this.nowUs : this.lastUs + 1;
    return this.lastUs;
  }
}

function writeIds(view: DataView, at: number, command: Command): void {
  view.setInt32(at + ENTRY.id, command.id0, true);
  view.setInt32(at + ENTRY.id + 4, command.id1, true);
  view.setInt32(at + ENTRY.id + 8, command.id2, true);
  view.setInt32(at + ENTRY.id + 12, command.id3, true);
  view.setInt32(at + ENTRY.reference, command.reference0, true);
  view.setInt32(at + ENTRY.reference + 4, command.reference1, true);
  view.setInt32(at + ENTRY.reference + 8, command.reference2, true);
  view.setInt32(at + ENTRY.reference + 12, command.reference3, true);
}
