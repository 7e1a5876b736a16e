/**
 * Reasons for which an operation is refused that can be judged by what it says of itself, as SQL over its row of the journal: where the predicate
 * holds the reason is not so. They are the gateway's checks once more, from the definitions of kinds and products and not from the stack.
 * A reason that is not here is judged by the books, or by a product's own laws.
 */

import type { ProductKind } from '../../products/catalogue.js';
import { isCodeSql } from '../../products/code.js';
import { AFTER_MS, AWAITS, CATALOGUE, CODE_AHEAD_MS, kindsWhere } from '../../products/kinds.js';
import { IS_ONCE_ID_SQL } from '../../products/once-id.js';
import {
  amountFollowsSql,
  areDetailsPossibleSql,
  hasDetailsOfReferenceSql,
} from '../../products/possible.js';
import { ACCOUNT_NUMBER_MAX, CLASS_UNIT } from '../../wire/accounts.js';
import { type Counterparty, drawsOnEarlier, OPERATION_KINDS } from '../../wire/operation-kinds.js';
import { AMOUNT_MINOR_MAX, RESULTS, type ResultName } from '../../wire/results.js';
import { namesNoAmount } from './kinds.js';
import { literal, names } from './sql-text.js';

/** By operation of a product: its legs, the most that one moves, and how many there are on one account. */
export const OWN_LEGS = `
  select worker, sequence, sum(legs) as own_legs, max(most) as own_most, max(legs) as own_times
  from (select worker, sequence, shard, account, count(*) as legs, max(abs(posting)) as most from product_legs group by all)
  group by all`;

const OURS = kindsWhere(({ toldOnly }) => toldOnly !== true);
const CORE = OURS.filter((name) => Object.hasOwn(OPERATION_KINDS, name));
/** It is of no product, or of one that the gateway was started with. */
const IS_OFFERED = `(kind in (${names(CORE)}) or (kind in (${names(OURS)})
  and list_contains(agreed_products(), split_part(kind, '.', 1))))`;

const isNumber = (number: string): string => `(${number} between 1 and ${ACCOUNT_NUMBER_MAX})`;
const IS_USER = isNumber('counterparty');
const IS_MERCHANT = isNumber(`counterparty - ${CLASS_UNIT}`);
const withCounterparty = (wanted: Counterparty): string =>
  names(['', ...kindsWhere(({ counterparty }) => counterparty === wanted)]);

const NAMES_OTHER = `case when kind in (${withCounterparty('merchant')}) then ${IS_MERCHANT}
  when kind in (${withCounterparty('user')}) then ${IS_USER}
  when kind in (${withCounterparty('merchant-or-user')}) then ${IS_MERCHANT} or ${IS_USER} else true end`;
const REFERS = `(kind not in (${names(['', ...kindsWhere(({ refersTo }) => refersTo.length > 0)])})
  or coalesce(reference_hi <> 0 or reference_lo <> 0, false))`;
const ENDS = `(kind not in (${names(['', ...kindsWhere(({ hasTimeout }) => hasTimeout)])})
  or coalesce(timeout_s > 0, false))`;
/** A UUID of version 7. */
const IS_ID = '((id_hi & 61440) = 28672 and (id_lo >> 62) = 2)';
const HAS_AMOUNT = `(kind in (${names(['', ...kindsWhere(namesNoAmount)])})
  or amount between ${byKind(({ minMinor }) => minMinor, '1')} and ${AMOUNT_MINOR_MAX})`;
/** Of what a product makes of its amount nothing may be too much to book, or too little. */
const HAS_LEGS = `(kind in (${names(CORE)}) or coalesce(own_legs >= 2 and own_most <= ${AMOUNT_MINOR_MAX}, false))`;
const IS_FORMED = `(${IS_ID} and ${isNumber('account')} and ${NAMES_OTHER} and ${REFERS} and ${ENDS}
  and ${HAS_AMOUNT} and ${HAS_LEGS})`;

const IS_BETWEEN_TWO =
  '(coalesce(account <> counterparty, true) and coalesce(own_times = 1, true))';

const IS_GENUINE = byKind(({ operation }) => {
  const { code, details } = operation;
  if (code === undefined) return undefined;
  return isCodeSql(code, {
    hi: 'id_hi',
    lo: 'id_lo',
    user: 'account',
    hasDetails: details !== undefined,
  });
}, 'true');

const IS_IN_SEQUENCE = byKind(({ operation }) => {
  const followsS = operation.code?.followsS;
  if (followsS === undefined) return undefined;
  return `((id_hi >> 16)::bigint - (reference_hi >> 16)::bigint between 1 and ${followsS * 1000})`;
}, 'true');

const IS_OF_REFERENCE = byKind((kind) => {
  const isOnce = kind.operation.oncePer === undefined ? [] : [IS_ONCE_ID_SQL];
  const isSame = kind.isSame ? [hasDetailsOfReferenceSql(kind)] : [];
  const all = [...isOnce, ...isSame];
  return all.length === 0 ? undefined : `(${all.join(' and ')})`;
}, 'true');

/** A ledger that has seen no more ids has all of them in memory: it forgets only whole pages, of which it has so many. */
const IDS_AT_LEAST = 65_536;

/** By reason: where it is not so. Over a row of `asked` with those of OWN_LEGS beside it. */
export const NOT_SO = {
  id_must_not_be_zero: '(id_hi <> 0 or id_lo <> 0)',
  // The clock of a ledger is not behind its first entry.
  id_not_time_ordered: `(${IS_ID} and coalesce((id_hi >> 16)::bigint * 1000 <= (select min(timestamp_us) from entries), false))`,
  id_too_old: `((select max(count) from (select count(*) as count from entries group by shard)) <= ${IDS_AT_LEAST})`,
  malformed_operation: IS_FORMED,
  amount_out_of_range: HAS_AMOUNT,
  accounts_must_be_different: IS_BETWEEN_TWO,
  unknown_kind: IS_OFFERED,
  product_not_offered: IS_OFFERED,
  code_not_genuine: IS_GENUINE,
  code_not_in_sequence: IS_IN_SEQUENCE,
  id_not_of_reference: IS_OF_REFERENCE,
  details_not_possible: byKind((kind) => areDetailsPossibleSql(kind), 'true'),
  amount_not_of_details: byKind((kind) => amountFollowsSql(kind), 'true'),
  reference_not_here_yet: `kind not in (${names(['', ...kindsWhere(({ number }) => AWAITS[number] === 1)])})`,
  // Only who looks an operation up is told so.
  operation_not_found: "resolution = 'answered'",
} as const satisfies Partial<Record<ResultName, string>>;

/** What of reasons can be judged so. */
const DRAWS = kindsWhere(drawsOnEarlier);
const ENDS_HOLDS = kindsWhere(
  ({ effect }) => effect === 'posts-reserved' || effect === 'frees-reserved',
);
const JUDGED = kindsWhere(({ judgedByRisk }) => judgedByRisk);

/** By reason that a shard writes down: the kinds that may be refused so. */
export const MAY_BE: Partial<Readonly<Record<ResultName, readonly string[]>>> = {
  pending_transfer_not_found: ENDS_HOLDS,
  pending_transfer_not_pending: ENDS_HOLDS,
  exceeds_pending_transfer_amount: ENDS_HOLDS,
  pending_transfer_already_posted: ENDS_HOLDS,
  pending_transfer_already_voided: ENDS_HOLDS,
  pending_transfer_expired: ENDS_HOLDS,
  refund_exceeds_payment: DRAWS,
  refunded_operation_not_found: DRAWS,
  reference_has_different_amount: kindsWhere(({ goesOn }) => goesOn === 'whole'),
  reference_has_different_accounts: kindsWhere(({ refersTo }) => refersTo.length > 0),
  code_out_of_window: kindsWhere(({ number }) => (CODE_AHEAD_MS[number] ?? 0) > 0),
  too_early: kindsWhere(({ number }) => (AFTER_MS[number] ?? 0) > 0),
  risk_amount_limit: JUDGED,
  risk_velocity_count: JUDGED,
  risk_velocity_amount: JUDGED,
};

/** What a shard writes down before anybody is told, but for the lack of money, which is declined-with-cause's matter. */
export const RECORDED: readonly ResultName[] = [
  ...Object.keys(MAY_BE).flatMap((name) => (isResult(name) ? [name] : [])),
  'debit_account_not_found',
  'credit_account_not_found',
  'overflows_debits_posted',
  'overflows_credits_posted',
  'exceeds_debits',
  'risk_denied',
  'risk_undecided',
  'cancelled',
];

function isResult(name: string): name is ResultName {
  return Object.hasOwn(RESULTS, name);
}

export const SAID = Object.keys(NOT_SO).filter(isSaid);

function isSaid(name: string): name is keyof typeof NOT_SO {
  return Object.hasOwn(NOT_SO, name);
}

/** A case over the kinds of products for which there is something to say. */
function byKind(
  sqlFor: (kind: ProductKind) => string | number | undefined,
  otherwise: string,
): string {
  const cases = CATALOGUE.kinds.flatMap((kind) => {
    const sql = sqlFor(kind);
    return sql === undefined ? [] : [`when ${literal(kind.name)} then ${sql}`];
  });
  return cases.length === 0 ? otherwise : `case kind ${cases.join(' ')} else ${otherwise} end`;
}
