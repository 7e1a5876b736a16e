/**
 * Acks of one connection that wait for a commit, with room in front for the frame's head, so that releasing them is one
 * write. Grows by doubling; the server bounds how many there can be.
 */

import { ACCOUNT_CLASS, CLASS_UNIT, isClearing, SYSTEM_ACCOUNT } from '../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME, RECEIPT_LEGS } from '../../wire/acks.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_TYPE,
  boltContentAt,
  writeBoltHead,
} from '../../wire/bolt.js';
import { writeInt64, writeUint64 } from '../../wire/bytes.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../wire/ledger-log.js';
import { RESULTS } from '../../wire/results.js';

const FRAME = {
  type: BOLT_TYPE.oneWay,
  command: BOLT_COMMAND.request,
  requestId: 0,
  codec: BOLT_CODEC.record,
  className: BOLT_CLASS.acks,
} as const;

const ACKS_AT = boltContentAt({ ...FRAME, contentBytes: 0 });
const START_BYTES = ACKS_AT + 64 * ACK_BYTES;

export class AckBuffer {
  #buffer = Buffer.allocUnsafe(START_BYTES);
  #view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.byteLength);
  #next = ACKS_AT;

  get count(): number {
    return (this.#next - ACKS_AT) / ACK_BYTES;
  }

  /** An ack without legs; `outcome` is OUTCOME. */
  answer(tag: number, outcome: number, code: number): void {
    const at = this.#take();
    const view = this.#view;
    view.setUint32(at + ACK.tag, tag, true);
    view.setUint8(at + ACK.outcome, outcome);
    view.setUint8(at + ACK.legs, 0);
    view.setUint16(at + ACK.code, code, true);
    view.setFloat64(at + ACK.timestamp, 0, true);
    this.#clearLegs(at, 0);
  }

  declined(tag: number, code: number): void {
    this.answer(tag, OUTCOME.declined, code);
  }

  /** Nothing is recorded under the id; `timestampUs`: of the last entry that could have. */
  notFound(tag: number, timestampUs: number): void {
    this.declined(tag, RESULTS.operation_not_found.code);
    writeUint64(this.#view, this.#next - ACK_BYTES + ACK.timestamp, timestampUs);
  }

  /** `created`, with the entry's legs as the receipt, or the first of them. */
  receipt(tag: number, entries: DataView, entryAt: number): void {
    const at = this.#take();
    const view = this.#view;
    const legs = Math.min(entries.getUint8(entryAt + ENTRY.legs), RECEIPT_LEGS);
    view.setUint32(at + ACK.tag, tag, true);
    view.setUint8(at + ACK.outcome, OUTCOME.ok);
    view.setUint8(at + ACK.legs, legs);
    view.setUint16(at + ACK.code, RESULTS.created.code, true);
    copy64(view, at + ACK.timestamp, entries, entryAt + ENTRY.timestamp);
    for (let i = 0; i < legs; i++) {
      const leg = entryAt + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
      copy64(view, at + ACK.accounts + i * 8, entries, leg + LEG.account);
      copy64(view, at + ACK.balances + i * 8, entries, leg + LEG.balance);
      const version = entries.getUint32(leg + LEG.version, true);
      view.setUint32(at + ACK.versions + i * 4, version, true);
    }
    if (legs === RECEIPT_LEGS) return;
    this.#clearLegs(at, legs);
    if (isPrimary(entries, entryAt)) this.#namePeer(at, entries, entryAt);
  }

  /** Between two sides that are even each nothing is cleared: who is on the other side stands there all the same, as a leg that moves nothing. */
  #namePeer(at: number, entries: DataView, entryAt: number): void {
    const view = this.#view;
    const legs = view.getUint8(at + ACK.legs);
    const last = at + ACK.accounts + (legs - 1) * 8;
    if (legs === 0 || isClearing(view.getUint32(last, true), view.getUint32(last + 4, true)))
      return;
    const peer = entries.getUint8(entryAt + ENTRY.peer);
    const clearing = ACCOUNT_CLASS.system * CLASS_UNIT + SYSTEM_ACCOUNT.clearing + peer;
    writeUint64(view, at + ACK.accounts + legs * 8, clearing);
    view.setUint8(at + ACK.legs, legs + 1);
  }

  /** `created` with one leg that was only read. */
  balance(tag: number, read: BalanceRead): void {
    this.answer(tag, OUTCOME.ok, RESULTS.created.code);
    const at = this.#next - ACK_BYTES;
    this.#view.setUint8(at + ACK.legs, 1);
    writeUint64(this.#view, at + ACK.timestamp, read.timestampUs);
    writeUint64(this.#view, at + ACK.accounts, read.account);
    writeInt64(this.#view, at + ACK.balances, read.balanceMinor);
    this.#view.setUint32(at + ACK.versions, read.version, true);
  }

  /** The frame with all acks, a view of this buffer; keep the buffer aside until it is written, then `clear`. */
  frame(): Buffer {
    writeBoltHead(this.#buffer, 0, { ...FRAME, contentBytes: this.#next - ACKS_AT });
    return this.#buffer.subarray(0, this.#next);
  }

  clear(): void {
    this.#next = ACKS_AT;
  }

  #take(): number {
    const at = this.#next;
    if (at + ACK_BYTES > this.#buffer.byteLength) this.#grow();
    this.#next = at + ACK_BYTES;
    return at;
  }

  #grow(): void {
    const grown = Buffer.allocUnsafe(this.#buffer.byteLength * 2);
    grown.set(this.#buffer);
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }

  /** Buffers are reused: what is not set must not show an older receipt. */
  #clearLegs(at: number, from: number): void {
    const view = this.#view;
    for (let i = from; i < RECEIPT_LEGS; i++) {
      view.setFloat64(at + ACK.accounts + i * 8, 0, true);
      view.setFloat64(at + ACK.balances + i * 8, 0, true);
      view.setUint32(at + ACK.versions + i * 4, 0, true);
    }
  }
}

export interface BalanceRead {
  readonly account: number;
  readonly balanceMinor: number;
  readonly version: number;
  readonly timestampUs: number;
}

function isPrimary(entries: DataView, entryAt: number): boolean {
  return (entries.getUint8(entryAt + ENTRY.flags) & COMMAND_FLAG.primary) !== 0;
}

function copy64(target: DataView, at: number, source: DataView, from: number): void {
  target.setInt32(at, source.getInt32(from, true), true);
  target.setInt32(at + 4, source.getInt32(from + 4, true), true);
}
