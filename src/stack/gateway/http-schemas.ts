/**
 * The JSON schemas of the HTTP edge: what is checked on the way in, written on the way out, and shown in
 * /openapi.json is one and the same.
 */
import {
  CATALOGUE,
  type KnownKind,
  kindNamed,
  kindsWhere,
  productKind,
} from '../../products/kinds.js';
import type { ProductAccount } from '../../products/product.js';
import { type Counterparty, movesMoney } from '../../wire/operation-kinds.js';
import { CHANNEL } from '../../wire/operations.js';
import { AMOUNT_MINOR_MAX } from '../../wire/results.js';
import { HOLD_TIMEOUT_S } from './http-operation.js';

/** Version 7 of RFC 9562. */
const UUID =
  '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$';
/** 1 to ACCOUNT_NUMBER_MAX. */
const NUMBER = '[1-9][0-9]{0,8}';
/** 0 to 254. */
const SHARD = '(25[0-4]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';

export const operationId = { type: 'string', pattern: UUID, description: 'UUID of version 7' };

export const user = { type: 'string', pattern: `^user:${NUMBER}$`, description: 'user:7' };

const merchant = {
  type: 'string',
  pattern: `^merchant:${NUMBER}$`,
  description: 'merchant:3',
};

const merchantOrUser = {
  type: 'string',
  pattern: `^(merchant|user):${NUMBER}$`,
  description: 'merchant:3 or user:8',
};

const ofShards = ['fee', 'platform', 'bank', ...classNames('shard')].join('|');
const ofUsers = ['user', ...classNames('user'), ...classNames('merchant')].join('|');

export const anyAccount = {
  type: 'string',
  pattern: `^((${ofUsers}):${NUMBER}|merchant:${NUMBER}(@${SHARD})?|clearing:${SHARD}@${SHARD}|(${ofShards})@${SHARD})$`,
  description: 'user:7, merchant:3, merchant:3@1, fee@0, huabei.available:7',
};

/** Of the accounts that products have, as a pattern has them. */
function classNames(of: ProductAccount['of']): readonly string[] {
  return [...CATALOGUE.classes.values()].flatMap(({ account, name }) =>
    account.of === of ? [name.replace('.', '\\.')] : [],
  );
}

const COUNTERPARTIES: Record<Counterparty, typeof user> = {
  merchant,
  user,
  'merchant-or-user': merchantOrUser,
};

/** The kinds that can be posted: all that change something, and that the stack has. */
export const POSTABLE_KINDS = kindsWhere((row) => movesMoney(row) && row.toldOnly === undefined);

/** The body of one kind, out of the table of kinds. */
function bodyOf({ name: kind, row }: KnownKind): BodySchema {
  const home = row.home === 'payer' ? 'payer' : 'payee';
  const properties: Record<string, object> = {
    id: {
      ...operationId,
      description:
        'UUID of version 7, the idempotency key, made by the client and kept for repeats; the header ' +
        'Idempotency-Key may stand in its place. A repeat of the body gets the first receipt, another body ' +
        'under the id is refused by the name of the field that differs (exists_with_different_*), and an id ' +
        'that was declined stays declined with its first code. The shards an operation touches remember its ' +
        `id: used for another payer, where the two operations share no shard, it is the id of another operation${inId(kind, row.number)}`,
    },
    kind: { type: 'string', enum: [kind] },
    [home]: user,
  };
  const required = ['id', 'kind', home];
  if (row.counterparty !== undefined) {
    const other = home === 'payer' ? 'payee' : 'payer';
    properties[other] = COUNTERPARTIES[row.counterparty];
    required.push(other);
  }
  if (row.direction !== undefined) {
    properties.amountMinor = amountMinor;
    required.push('amountMinor');
  }
  if (row.refersTo.length > 0) {
    const nouns = row.refersTo.map((one) => nounOf(one)).join(' or ');
    const description = `id of the ${nouns}, whose parties must be those named here`;
    properties.reference = { ...operationId, description };
    required.push('reference');
  }
  if (row.hasTimeout) properties.timeoutS = timeoutS;
  properties.channel = channel;
  properties.retry = retry;
  return {
    $id: kind,
    title: row.noun,
    type: 'object',
    required,
    additionalProperties: false,
    properties,
  };
}

/** What the 12 bits after the version are for. */
function inId(kind: string, number: number): string {
  const details = productKind(number)?.details ?? [];
  if (details.length === 0) return '';
  const places = details.map(
    ({ bits, name, shift }) => `${name} (bits ${shift} to ${shift + bits - 1})`,
  );
  const where = productKind(number)?.isSame === true ? ', as in the reference' : '';
  return `. Of a ${kind} the lowest 12 bits of its first 8 bytes, rand_a, are its details: ${places.join(', ')}${where}`;
}

function nounOf(kind: string): string {
  return kindNamed(kind)?.row.noun ?? kind;
}

interface BodySchema {
  readonly $id: string;
  readonly title: string;
  readonly type: 'object';
  readonly required: readonly string[];
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, object>>;
}

const amountMinor = {
  type: 'integer',
  minimum: 1,
  maximum: AMOUNT_MINOR_MAX,
  description: 'fen (1/100 CNY), written in digits: no fraction and no exponent, not 1.0 nor 1e2',
};

/** The longest that a hold may live, in seconds. */
export const TIMEOUT_S_MAX = 2 ** 31;

const timeoutS = {
  type: 'integer',
  minimum: 1,
  maximum: TIMEOUT_S_MAX,
  default: HOLD_TIMEOUT_S,
  description: 'seconds until it expires, written in digits',
};

const channel = {
  type: 'string',
  enum: Object.keys(CHANNEL),
  default: 'balance',
  description: 'how the payer pays; changes no posting',
};

const retry = {
  type: 'boolean',
  default: false,
  description:
    'an attempt with this id was sent before: if the ledger knows the id, risk control does not count it again; ' +
    'an id that it does not know is a new operation, whatever is said here',
};

/** To be added to the server: `operationBody` refers to them. */
export const operationBodies = POSTABLE_KINDS.flatMap((kind) => kindNamed(kind) ?? []).map(bodyOf);

export const operationBody = {
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: POSTABLE_KINDS.map((kind) => ({ $ref: `${kind}#` })),
};

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

export const notFoundBody = {
  ...errorBody,
  properties: {
    ...errorBody.properties,
    timestampUs: {
      type: 'integer',
      description:
        'ledger time until which nothing was recorded under the id, microseconds since the Unix epoch',
    },
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
    openingMinor: { type: 'integer', description: 'what each user was opened with' },
    products: { type: 'array', items: { type: 'string' }, description: 'that it offers' },
    feePer10k: { type: 'integer', description: 'of a payment, to the fee account' },
    commissionPer10k: { type: 'integer', description: 'of a payment, to the platform' },
    risk: {
      type: 'object',
      description: 'what risk control declines: a larger amount, or more of one payer in a window',
      properties: {
        amountMinorMax: { type: 'integer' },
        velocity: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              windowMs: { type: 'integer' },
              countMax: { type: 'integer' },
              amountMinorMax: { type: 'integer' },
            },
          },
        },
      },
    },
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
    brownedOut: {
      type: 'integer',
      description: 'shed: too much in flight for what is less important',
    },
    expired: { type: 'integer', description: 'shed: the deadline had passed' },
    crossShard: { type: 'integer', description: 'operations that went through Try/Confirm/Cancel' },
    recoveredConfirmed: { type: 'integer' },
    recoveredCancelled: { type: 'integer' },
    riskUnwatched: {
      type: 'integer',
      description: 'operations of payers for whom risk control has no windows',
    },
    upMs: { type: 'integer', description: 'how long the process has run, milliseconds' },
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
  409: {
    ...refusedOperation,
    description:
      'declined: the id or the hold was used before, or what is referred to is not known yet',
  },
  413: { ...errorBody, description: 'declined: the body is longer than 16 KiB' },
  415: { ...errorBody, description: 'declined: the body is not application/json' },
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
