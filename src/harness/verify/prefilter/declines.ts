/**
 * Whether what a shard refused had its cause, as the walk has left accounts, holds and payments at that place of the log. Whom a
 * refused entry would have debited is found through the number of the user, which the journal leaves for operations that are
 * not acknowledged, or through the payment that is refunded; where it is not, that is counted, and the query looks.
 */
import { productKind } from '../../../products/kinds.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY } from '../../../wire/ledger-log.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { CAUSES, FOR_MONEY, REFUSABLE } from '../laws/declined-with-cause.js';
import {
  type AccountStates,
  STATE,
  STATE_FIELDS,
  STATE_FLAG,
  STATE_WORDS,
} from './account-states.js';
import { commandFlags } from './command-flags.js';
import { bodyDigest, referenceDigest } from './digest.js';
import { detailsOf } from './entry-head.js';
import { HOLD_ENDED, type Holds } from './holds.js';
import { int64 } from './int64.js';
import { questionDigest } from './load-operations.js';
import { type OperationMemory, userOf } from './operation-index.js';
import { ProductCauses } from './product-causes.js';
import { DRAWS, type Refunds } from './refunds.js';
import { BRANCH, type SeenMemory } from './seen.js';
import type { WalkFacts } from './walk-facts.js';

const { capture: CAPTURE } = COMMAND;
const { primary: PRIMARY, secondary: SECONDARY } = COMMAND_FLAG;
const { hold: HOLD, pay: PAY, refund: REFUND, topUp: TOP_UP, transfer: TRANSFER } = OPERATION_KIND;
const MONEY = RESULTS[FOR_MONEY].code;
const IS_REFUSABLE = commandFlags(REFUSABLE);
/** By code. */
const IS_CAUSE = new Uint8Array(65_536);
for (const cause of CAUSES) IS_CAUSE[RESULTS[cause].code] = 1;

/** An entry that took no effect, of a known operation. */
export interface DeclinedEntry {
  readonly operation: number;
  readonly code: number;
  readonly command: number;
  readonly kind: number;
  readonly role: number;
  readonly legs: number;
}

export function isRefusal(code: number, command: number, legs: number): boolean {
  return legs === 0 && IS_CAUSE[code] === 1 && IS_REFUSABLE[command] === 1;
}

export class Declines {
  readonly #operations: OperationMemory;
  readonly #seen: SeenMemory;
  readonly #states: AccountStates;
  readonly #holds: Holds;
  readonly #refunds: Refunds;
  readonly #facts: WalkFacts;
  readonly #products: ProductCauses;

  constructor(
    memory: { readonly operations: OperationMemory; readonly seen: SeenMemory },
    walked: {
      readonly states: AccountStates;
      readonly holds: Holds;
      readonly refunds: Refunds;
    },
    facts: WalkFacts,
  ) {
    this.#operations = memory.operations;
    this.#seen = memory.seen;
    this.#states = walked.states;
    this.#holds = walked.holds;
    this.#refunds = walked.refunds;
    this.#facts = facts;
    this.#products = new ProductCauses(walked.states);
  }

  onEntry(words: Int32Array, at: number, entry: DeclinedEntry): void {
    const { code, command, legs, operation } = entry;
    if (code === MONEY) this.#seen.branch[operation] |= BRANCH.poor;
    if (!isRefusal(code, command, legs)) return;
    if (code === MONEY) this.#seen.branch[operation] |= BRANCH.refused;
    if (!this.#hasCause(words, at, entry)) this.#facts.causeless++;
  }

  #hasCause(words: Int32Array, at: number, entry: DeclinedEntry): boolean {
    const amount = int64(words, at + ENTRY.amount / 4);
    const refused = { kind: entry.kind, role: entry.role, details: detailsOf(words, at) };
    switch (entry.code) {
      case MONEY:
        return (
          this.#isPoor(this.#debited(words, at, entry), amount) ||
          this.#products.isPoor(this.#askedUser(words, at, entry), refused, amount)
        );
      case RESULTS.exceeds_debits.code:
        return this.#products.isFull(this.#askedUser(words, at, entry), refused, amount);
      case RESULTS.debit_account_not_found.code:
      case RESULTS.credit_account_not_found.code:
        return !this.#isTouched(words, at, entry);
      case RESULTS.refund_exceeds_payment.code:
        return this.#refunds.wouldExceed(words, at, amount);
      case RESULTS.reference_has_different_amount.code:
        return this.#refunds.isLess(words, at);
      case RESULTS.exceeds_pending_transfer_amount.code:
        return amount > this.#holds.heldBy(words, at);
      case RESULTS.pending_transfer_already_posted.code:
        return this.#holds.endOf(words, at) === HOLD_ENDED.captured;
      case RESULTS.pending_transfer_already_voided.code:
        return this.#holds.endOf(words, at) === HOLD_ENDED.voided;
      case RESULTS.pending_transfer_expired.code:
        return this.#holds.endOf(words, at) === HOLD_ENDED.expired;
      default:
        return this.#holds.endOf(words, at) === HOLD_ENDED.never;
    }
  }

  /** Row of the account that the entry would have debited; -1 where it is not known, or cannot run short. */
  #debited(words: Int32Array, at: number, entry: DeclinedEntry): number {
    const { command, kind, operation, role } = entry;
    if (DRAWS[kind] === 1)
      return role === PRIMARY
        ? -1
        : this.#refunds.payeeRow(words, at, this.#operations.payee[operation], this.#states.index);
    const isPayer = kind === PAY || kind === TRANSFER || kind === HOLD;
    return isPayer && role !== SECONDARY && command !== CAPTURE ? this.#user(words, at, entry) : -1;
  }

  #isPoor(row: number, amount: number): boolean {
    if (row < 0) return false;
    const { fields, words } = this.#states;
    const from = row * STATE_FIELDS;
    const free = fields[from + STATE.balance] - fields[from + STATE.debitsPending];
    const isBounded = (words[row * STATE_WORDS + STATE.flags] & STATE_FLAG.bounded) !== 0;
    return isBounded && free < amount;
  }

  /** The user's account has been touched before; also where the user is not known. */
  #isTouched(words: Int32Array, at: number, entry: DeclinedEntry): boolean {
    const { code, kind, role } = entry;
    if (productKind(kind) !== undefined) return true;
    const isPaid = kind === TOP_UP || kind === REFUND;
    const isUser = isPaid === (code === RESULTS.credit_account_not_found.code);
    if (role === SECONDARY || !isUser || entry.command === CAPTURE) return false;
    const lo = userOf(this.#operations, entry.operation);
    if (!this.#isAsked(words, at, entry, lo)) return true;
    const row = this.#states.index.find(lo, 0);
    return row >= 0 && this.#states.words[row * STATE_WORDS + STATE.version] !== 0;
  }

  /** Number of the user whose operation it is; -1 where that is not known. */
  #askedUser(words: Int32Array, at: number, entry: DeclinedEntry): number {
    const lo = userOf(this.#operations, entry.operation);
    return this.#isAsked(words, at, entry, lo) ? lo : -1;
  }

  #user(words: Int32Array, at: number, entry: DeclinedEntry): number {
    const lo = userOf(this.#operations, entry.operation);
    return this.#isAsked(words, at, entry, lo) ? this.#states.index.find(lo, 0) : -1;
  }

  /** Whether the entry is what was asked, for that user. */
  #isAsked(words: Int32Array, at: number, entry: DeclinedEntry, user: number): boolean {
    const { kind, operation } = entry;
    const question =
      questionDigest(kind, words[at + ENTRY.amount / 4], words[at + ENTRY.amount / 4 + 1]) +
      referenceDigest(words, at + ENTRY.reference / 4);
    return bodyDigest(question, user, 0) === this.#operations.body[operation];
  }
}
