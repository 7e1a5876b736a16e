/**
 * The body of an operation, JSON in the shape that clients send it, becomes the operation record in one pass over its bytes:
 *
 *   {"id":"<uuid>","kind":"pay","payer":"user:7","payee":"merchant:8","amountMinor":100,"channel":"balance"}
 *
 * Members in any order and with any space between them; texts without escapes. It knows what is right and names nothing
 * that is wrong: at anything else it says no, and the body is read as JSON, checked by the schemas and refused in words by
 * the server behind the front. What it takes they would take, and make the same record of. Pure.
 */

import { knownKind } from '../../../products/kinds.js';
import { merchantAccount, userAccount } from '../../../wire/accounts.js';
import { writeUint64 } from '../../../wire/bytes.js';
import type { OperationKindRow } from '../../../wire/operation-kinds.js';
import {
  CHANNEL,
  CURRENCY_CNY,
  OP,
  OPERATION_BYTES,
  OPERATION_FLAG,
} from '../../../wire/operations.js';
import { AMOUNT_MINOR_MAX } from '../../../wire/results.js';
import { HOLD_TIMEOUT_S } from '../http-operation.js';
import { POSTABLE_KINDS, TIMEOUT_S_MAX } from '../http-schemas.js';
import {
  bytesOf,
  CLOSE,
  COLON,
  COMMA,
  CR,
  LF,
  NINE,
  OPEN,
  QUOTE,
  SPACE,
  standsAt,
  TAB,
  ZERO,
} from './ascii.js';
import { ID_TEXT_BYTES, readId } from './id-bytes.js';

const FIELDS = [
  'id',
  'kind',
  'payer',
  'payee',
  'amountMinor',
  'channel',
  'reference',
  'timeoutS',
  'retry',
] as const;
type Field = (typeof FIELDS)[number];

const FIELD_WORDS = FIELDS.map((name) => bytesOf(`${name}"`));
const KIND_WORDS = POSTABLE_KINDS.map((kind) => bytesOf(`${kind}"`));
const CHANNELS = Object.entries(CHANNEL);
const CHANNEL_WORDS = CHANNELS.map(([name]) => bytesOf(`${name}"`));
const USER = bytesOf('"user:');
const MERCHANT = bytesOf('"merchant:');
const TRUE = bytesOf('true');
const FALSE = bytesOf('false');
const ACCOUNT_DIGITS_MAX = 9;

const NO = -1;

/** What a kind needs, by bit of FIELDS, and what it may have. */
interface Shape {
  readonly row: OperationKindRow;
  readonly needs: number;
  readonly may: number;
}

const bitOf = (field: Field): number => 1 << FIELDS.indexOf(field);

const SHAPES = POSTABLE_KINDS.map((kind): Shape => {
  const { row } = knownKind(kind);
  const isHomePayer = row.home === 'payer';
  let needs = bitOf('id') | bitOf('kind') | bitOf(isHomePayer ? 'payer' : 'payee');
  if (row.counterparty !== undefined) needs |= bitOf(isHomePayer ? 'payee' : 'payer');
  if (row.direction !== undefined) needs |= bitOf('amountMinor');
  if (row.refersTo.length > 0) needs |= bitOf('reference');
  const timeout = row.hasTimeout ? bitOf('timeoutS') : 0;
  return { row, needs, may: needs | timeout | bitOf('channel') | bitOf('retry') };
});

interface Party {
  isUser: boolean;
  number: number;
}

export class OperationReader {
  /** The operation that was read last. */
  readonly record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  /** Where the text of its id begins, ID_TEXT_BYTES long. */
  idAt = 0;
  readonly #payer: Party = { isUser: false, number: 0 };
  readonly #payee: Party = { isUser: false, number: 0 };
  #shape = SHAPES[0];
  #seen = 0;

  /** Whether the bytes from `from` to `to` are an operation. `keyAt` is where its id stands beside them, or -1. */
  read(
    bytes: Uint8Array,
    { from, to, keyAt }: { readonly from: number; readonly to: number; readonly keyAt: number },
  ): boolean {
    this.#clear();
    let at = skipSpace(bytes, from, to);
    if (at >= to || bytes[at] !== OPEN) return false;
    do {
      at = this.#readMember(bytes, skipSpace(bytes, at + 1, to), to);
      if (at < 0) return false;
      at = skipSpace(bytes, at, to);
    } while (at < to && bytes[at] === COMMA);
    if (at >= to || bytes[at] !== CLOSE || skipSpace(bytes, at + 1, to) < to) return false;
    return (keyAt < 0 || this.#takeKey(bytes, keyAt)) && this.#finish();
  }

  #clear(): void {
    for (let at = 0; at < OPERATION_BYTES; at += 4) this.record.setInt32(at, 0, true);
    this.#seen = 0;
  }

  /** Where the member that begins at `at` ends, or NO. */
  #readMember(bytes: Uint8Array, at: number, to: number): number {
    if (at >= to || bytes[at] !== QUOTE) return NO;
    const field = wordAt(bytes, at + 1, to, FIELD_WORDS);
    if (field < 0 || (this.#seen & (1 << field)) !== 0) return NO;
    this.#seen |= 1 << field;
    const colonAt = skipSpace(bytes, at + 1 + FIELD_WORDS[field].length, to);
    if (colonAt >= to || bytes[colonAt] !== COLON) return NO;
    const valueAt = skipSpace(bytes, colonAt + 1, to);
    return valueAt >= to ? NO : this.#readValue(FIELDS[field], bytes, valueAt, to);
  }

  /** Where the value that begins at `at` ends, or NO. */
  #readValue(field: Field, bytes: Uint8Array, at: number, to: number): number {
    switch (field) {
      case 'id':
        this.idAt = at + 1;
        return readQuotedId(bytes, at, to, { record: this.record, at: OP.id });
      case 'reference':
        return readQuotedId(bytes, at, to, { record: this.record, at: OP.reference });
      case 'payer':
        return readParty(bytes, at, to, this.#payer);
      case 'payee':
        return readParty(bytes, at, to, this.#payee);
      case 'kind':
        return this.#readKind(bytes, at, to);
      case 'channel':
        return this.#readChannel(bytes, at, to);
      case 'amountMinor': {
        const end = digitsEnd(bytes, at, to);
        const amount = wholeNumber(bytes, at, end, AMOUNT_MINOR_MAX);
        writeUint64(this.record, OP.amount, amount);
        return amount === 0 ? NO : end;
      }
      case 'timeoutS': {
        const end = digitsEnd(bytes, at, to);
        const timeoutS = wholeNumber(bytes, at, end, TIMEOUT_S_MAX);
        this.record.setUint32(OP.timeoutS, timeoutS, true);
        return timeoutS === 0 ? NO : end;
      }
      case 'retry':
        if (standsAt(bytes, at, to, FALSE)) return at + FALSE.length;
        this.record.setUint16(OP.flags, OPERATION_FLAG.retry, true);
        return standsAt(bytes, at, to, TRUE) ? at + TRUE.length : NO;
    }
  }

  #readKind(bytes: Uint8Array, at: number, to: number): number {
    const kind = bytes[at] === QUOTE ? wordAt(bytes, at + 1, to, KIND_WORDS) : NO;
    if (kind < 0) return NO;
    this.#shape = SHAPES[kind];
    return at + 1 + KIND_WORDS[kind].length;
  }

  #readChannel(bytes: Uint8Array, at: number, to: number): number {
    const channel = bytes[at] === QUOTE ? wordAt(bytes, at + 1, to, CHANNEL_WORDS) : NO;
    if (channel < 0) return NO;
    this.record.setUint8(OP.channel, CHANNELS[channel][1]);
    return at + 1 + CHANNEL_WORDS[channel].length;
  }

  /** The id that stands beside the body: in place of the one within, or the same. */
  #takeKey(bytes: Uint8Array, keyAt: number): boolean {
    if ((this.#seen & bitOf('id')) === 0) {
      this.#seen |= bitOf('id');
      this.idAt = keyAt;
      return readId(bytes, keyAt, this.record, OP.id);
    }
    if (!readId(bytes, keyAt, KEY, 0)) return false;
    for (let at = 0; at < 16; at += 4) {
      if (KEY.getInt32(at, true) !== this.record.getInt32(OP.id + at, true)) return false;
    }
    return true;
  }

  /** Whether the members that were there make an operation of the kind; its accounts are known only now. */
  #finish(): boolean {
    const { record } = this;
    const { row, needs, may } = this.#shape;
    if ((this.#seen & needs) !== needs || (this.#seen & ~may) !== 0) return false;
    const isHomePayer = row.home === 'payer';
    const home = isHomePayer ? this.#payer : this.#payee;
    if (!home.isUser) return false;
    writeUint64(record, OP.account, userAccount(home.number));
    if (row.counterparty !== undefined) {
      const other = isHomePayer ? this.#payee : this.#payer;
      if (row.counterparty === (other.isUser ? 'merchant' : 'user')) return false;
      const account = other.isUser ? userAccount(other.number) : merchantAccount(other.number);
      writeUint64(record, OP.counterparty, account);
    }
    if (row.hasTimeout && (this.#seen & bitOf('timeoutS')) === 0) {
      record.setUint32(OP.timeoutS, HOLD_TIMEOUT_S, true);
    }
    record.setUint8(OP.kind, row.number);
    record.setUint16(OP.currency, CURRENCY_CNY, true);
    return true;
  }
}

const KEY = new DataView(new ArrayBuffer(16));

/** JSON's four (RFC 8259, 2). */
function skipSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB) break;
    at++;
  }
  return at;
}

/** Which of the words, each with its closing quote, stands at `at`; or NO. */
function wordAt(bytes: Uint8Array, at: number, to: number, words: readonly Uint8Array[]): number {
  for (let word = 0; word < words.length; word++) {
    if (standsAt(bytes, at, to, words[word])) return word;
  }
  return NO;
}

function readQuotedId(
  bytes: Uint8Array,
  at: number,
  to: number,
  into: { readonly record: DataView; readonly at: number },
): number {
  const closeAt = at + 1 + ID_TEXT_BYTES;
  if (closeAt >= to || bytes[at] !== QUOTE || bytes[closeAt] !== QUOTE) return NO;
  return readId(bytes, at + 1, into.record, into.at) ? closeAt + 1 : NO;
}

function readParty(bytes: Uint8Array, at: number, to: number, party: Party): number {
  party.isUser = standsAt(bytes, at, to, USER);
  if (!party.isUser && !standsAt(bytes, at, to, MERCHANT)) return NO;
  const from = at + (party.isUser ? USER.length : MERCHANT.length);
  const end = digitsEnd(bytes, from, to);
  if (end >= to || bytes[end] !== QUOTE || end - from > ACCOUNT_DIGITS_MAX) return NO;
  party.number = wholeNumber(bytes, from, end, Number.MAX_SAFE_INTEGER);
  return party.number === 0 ? NO : end + 1;
}

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] >= ZERO && bytes[at] <= NINE) at++;
  return at;
}

/** From 1 to `max`, written without a leading zero; 0 where it is not. The bytes are digits. */
function wholeNumber(bytes: Uint8Array, from: number, end: number, max: number): number {
  if (end === from || end - from > 15 || bytes[from] === ZERO) return 0;
  let value = 0;
  for (let at = from; at < end; at++) value = value * 10 + bytes[at] - ZERO;
  return value <= max ? value : 0;
}
