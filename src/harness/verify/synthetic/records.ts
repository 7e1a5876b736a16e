/**
 * Journal and books as plain objects, and as the bytes a load worker and a ledger write. Made-up histories are
 * built and broken as objects and judged as files.
 */
import { ACK, ACK_BYTES } from '../../../wire/acks.js';
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
import { COMPLETION, COMPLETION_BYTES, INVOKE, INVOKE_BYTES } from '../../journal/layout.js';

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

export function encodeInvoke(operation: OperationRecord): Uint8Array {
  const view = new DataView(new ArrayBuffer(INVOKE_BYTES));
  writeOperationId(view, OP.id, operation.id);
  if (operation.reference !== undefined) writeOperationId(view, OP.reference, operation.reference);
  writeUint64(view, OP.account, operation.account);
  writeUint64(view, OP.counterparty, operation.counterparty);
  writeUint64(view, OP.amount, operation.amount);
  view.setUint32(OP.tag, operation.sequence, true);
  view.setUint32(OP.timeoutS, operation.timeoutS, true);
  view.setUint8(OP.kind, operation.kind);
  view.setUint8(OP.channel, operation.channel);
  view.setUint16(OP.currency, CURRENCY_CNY, true);
  writeUint64(view, INVOKE.intendedUs, operation.intendedUs);
  writeUint64(view, INVOKE.invokedUs, operation.invokedUs);
  view.setUint16(INVOKE.worker, operation.worker, true);
  return new Uint8Array(view.buffer);
}

export function encodeCompletion(sequence: number, completion: CompletionRecord): Uint8Array {
  const view = new DataView(new ArrayBuffer(COMPLETION_BYTES));
  view.setUint32(ACK.tag, sequence, true);
  view.setUint8(ACK.outcome, completion.outcome);
  view.setUint8(ACK.legs, completion.legs.length);
  view.setUint16(ACK.code, completion.code, true);
  writeUint64(view, ACK.timestamp, completion.timestampUs);
  for (const [leg, { account, balance, version }] of completion.legs.entries()) {
    writeUint64(view, ACK.accounts + leg * 8, account);
    writeInt64(view, ACK.balances + leg * 8, balance);
    view.setUint32(ACK.versions + leg * 4, version, true);
  }
  if (ACK_BYTES !== COMPLETION.completedUs) throw new Error('the completion follows the ack');
  writeUint64(view, COMPLETION.completedUs, completion.completedUs);
  view.setUint16(COMPLETION.attempts, completion.attempts, true);
  view.setUint8(COMPLETION.resolution, completion.resolution);
  return new Uint8Array(view.buffer);
}

export function encodeEntry(entry: EntryRecord): Uint8Array {
  const view = new DataView(
    new ArrayBuffer(ENTRY_HEAD_BYTES + entry.legs.length * ENTRY_LEG_BYTES),
  );
  writeOperationId(view, ENTRY.id, entry.id);
  if (entry.reference !== undefined) writeOperationId(view, ENTRY.reference, entry.reference);
  writeUint64(view, ENTRY.timestamp, entry.timestampUs);
  writeUint64(view, ENTRY.amount, entry.amount);
  view.setUint16(ENTRY.code, entry.code, true);
  view.setUint8(ENTRY.command, entry.command);
  view.setUint8(ENTRY.kind, entry.kind);
  view.setUint8(ENTRY.legs, entry.legs.length);
  view.setUint8(ENTRY.flags, entry.flags);
  view.setUint8(ENTRY.channel, entry.channel);
  view.setUint8(ENTRY.peer, entry.peer);
  view.setUint32(ENTRY.timeoutS, entry.timeoutS, true);
  for (const [leg, record] of entry.legs.entries()) {
    const at = ENTRY_HEAD_BYTES + leg * ENTRY_LEG_BYTES;
    writeUint64(view, at + LEG.account, record.account);
    writeInt64(view, at + LEG.posting, record.posting);
    writeInt64(view, at + LEG.balance, record.balance);
    view.setUint32(at + LEG.version, record.version, true);
    view.setUint32(at + LEG.pending, record.pending, true);
  }
  return new Uint8Array(view.buffer);
}

export function encodeAccount(account: AccountRecord): Uint8Array {
  const view = new DataView(new ArrayBuffer(ACCOUNT_BYTES));
  writeUint64(view, ACCOUNT.account, account.account);
  writeInt64(view, ACCOUNT.opening, account.opening);
  writeInt64(view, ACCOUNT.debitsPending, account.debitsPending);
  writeInt64(view, ACCOUNT.debitsPosted, account.debitsPosted);
  writeInt64(view, ACCOUNT.creditsPending, account.creditsPending);
  writeInt64(view, ACCOUNT.creditsPosted, account.creditsPosted);
  view.setUint32(ACCOUNT.version, account.version, true);
  view.setUint32(ACCOUNT.flags, account.flags, true);
  return new Uint8Array(view.buffer);
}
