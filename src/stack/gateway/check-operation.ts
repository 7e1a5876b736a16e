/**
 * The edge's check of an operation record: everything that can be said about it without the ledger. What passes
 * here is trusted further in. Pure; an unknown account is not found here but on its shard.
 */

import { isCodeOf, isInSequence } from '../../products/code.js';
import { isSameId } from '../../products/hashed-id.js';
import { CATALOGUE, productKind } from '../../products/kinds.js';
import { onceId } from '../../products/once-id.js';
import { refusalOf } from '../../products/possible.js';
import type { ProductOperation } from '../../products/product.js';
import { ACCOUNT_CLASS, ACCOUNT_NUMBER_MAX, accountParts } from '../../wire/accounts.js';
import { readUint64 } from '../../wire/bytes.js';
import type { Mutant } from '../../wire/mutants.js';
import { readOperationId } from '../../wire/operation-id.js';
import type { Counterparty } from '../../wire/operation-kinds.js';
import { CHANNEL, CURRENCY_CNY, OP, OPERATION_KIND } from '../../wire/operations.js';
import { AMOUNT_MINOR_MAX, RESULTS } from '../../wire/results.js';
import { detailsIn } from '../payments/route.js';

const MALFORMED = RESULTS.malformed_operation.code;
const CHANNEL_MAX = Math.max(...Object.values(CHANNEL));
/** High words of account ids: users have 0, unsplit merchants 2^40 / 2^32. */
const USER_HIGH = 0;
const MERCHANT_HIGH = 256;
const AMOUNT_HIGH_MAX = AMOUNT_MINOR_MAX / 2 ** 32;
const SAFE_HIGH_MAX = 2 ** 21 - 1;

export interface CheckFacts {
  readonly shards: number;
  /** By number: 1 for the kinds of products that the gateway was started with. */
  readonly offers: Uint8Array;
  readonly mutant?: Mutant | undefined;
}

/** 0 when the record at `at` is well formed, otherwise the result code with which it is declined. */
export function checkOperation(operation: DataView, at: number, facts: CheckFacts): number {
  const kind = operation.getUint8(at + OP.kind);
  switch (kind) {
    case OPERATION_KIND.pay:
      if (facts.mutant === 'one-number-one-account' && isOneNumber(operation, at))
        return RESULTS.accounts_must_be_different.code;
      return checkMoney(operation, at, MERCHANT_HIGH);
    case OPERATION_KIND.refund:
      return checkReference(operation, at) || checkMoney(operation, at, MERCHANT_HIGH);
    case OPERATION_KIND.transfer:
      return checkMoney(operation, at, USER_HIGH);
    case OPERATION_KIND.capture:
      return checkReference(operation, at) || checkMoney(operation, at, payeeHigh(operation, at));
    case OPERATION_KIND.hold:
      if (operation.getUint32(at + OP.timeoutS, true) === 0) return MALFORMED;
      return checkMoney(operation, at, payeeHigh(operation, at));
    case OPERATION_KIND.topUp:
      return checkCommon(operation, at) || checkAmount(operation, at);
    case OPERATION_KIND.void:
      return checkReference(operation, at) || checkCommon(operation, at);
    case OPERATION_KIND.lookup:
      return isAccount(operation, at + OP.account, USER_HIGH) ? 0 : MALFORMED;
    case OPERATION_KIND.balance:
      return checkAnyAccount(operation, at, facts.shards);
    default:
      return checkProduct(operation, at, facts);
  }
}

function checkProduct(operation: DataView, at: number, { offers, mutant }: CheckFacts): number {
  const kind = operation.getUint8(at + OP.kind);
  const product = productKind(kind);
  if (product === undefined) return RESULTS.unknown_kind.code;
  if (offers[kind] !== 1) return RESULTS.product_not_offered.code;
  const { counterparty, refersTo } = product.row;
  if (refersTo.length > 0) {
    const code = checkReference(operation, at);
    if (code !== 0) return code;
  }
  const code =
    counterparty === undefined
      ? checkCommon(operation, at) || checkAmount(operation, at)
      : checkMoney(operation, at, counterpartyHigh(counterparty, operation, at));
  if (code !== 0) return code;
  const { code: shown, oncePer } = product.operation;
  if (
    shown !== undefined &&
    mutant !== 'take-any-code' &&
    !isCodeHere(product.operation, operation, at, mutant)
  )
    return RESULTS.code_not_genuine.code;
  if (shown?.followsS !== undefined && mutant !== 'leave-before-entry') {
    const reference = readOperationId(operation, at + OP.reference);
    if (!isInSequence(shown.followsS, reference, readOperationId(operation, at + OP.id)))
      return RESULTS.code_not_in_sequence.code;
  }
  if (oncePer !== undefined && mutant !== 'take-any-id' && !isOnceId(operation, at))
    return RESULTS.id_not_of_reference.code;
  if (mutant === 'take-any-details' && product.isDetailed) return 0;
  return refusalOf(
    product,
    readUint64(operation, at + OP.amount),
    product.isDetailed ? detailsIn(operation, at) : 0,
  );
}

function isOnceId(operation: DataView, at: number): boolean {
  const reference = readOperationId(operation, at + OP.reference);
  const made = onceId(reference, readUint64(operation, at + OP.counterparty));
  return isSameId(readOperationId(operation, at + OP.id), made);
}

function isCodeHere(
  product: ProductOperation,
  operation: DataView,
  at: number,
  mutant: Mutant | undefined,
): boolean {
  const number = operation.getUint32(at + OP.account, true);
  const user = mutant === 'refuse-codes-of-many' ? number & 0xffff : number;
  return isCodeOf(product, user, readOperationId(operation, at + OP.id));
}

function counterpartyHigh(counterparty: Counterparty, operation: DataView, at: number): number {
  if (counterparty === 'merchant-or-user') return payeeHigh(operation, at);
  return counterparty === 'user' ? USER_HIGH : MERCHANT_HIGH;
}

/** Holds and captures are for a merchant or a user. */
function payeeHigh(operation: DataView, at: number): number {
  const high = operation.getUint32(at + OP.counterparty + 4, true);
  return high === USER_HIGH ? USER_HIGH : MERCHANT_HIGH;
}

function checkMoney(operation: DataView, at: number, otherHigh: number): number {
  const code = checkCommon(operation, at) || checkAmount(operation, at);
  if (code !== 0) return code;
  if (!isAccount(operation, at + OP.counterparty, otherHigh)) return MALFORMED;
  if (
    otherHigh === USER_HIGH &&
    operation.getInt32(at + OP.account, true) === operation.getInt32(at + OP.counterparty, true)
  ) {
    return RESULTS.accounts_must_be_different.code;
  }
  return 0;
}

/** Planted bug `one-number-one-account`. */
function isOneNumber(operation: DataView, at: number): boolean {
  return (
    operation.getInt32(at + OP.account, true) === operation.getInt32(at + OP.counterparty, true)
  );
}

function checkCommon(operation: DataView, at: number): number {
  if (isZeroId(operation, at + OP.id)) return RESULTS.id_must_not_be_zero.code;
  if (!isAccount(operation, at + OP.account, USER_HIGH)) return MALFORMED;
  return operation.getUint8(at + OP.channel) > CHANNEL_MAX ? MALFORMED : 0;
}

function checkReference(operation: DataView, at: number): number {
  return isZeroId(operation, at + OP.reference) ? MALFORMED : 0;
}

function checkAmount(operation: DataView, at: number): number {
  const low = operation.getUint32(at + OP.amount, true);
  const high = operation.getUint32(at + OP.amount + 4, true);
  if (high === 0 ? low === 0 : high > AMOUNT_HIGH_MAX) return RESULTS.amount_out_of_range.code;
  if (high === AMOUNT_HIGH_MAX && low > 0) return RESULTS.amount_out_of_range.code;
  return operation.getUint16(at + OP.currency, true) === CURRENCY_CNY ? 0 : MALFORMED;
}

function isZeroId(view: DataView, at: number): boolean {
  return (
    view.getInt32(at + 12, true) === 0 &&
    view.getInt32(at + 8, true) === 0 &&
    view.getInt32(at + 4, true) === 0 &&
    view.getInt32(at, true) === 0
  );
}

function isAccount(view: DataView, at: number, high: number): boolean {
  const number = view.getUint32(at, true);
  return view.getUint32(at + 4, true) === high && number > 0 && number <= ACCOUNT_NUMBER_MAX;
}

/** A balance may be asked of any account there can be: sub-accounts and system accounts too. */
function checkAnyAccount(operation: DataView, at: number, shards: number): number {
  if (operation.getUint32(at + OP.account + 4, true) > SAFE_HIGH_MAX) return MALFORMED;
  const { accountClass, slot, number } = accountParts(readUint64(operation, at + OP.account));
  const isSystem = accountClass === ACCOUNT_CLASS.system;
  const isKnown = accountClass <= ACCOUNT_CLASS.system || CATALOGUE.classes.has(accountClass);
  if (number === 0 || !isKnown || (isSystem && slot === 0)) {
    return MALFORMED;
  }
  if (accountClass === ACCOUNT_CLASS.user && slot > 0) return MALFORMED;
  return slot > shards ? RESULTS.debit_account_not_found.code : 0;
}
