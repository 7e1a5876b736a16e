/**
 * JSON in, operation record out; ack record in, JSON out. Names are used the way people say them (who pays, who
 * is paid); the record's `account` is always the user whose shard is home. Pure; refuses with one line and a code.
 */

import { formatAccount, parseAccount } from '../../wire/accounts.js';
import { ACK, LEGS_MAX, OUTCOME, type Outcome } from '../../wire/acks.js';
import { readInt64, readUint64, writeUint64 } from '../../wire/bytes.js';
import {
  formatOperationId,
  type OperationIdWords,
  parseOperationId,
  writeOperationId,
} from '../../wire/operation-id.js';
import type { OperationKind } from '../../wire/operation-kinds.js';
import {
  CHANNEL,
  CURRENCY_CNY,
  OP,
  OPERATION_BYTES,
  OPERATION_FLAG,
  OPERATION_KIND,
} from '../../wire/operations.js';
import { type ResultName, resultName } from '../../wire/results.js';

/** What a client posts, as the schema lets it through. */
export interface OperationBody {
  readonly id?: string;
  readonly kind: string;
  readonly payer?: string;
  readonly payee?: string;
  readonly amountMinor?: number;
  readonly channel?: string;
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

/** The body cannot become an operation. `code` is one of RESULTS. */
export class OperationRefused extends Error {
  readonly code: ResultName;

  constructor(code: ResultName, reason: string) {
    super(reason);
    this.name = 'OperationRefused';
    this.code = code;
  }
}

/** Which fields each kind needs: the user whose shard is home, and who is on the other side. */
const FIELDS: Record<
  Exclude<OperationKind, 'balance' | 'lookup'>,
  {
    readonly user: 'payer' | 'payee';
    readonly other?: 'payer' | 'payee';
    readonly amount: boolean;
    readonly reference: boolean;
  }
> = {
  pay: { user: 'payer', other: 'payee', amount: true, reference: false },
  transfer: { user: 'payer', other: 'payee', amount: true, reference: false },
  topUp: { user: 'payee', amount: true, reference: false },
  refund: { user: 'payee', other: 'payer', amount: true, reference: true },
  hold: { user: 'payer', other: 'payee', amount: true, reference: false },
  capture: { user: 'payer', other: 'payee', amount: true, reference: true },
  void: { user: 'payer', amount: false, reference: true },
};

export const POSTABLE_KINDS = Object.keys(FIELDS);
/** Seconds a hold lives when the client names none: a quarter of an hour. */
const HOLD_TIMEOUT_S = 900;

/** A fresh record for this body under this id. */
export function operationRecord(body: OperationBody, id: OperationIdWords): DataView {
  const kind = body.kind;
  if (!isPostable(kind)) {
    throw new OperationRefused('unknown_kind', `kind: give one of ${POSTABLE_KINDS.join(', ')}`);
  }
  const fields = FIELDS[kind];
  const record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  writeOperationId(record, OP.id, id);
  writeUint64(record, OP.account, accountField(body, kind, fields.user));
  if (fields.other !== undefined) {
    writeUint64(record, OP.counterparty, accountField(body, kind, fields.other));
  }
  if (fields.amount) writeUint64(record, OP.amount, amountField(body));
  if (fields.reference) {
    writeOperationId(record, OP.reference, idField('reference', body.reference));
  }
  const timeoutS = kind === 'hold' ? (body.timeoutS ?? HOLD_TIMEOUT_S) : 0;
  record.setUint32(OP.timeoutS, timeoutS, true);
  record.setUint8(OP.kind, OPERATION_KIND[kind]);
  record.setUint8(OP.channel, channelField(body.channel ?? 'balance'));
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

export function readResult(ack: DataView, id: OperationIdWords): OperationResult {
  const legs = Math.min(ack.getUint8(ACK.legs), LEGS_MAX);
  const code = ack.getUint16(ACK.code, true);
  return {
    id: formatOperationId(id),
    outcome: outcomeName(ack.getUint8(ACK.outcome)),
    code: resultName(code) ?? `code_${code}`,
    timestampUs: readUint64(ack, ACK.timestamp),
    receipt: Array.from({ length: legs }, (_, leg) => readLeg(ack, leg)),
  };
}

function readLeg(ack: DataView, leg: number): ReceiptLeg {
  return {
    account: formatAccount(readUint64(ack, ACK.accounts + leg * 8)),
    balanceMinor: readInt64(ack, ACK.balances + leg * 8),
    version: ack.getUint32(ACK.versions + leg * 4, true),
  };
}

function accountField(body: OperationBody, kind: string, field: 'payer' | 'payee'): number {
  const text = body[field];
  if (text === undefined) {
    throw new OperationRefused('malformed_operation', `${field}: ${kind} needs one`);
  }
  const account = parseAccount(text);
  if (account !== undefined) return account;
  const shape = 'give user:<number> or merchant:<number>';
  throw new OperationRefused('malformed_operation', `${field}: ${shape}`);
}

function amountField(body: OperationBody): number {
  if (body.amountMinor !== undefined) return body.amountMinor;
  throw new OperationRefused('malformed_operation', `amountMinor: ${body.kind} needs one`);
}

function channelField(name: string): number {
  for (const [known, code] of Object.entries(CHANNEL)) if (known === name) return code;
  const known = Object.keys(CHANNEL).join(', ');
  throw new OperationRefused('malformed_operation', `channel: give one of ${known}`);
}

function isPostable(kind: string): kind is keyof typeof FIELDS {
  return Object.hasOwn(FIELDS, kind);
}

function outcomeName(outcome: number): Outcome {
  if (outcome === OUTCOME.ok) return 'ok';
  return outcome === OUTCOME.declined ? 'declined' : 'unknown';
}
