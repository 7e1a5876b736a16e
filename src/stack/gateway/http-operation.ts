/**
 * JSON in, operation record out; ack record in, JSON out. Names are used the way people say them (who pays, who
 * is paid); the record's `account` is always the user whose shard is home. Pure; refuses with one line and a code.
 */

import { accountName } from '../../products/account-names.js';
import { kindNamed } from '../../products/kinds.js';
import { parseAccount } from '../../wire/accounts.js';
import { ACK, OUTCOME, type Outcome, RECEIPT_LEGS } from '../../wire/acks.js';
import { readInt64, readUint64, writeUint64 } from '../../wire/bytes.js';
import {
  type OperationIdWords,
  parseOperationId,
  writeOperationId,
} from '../../wire/operation-id.js';
import {
  CHANNEL,
  type Channel,
  CURRENCY_CNY,
  OP,
  OPERATION_BYTES,
  OPERATION_FLAG,
  OPERATION_KIND,
} from '../../wire/operations.js';
import { resultName } from '../../wire/results.js';
import { OperationRefused } from './operation-refused.js';

/** What a client posts, as the schema lets it through: what its kind needs is there. */
export interface OperationBody {
  readonly id: string;
  /** One of POSTABLE_KINDS. */
  readonly kind: string;
  readonly payer?: string;
  readonly payee?: string;
  readonly amountMinor?: number;
  readonly channel?: Channel;
  readonly reference?: string;
  readonly timeoutS?: number;
  readonly retry?: boolean;
}

export interface OperationResult {
  readonly id: string;
  readonly outcome: Outcome;
  readonly code: string;
  readonly timestampUs: number;
  readonly receipt: readonly ReceiptLeg[];
}

export interface ReceiptLeg {
  readonly account: string;
  readonly balanceMinor: number;
  readonly version: number;
}

/** Seconds a hold lives when the client names none: a quarter of an hour. */
export const HOLD_TIMEOUT_S = 900;

/** A fresh record for this body under this id. */
export function operationRecord(body: OperationBody, id: OperationIdWords): DataView {
  const { kind } = body;
  const row = kindNamed(kind)?.row;
  if (row === undefined) throw new OperationRefused('unknown_kind', `kind: there is no ${kind}`);
  const record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  writeOperationId(record, OP.id, id);
  const home = row.home === 'payer' ? 'payer' : 'payee';
  writeUint64(record, OP.account, accountField(body, home));
  if (row.counterparty !== undefined) {
    writeUint64(record, OP.counterparty, accountField(body, home === 'payer' ? 'payee' : 'payer'));
  }
  writeUint64(record, OP.amount, body.amountMinor ?? 0);
  if (row.refersTo.length > 0) {
    writeOperationId(record, OP.reference, idField('reference', body.reference));
  }
  const timeoutS = row.hasTimeout ? (body.timeoutS ?? HOLD_TIMEOUT_S) : 0;
  record.setUint32(OP.timeoutS, timeoutS, true);
  record.setUint8(OP.kind, row.number);
  record.setUint8(OP.channel, CHANNEL[body.channel ?? 'balance']);
  record.setUint16(OP.flags, body.retry === true ? OPERATION_FLAG.retry : 0, true);
  record.setUint16(OP.currency, CURRENCY_CNY, true);
  return record;
}

export function queryRecord(
  kind: 'lookup' | 'balance',
  account: number,
  id: OperationIdWords | undefined,
): DataView {
  const record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  if (id !== undefined) writeOperationId(record, OP.id, id);
  writeUint64(record, OP.account, account);
  record.setUint8(OP.kind, OPERATION_KIND[kind]);
  return record;
}

export function idField(field: string, text: string | undefined): OperationIdWords {
  const words = text === undefined ? undefined : parseOperationId(text);
  if (words !== undefined) return words;
  throw new OperationRefused('malformed_operation', `${field}: give a UUID of version 7`);
}

export function readResult(ack: DataView, id: string): OperationResult {
  const legs = Math.min(ack.getUint8(ACK.legs), RECEIPT_LEGS);
  const code = ack.getUint16(ACK.code, true);
  return {
    id,
    outcome: outcomeName(ack.getUint8(ACK.outcome)),
    code: resultName(code) ?? `code_${code}`,
    timestampUs: readUint64(ack, ACK.timestamp),
    receipt: Array.from({ length: legs }, (_, leg) => readLeg(ack, leg)),
  };
}

function readLeg(ack: DataView, leg: number): ReceiptLeg {
  return {
    account: accountName(readUint64(ack, ACK.accounts + leg * 8)),
    balanceMinor: readInt64(ack, ACK.balances + leg * 8),
    version: ack.getUint32(ACK.versions + leg * 4, true),
  };
}

function accountField(body: OperationBody, field: 'payer' | 'payee'): number {
  const account = parseAccount(body[field] ?? '');
  if (account !== undefined) return account;
  const shape = 'give user:<number> or merchant:<number>';
  throw new OperationRefused('malformed_operation', `${field}: ${shape}`);
}

function outcomeName(outcome: number): Outcome {
  if (outcome === OUTCOME.ok) return 'ok';
  return outcome === OUTCOME.declined ? 'declined' : 'unknown';
}
