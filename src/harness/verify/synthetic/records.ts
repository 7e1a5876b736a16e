/**
 * Journal and books as plain objects, and as the bytes a load worker and a ledger write. Made-up histories are
 * built and broken as objects and judged as files.
 */
import { ACK } from '../../../wire/acks.js';
import { writeInt64, writeUint64 } from '../../../wire/bytes.js';
import {
  ACCOUNT,
  ACCOUNT_BYTES,
  ENTRY,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../../wire/ledger-log.js';
import { type OperationIdWords, writeOperationId } from '../../../wire/operation-id.js';
import { CURRENCY_CNY, OP } from '../../../wire/operations.js';
import {
  COMPLETION,
  COMPLETION_BYTES,
  INVOKE,
  INVOKE_BYTES,
} from '../../records/journal-layout.js';

export interface ReceiptLegRecord {
  account: number;
  balance: number;
  version: number;
}

export interface CompletionRecord {
  outcome: number;
  code: number;
  timestampUs: number;
  legs: ReceiptLegRecord[];
  completedUs: number;
  attempts: number;
  resolution: number;
}

export interface OperationRecord {
  worker: number;
  sequence: number;
  id: OperationIdWords;
  reference: OperationIdWords | undefined;
  kind: number;
  channel: number;
  account: number;
  counterparty: number;
  amount: number;
  timeoutS: number;
  intendedUs: number;
  invokedUs: number;
  completion: CompletionRecord | undefined;
}

export interface EntryLegRecord {
  account: number;
  posting: number;
  balance: number;
  version: number;
  pending: number;
}

export interface EntryRecord {
  shard: number;
  id: OperationIdWords;
  reference: OperationIdWords | undefined;
  timestampUs: number;
  amount: number;
  code: number;
  command: number;
  kind: number;
  flags: number;
  channel: number;
  peer: number;
  timeoutS: number;
  legs: EntryLegRecord[];
}

export interface AccountRecord {
  account: number;
  opening: number;
  debitsPending: number;
  debitsPosted: number;
  creditsPending: number;
  creditsPosted: number;
  version: number;
  flags: number;
}

/** Records one after the other, in one reused buffer: `take` hands out what has gathered. */
export class RecordBuffer {
  readonly #bytes = new Uint8Array(BUFFER_BYTES);
  readonly view = new DataView(this.#bytes.buffer);
  /** Where the next record begins. */
  at = 0;

  get isFull(): boolean {
    return this.at > BUFFER_BYTES - RECORD_BYTES_MAX;
  }

  /** Reserves a record of zeros; returns where it begins. */
  begin(bytes: number): number {
    const { at } = this;
    this.#bytes.fill(0, at, at + bytes);
    this.at = at + bytes;
    return at;
  }

  /** A view of all records so far, until the next one is begun. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.at);
    this.at = 0;
    return taken;
  }
}

const BUFFER_BYTES = 1 << 19;
const RECORD_BYTES_MAX = 512;

export function encodeInvoke(buffer: RecordBuffer, operation: OperationRecord): void {
  const at = buffer.begin(INVOKE_BYTES);
  const { view } = buffer;
  writeOperationId(view, at + OP.id, operation.id);
  if (operation.reference !== undefined)
    writeOperationId(view, at + OP.reference, operation.reference);
  writeUint64(view, at + OP.account, operation.account);
  writeUint64(view, at + OP.counterparty, operation.counterparty);
  writeUint64(view, at + OP.amount, operation.amount);
  view.setUint32(at + OP.tag, operation.sequence, true);
  view.setUint32(at + OP.timeoutS, operation.timeoutS, true);
  view.setUint8(at + OP.kind, operation.kind);
  view.setUint8(at + OP.channel, operation.channel);
  view.setUint16(at + OP.currency, CURRENCY_CNY, true);
  writeUint64(view, at + INVOKE.intendedUs, operation.intendedUs);
  writeUint64(view, at + INVOKE.invokedUs, operation.invokedUs);
  view.setUint16(at + INVOKE.worker, operation.worker, true);
}

export function encodeCompletion(
  buffer: RecordBuffer,
  sequence: number,
  completion: CompletionRecord,
): void {
  const at = buffer.begin(COMPLETION_BYTES);
  const { view } = buffer;
  view.setUint32(at + ACK.tag, sequence, true);
  view.setUint8(at + ACK.outcome, completion.outcome);
  view.setUint8(at + ACK.legs, completion.legs.length);
  view.setUint16(at + ACK.code, completion.code, true);
  writeUint64(view, at + ACK.timestamp, completion.timestampUs);
  for (let leg = 0; leg < completion.legs.length; leg++) {
    const record = completion.legs[leg];
    if (record === undefined) continue;
    writeUint64(view, at + ACK.accounts + leg * 8, record.account);
    writeInt64(view, at + ACK.balances + leg * 8, record.balance);
    view.setUint32(at + ACK.versions + leg * 4, record.version, true);
  }
  writeUint64(view, at + COMPLETION.completedUs, completion.completedUs);
  view.setUint16(at + COMPLETION.attempts, completion.attempts, true);
  view.setUint8(at + COMPLETION.resolution, completion.resolution);
}

export function encodeEntry(buffer: RecordBuffer, entry: EntryRecord): void {
  const at = buffer.begin(ENTRY_HEAD_BYTES + entry.legs.length * ENTRY_LEG_BYTES);
  const { view } = buffer;
  writeOperationId(view, at + ENTRY.id, entry.id);
  if (entry.reference !== undefined) writeOperationId(view, at + ENTRY.reference, entry.reference);
  writeUint64(view, at + ENTRY.timestamp, entry.timestampUs);
  writeUint64(view, at + ENTRY.amount, entry.amount);
  view.setUint16(at + ENTRY.code, entry.code, true);
  view.setUint8(at + ENTRY.command, entry.command);
  view.setUint8(at + ENTRY.kind, entry.kind);
  view.setUint8(at + ENTRY.legs, entry.legs.length);
  view.setUint8(at + ENTRY.flags, entry.flags);
  view.setUint8(at + ENTRY.channel, entry.channel);
  view.setUint8(at + ENTRY.peer, entry.peer);
  view.setUint32(at + ENTRY.timeoutS, entry.timeoutS, true);
  for (let leg = 0; leg < entry.legs.length; leg++) {
    const record = entry.legs[leg];
    if (record === undefined) continue;
    const legAt = at + ENTRY_HEAD_BYTES + leg * ENTRY_LEG_BYTES;
    writeUint64(view, legAt + LEG.account, record.account);
    writeInt64(view, legAt + LEG.posting, record.posting);
    writeInt64(view, legAt + LEG.balance, record.balance);
    view.setUint32(legAt + LEG.version, record.version, true);
    view.setUint32(legAt + LEG.pending, record.pending, true);
  }
}

export function encodeAccount(buffer: RecordBuffer, account: AccountRecord): void {
  const at = buffer.begin(ACCOUNT_BYTES);
  const { view } = buffer;
  writeUint64(view, at + ACCOUNT.account, account.account);
  writeInt64(view, at + ACCOUNT.opening, account.opening);
  writeInt64(view, at + ACCOUNT.debitsPending, account.debitsPending);
  writeInt64(view, at + ACCOUNT.debitsPosted, account.debitsPosted);
  writeInt64(view, at + ACCOUNT.creditsPending, account.creditsPending);
  writeInt64(view, at + ACCOUNT.creditsPosted, account.creditsPosted);
  view.setUint32(at + ACCOUNT.version, account.version, true);
  view.setUint32(at + ACCOUNT.flags, account.flags, true);
}
