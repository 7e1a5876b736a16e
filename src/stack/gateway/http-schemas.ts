/**
 * The JSON schemas of the HTTP edge: what is checked on the way in, written on the way out, and shown in
 * /openapi.json is one and the same.
 */
import { CHANNEL } from '../../wire/operations.js';
import { AMOUNT_MINOR_MAX } from '../../wire/results.js';
import { POSTABLE_KINDS } from './http-operation.js';

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

export const operationBody = {
  type: 'object',
  required: ['kind'],
  additionalProperties: false,
  properties: {
    id: {
      type: 'string',
      pattern: UUID,
      description:
        'UUID of version 7, the idempotency key; the header Idempotency-Key is an alias. Every shard an ' +
        'operation touches remembers its id: another body under it is refused (exists_with_different_*) ' +
        'where the two operations share a shard, as they do whenever the payer is the same. Used for ' +
        'another payer where they share none, it is the id of another operation',
    },
    kind: { type: 'string', enum: POSTABLE_KINDS },
    payer: {
      type: 'string',
      maxLength: 32,
      description: 'user:7; refund: the merchant that pays back; topUp: not used',
    },
    payee: {
      type: 'string',
      maxLength: 32,
      description: 'merchant:3 (pay, hold, capture), user:7 (transfer, topUp, refund)',
    },
    amountMinor: {
      type: 'integer',
      minimum: 1,
      maximum: AMOUNT_MINOR_MAX,
      description: 'fen (1/100 CNY); not used by void',
    },
    channel: { type: 'string', enum: Object.keys(CHANNEL), default: 'balance' },
    reference: {
      type: 'string',
      pattern: UUID,
      description: 'refund: id of the payment; capture, void: id of the hold',
    },
    timeoutS: {
      type: 'integer',
      minimum: 1,
      maximum: 2 ** 31,
      description: 'hold: seconds until it expires, default 900',
    },
    retry: {
      type: 'boolean',
      description: 'an attempt with this id was sent before: risk control does not count it again',
    },
  },
} as const;

const receiptLeg = {
  type: 'object',
  required: ['account', 'balanceMinor', 'version'],
  properties: {
    account: { type: 'string' },
    balanceMinor: { type: 'integer', description: 'posted balance after, fen' },
    version: { type: 'integer', description: 'version of the account after; dense: 1, 2, 3 ...' },
  },
} as const;

export const operationResult = {
  type: 'object',
  required: ['id', 'outcome', 'code', 'timestampUs', 'receipt'],
  properties: {
    id: { type: 'string' },
    outcome: { type: 'string', enum: ['ok', 'declined', 'unknown'] },
    code: { type: 'string', description: 'name of the result; created = it took effect' },
    timestampUs: { type: 'integer', description: 'ledger time, microseconds since the Unix epoch' },
    receipt: { type: 'array', items: receiptLeg },
  },
} as const;

/** `error` and `code` always; the rest once there is an operation. */
const refusedOperation = {
  type: 'object',
  required: ['error', 'code'],
  properties: {
    error: { type: 'string', description: 'one line: what is wrong' },
    ...operationResult.properties,
  },
} as const;

export const accountBalance = {
  type: 'object',
  required: ['account', 'balanceMinor', 'parts'],
  properties: {
    account: { type: 'string' },
    balanceMinor: { type: 'integer', description: 'posted balance, fen; sum of the parts' },
    parts: {
      type: 'array',
      items: receiptLeg,
      description: 'the ledger accounts behind the name; a split merchant has one on each shard',
    },
  },
} as const;

export const errorBody = {
  type: 'object',
  required: ['error', 'code'],
  properties: {
    error: { type: 'string', description: 'one line: what, where, what to do' },
    code: { type: 'string' },
  },
} as const;

export const topology = {
  type: 'object',
  properties: {
    placement: {
      type: 'object',
      properties: { shards: { type: 'integer' }, splitMerchants: { type: 'integer' } },
    },
    users: { type: 'integer' },
    merchants: { type: 'integer' },
    shardAddresses: { type: 'array', items: { type: 'string' } },
    isolation: { type: 'string' },
    ledgerEngine: { type: 'string' },
    durability: { type: 'string' },
  },
} as const;

/** In flight 0 and nothing newly admitted between two looks: the gateway is at rest. */
export const stats = {
  type: 'object',
  properties: {
    inFlight: { type: 'integer', description: 'operations admitted and not answered yet' },
    admitted: { type: 'integer' },
    notAdmitted: { type: 'integer', description: 'shed: too much in flight' },
    expired: { type: 'integer', description: 'shed: the deadline had passed' },
    crossShard: { type: 'integer', description: 'operations that went through Try/Confirm/Cancel' },
    recoveredConfirmed: { type: 'integer' },
    recoveredCancelled: { type: 'integer' },
    cpuUs: { type: 'integer', description: 'CPU time of the process, microseconds' },
    rssBytes: { type: 'integer' },
  },
} as const;

export const health = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['ok', 'degraded'] },
    shardsUp: { type: 'integer' },
    shards: { type: 'integer' },
  },
} as const;

/** What a POST may answer, with the outcome each status stands for. */
export const operationResponses = {
  200: { ...operationResult, description: 'ok: every leg is on disk' },
  400: { ...errorBody, description: 'declined: not an operation' },
  402: { ...refusedOperation, description: 'declined: not enough money, or risk control' },
  409: { ...refusedOperation, description: 'declined: the id or the hold was used before' },
  422: { ...refusedOperation, description: 'declined: the operation can never be accepted' },
  503: {
    ...refusedOperation,
    description: 'this attempt was not executed; try again with the same id',
  },
  504: {
    ...refusedOperation,
    description: 'unknown: it may have happened; ask, or repeat with the same id',
  },
} as const;
