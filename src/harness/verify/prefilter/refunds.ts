/**
 * Payments of one shard that some operation of the journal refunds, each with what refunds of it are held to: that it took
 * effect before, how much was paid, and which accounts it moved which way.
 *
 *   a row   paid f64 | refunded f64 | reserved or refunded f64          legs: account lo, account hi, 1 = credit, -1 = debit, 0 = no leg, for each leg
 */
import {
  kindFlags,
  NO_MONEY,
  OF_MERCHANT,
  operationKind,
  PASSES_ON,
} from '../../../products/kinds.js';
import { ACCOUNT_CLASS_MIN } from '../../../products/product.js';
import { isOfShard, SLOTS } from '../../../wire/accounts.js';
import { COMMAND, COMMAND_FLAG, LEGS_MAX } from '../../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../../wire/ledger-log.js';
import { drawsOnEarlier } from '../../../wire/operation-kinds.js';
import { DRAWN_ON, goesOn, takesWhole } from '../kinds.js';
import type { AccountIndex } from './account-index.js';
import { MERCHANT_HIGH, USER_HIGH } from './asked-entries.js';
import { namedAccountDigest } from './digest.js';
import { int64 } from './int64.js';
import { findAt, type OperationMemory } from './operation-index.js';
import { RowIndex } from './row-index.js';
import type { WalkFacts } from './walk-facts.js';

const { confirm: CONFIRM, try_: TRY } = COMMAND;
const { secondary: SECONDARY } = COMMAND_FLAG;
/** By kind: what uses up a part of an earlier operation, whether it goes on from it and takes all of it, and what it may refer to. */
export const DRAWS = kindFlags(drawsOnEarlier);
const GOES_ON = kindFlags(goesOn);
const TAKES_WHOLE = kindFlags(takesWhole);
const PAYMENTS = kindFlags(({ number }) => DRAWN_ON.includes(operationKind(number)?.name ?? ''));
/** High words from which on accounts are of a product: the user's or the merchant's own in their place. */
const PRODUCTS_HIGH = ACCOUNT_CLASS_MIN * SLOTS;
const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;
const REFERENCE = ENTRY.reference / 4;
const POSTING_HI = LEG.posting / 4 + 1;
const LEG_FIELDS = 3;
/** What a row is of. */
const SIDE = { none: 0, home: 1, far: 2 } as const;

/** An entry that took effect, of a known operation. */
export interface MoneyEntry {
  readonly operation: number;
  readonly command: number;
  readonly kind: number;
  readonly role: number;
  readonly legs: number;
}

export class Refunds {
  readonly #operations: OperationMemory;
  readonly #facts: WalkFacts;
  readonly #rows: RowIndex;
  /** A bit an operation: it has a row. */
  readonly #wanted: Uint8Array;
  readonly #paid: Float64Array;
  readonly #refunded: Float64Array;
  /** Minor units of refunds that were made and not taken back. */
  readonly #reserved: Float64Array;
  readonly #sides: Uint8Array;
  readonly #legs: Int32Array;

  /** `refunded`: ids that refunds of the journal refer to, four words each. */
  constructor(operations: OperationMemory, refunded: Int32Array, facts: WalkFacts) {
    this.#operations = operations;
    this.#facts = facts;
    const count = refunded.length / 4;
    this.#rows = new RowIndex(count);
    this.#wanted = new Uint8Array(count === 0 ? 0 : (operations.capacity >>> 3) + 1);
    for (let at = 0; at < refunded.length; at += 4) {
      const payment = findAt(operations, refunded, at);
      if (payment < 0) continue;
      this.#rows.enter(payment);
      this.#wanted[payment >>> 3] |= 1 << (payment & 7);
    }
    const rows = this.#rows.count;
    this.#paid = new Float64Array(rows);
    this.#refunded = new Float64Array(rows);
    this.#reserved = new Float64Array(rows);
    this.#sides = new Uint8Array(rows);
    this.#legs = new Int32Array(rows * LEGS_MAX * LEG_FIELDS);
  }

  /** `words` and `at`: where the entry lies. `isEffect`: its operation took effect by it, at home or as the far half. */
  onEntry(words: Int32Array, at: number, entry: MoneyEntry, isEffect: boolean): void {
    const { command, kind, operation } = entry;
    if (DRAWS[kind] === 1 && (isEffect || command === TRY))
      this.#onRefund(words, at, entry, isEffect);
    // What goes on from something may be gone on from.
    if (isEffect && PAYMENTS[kind] === 1) {
      const isWanted = ((this.#wanted[operation >>> 3] ?? 0) & (1 << (operation & 7))) !== 0;
      if (isWanted) this.#onPayment(words, at, entry);
    }
  }

  #onPayment(words: Int32Array, at: number, { command, legs, operation, role }: MoneyEntry): void {
    const row = this.#rows.find(operation);
    if (this.#sides[row] !== SIDE.none) this.#facts.wrongRefunds++;
    this.#sides[row] = sideOf(command, role);
    this.#paid[row] = int64(words, at + ENTRY.amount / 4);
    let to = row * LEGS_MAX * LEG_FIELDS;
    for (let leg = 0; leg < legs; leg++, to += LEG_FIELDS) {
      const from = at + HEAD_WORDS + leg * LEG_WORDS;
      this.#legs[to] = words[from];
      this.#legs[to + 1] = words[from + 1];
      this.#legs[to + 2] = words[from + POSTING_HI] < 0 ? -1 : 1;
    }
  }

  #onRefund(words: Int32Array, at: number, entry: MoneyEntry, isEffect: boolean): void {
    const facts = this.#facts;
    const { command, kind, legs, role } = entry;
    const passesOn = PASSES_ON[kind] === 1;
    // Home knows what is referred to.
    if (passesOn && role === SECONDARY) return;
    const side = sideOf(command, role);
    if (isEffect && side === SIDE.home) facts.refunds++;
    const row = this.#paymentRow(words, at);
    if (row < 0) {
      facts.wrongRefunds++;
      return;
    }
    if (command !== CONFIRM && role !== SECONDARY)
      this.#reserved[row] += int64(words, at + ENTRY.amount / 4);
    if (!isEffect) return;
    if (this.#sides[row] !== side) facts.wrongRefunds++;
    for (let leg = 0; leg < legs; leg++) {
      const legAt = at + HEAD_WORDS + leg * LEG_WORDS;
      const isTaken =
        words[legAt + POSTING_HI] < 0 && NO_MONEY[Math.floor(words[legAt + 1] / SLOTS)] !== 1;
      if ((!passesOn || isTaken) && !this.#isMirrored(words, legAt, { row, kind }))
        facts.wrongRefunds++;
    }
    if (TAKES_WHOLE[kind] === 1 && this.isLess(words, at)) facts.wrongRefunds++;
    if (side !== SIDE.home) return;
    this.#refunded[row] += int64(words, at + ENTRY.amount / 4);
    if (this.#refunded[row] > this.#paid[row]) facts.wrongRefunds++;
  }

  /** A refund that was tried is taken back. */
  onCancel(words: Int32Array, at: number, role: number): void {
    const row = this.#paymentRow(words, at);
    if (row >= 0 && role !== SECONDARY) this.#reserved[row] -= int64(words, at + ENTRY.amount / 4);
  }

  /** Whether a refund of so much more would pass what was paid. */
  wouldExceed(words: Int32Array, at: number, amount: number): boolean {
    const row = this.#paymentRow(words, at);
    return (
      row >= 0 && this.#sides[row] === SIDE.home && this.#reserved[row] + amount > this.#paid[row]
    );
  }

  /** Whether so much is less than what is referred to. */
  isLess(words: Int32Array, at: number): boolean {
    const row = this.#paymentRow(words, at);
    return row >= 0 && int64(words, at + ENTRY.amount / 4) < this.#paid[row];
  }

  /** Row of the account that the refunded payment paid and whose digest is `payee`; -1 where there is none. */
  payeeRow(words: Int32Array, at: number, payee: number, index: AccountIndex): number {
    const row = this.#paymentRow(words, at);
    const legs = this.#legs;
    if (row < 0) return -1;
    const first = row * LEGS_MAX * LEG_FIELDS;
    for (let leg = first; leg < first + LEGS_MAX * LEG_FIELDS; leg += LEG_FIELDS)
      if (legs[leg + 2] === 1 && namedAccountDigest(legs[leg], legs[leg + 1]) === payee)
        return index.find(legs[leg], legs[leg + 1]);
    return -1;
  }

  /** Row of the payment that an entry refers to and that took effect before; or -1. */
  #paymentRow(words: Int32Array, at: number): number {
    const payment = findAt(this.#operations, words, at + REFERENCE);
    const row = payment < 0 ? -1 : this.#rows.find(payment);
    return row < 0 || this.#sides[row] === SIDE.none ? -1 : row;
  }

  /** Whether the payment moved an account of the leg's owner the other way; where the kind goes on, any way, and a shard's own is free. */
  #isMirrored(
    words: Int32Array,
    legAt: number,
    { row, kind }: { readonly row: number; readonly kind: number },
  ): boolean {
    const legs = this.#legs;
    const anyWay = GOES_ON[kind] === 1;
    if (anyWay && isOfShard(words[legAt + 1])) return true;
    const sign = words[legAt + POSTING_HI] < 0 ? 1 : -1;
    const high = ownerHigh(words[legAt + 1]);
    const first = row * LEGS_MAX * LEG_FIELDS;
    for (let at = first; at < first + LEGS_MAX * LEG_FIELDS; at += LEG_FIELDS) {
      const isOwner = legs[at] === words[legAt] && ownerHigh(legs[at + 1]) === high;
      if (isOwner && (legs[at + 2] === sign || (anyWay && legs[at + 2] !== 0))) return true;
    }
    return false;
  }
}

function ownerHigh(hi: number): number {
  if (hi < PRODUCTS_HIGH || hi % SLOTS !== 0) return hi;
  return OF_MERCHANT[hi / SLOTS] === 1 ? MERCHANT_HIGH : USER_HIGH;
}

function sideOf(command: number, role: number): number {
  return command === CONFIRM && role === SECONDARY ? SIDE.far : SIDE.home;
}
