/**
 * Every result an operation can have, by name, in one table. Names and numbers below 1000 are TigerBeetle's
 * (CreateTransferStatus); those from 1000 on are paydrill's own. `scope` says how far the result is definite:
 *
 *   happened   every leg is on disk
 *   operation  this operation never happens under this id, whichever attempt the answer came from:
 *              the ledger recorded the refusal, or the body can never be accepted
 *   attempt    this attempt had no effect and will have none; an earlier attempt may still have had one
 *   none       nothing is known: it may have happened, or happen later
 */

export type ResultScope = 'happened' | 'operation' | 'attempt' | 'none';

export interface ResultRow {
  readonly code: number;
  readonly scope: ResultScope;
  readonly meaning: string;
}

export const RESULTS = {
  created: { code: 0, scope: 'happened', meaning: 'the operation took effect' },
  id_must_not_be_zero: { code: 5, scope: 'operation', meaning: 'the id is zero' },
  accounts_must_be_different: {
    code: 12,
    scope: 'operation',
    meaning: 'payer and payee are one account',
  },
  debit_account_not_found: { code: 21, scope: 'operation', meaning: 'no such account to debit' },
  credit_account_not_found: { code: 22, scope: 'operation', meaning: 'no such account to credit' },
  pending_transfer_not_found: {
    code: 25,
    scope: 'operation',
    meaning: 'no hold under the id referred to',
  },
  pending_transfer_not_pending: {
    code: 26,
    scope: 'operation',
    meaning: 'the id referred to is not a hold',
  },
  exceeds_pending_transfer_amount: { code: 31, scope: 'operation', meaning: 'more than was held' },
  pending_transfer_already_posted: {
    code: 33,
    scope: 'operation',
    meaning: 'the hold was captured before',
  },
  pending_transfer_already_voided: {
    code: 34,
    scope: 'operation',
    meaning: 'the hold was voided before',
  },
  pending_transfer_expired: { code: 35, scope: 'operation', meaning: 'the hold ran out of time' },
  exists_with_different_flags: {
    code: 36,
    scope: 'operation',
    meaning: 'the id was used for another kind',
  },
  exists_with_different_pending_id: {
    code: 40,
    scope: 'operation',
    meaning: 'the id was used with another reference',
  },
  exists_with_different_timeout: {
    code: 44,
    scope: 'operation',
    meaning: 'the id was used with another timeout',
  },
  exists_with_different_debit_account_id: {
    code: 37,
    scope: 'operation',
    meaning: 'the id was used with another payer',
  },
  exists_with_different_credit_account_id: {
    code: 38,
    scope: 'operation',
    meaning: 'the id was used with another payee',
  },
  exists_with_different_amount: {
    code: 39,
    scope: 'operation',
    meaning: 'the id was used with another amount',
  },
  overflows_debits_posted: { code: 49, scope: 'operation', meaning: 'debits would pass 2^53 - 1' },
  overflows_credits_posted: {
    code: 50,
    scope: 'operation',
    meaning: 'credits would pass 2^53 - 1',
  },
  exceeds_credits: {
    code: 54,
    scope: 'operation',
    meaning: 'the account to debit has not enough money',
  },
  exceeds_debits: {
    code: 55,
    scope: 'operation',
    meaning: 'the account to credit would have more than it opened with',
  },
  product_not_offered: {
    code: 1113,
    scope: 'operation',
    meaning: 'the gateway was not started with the product',
  },
  id_too_old: {
    code: 1001,
    scope: 'attempt',
    meaning: 'unknown, and made before the oldest id that the ledger has in memory',
  },
  id_not_time_ordered: {
    code: 1002,
    scope: 'operation',
    meaning: 'the id is not a UUID of version 7, or is from the future',
  },
  exists_with_different_channel: {
    code: 1003,
    scope: 'operation',
    meaning: 'the id was used with another channel',
  },
  refund_exceeds_payment: {
    code: 1010,
    scope: 'operation',
    meaning: 'refunds would pass what was paid',
  },
  declined_by_target: {
    code: 1040,
    scope: 'operation',
    meaning: 'the target declined it, in words of its own',
  },
  accepted_by_target: {
    code: 1041,
    scope: 'happened',
    meaning: 'the target says that it took effect, and gave no receipt',
  },
  refunded_operation_not_found: {
    code: 1011,
    scope: 'operation',
    meaning: 'no payment under the id referred to',
  },
  reference_has_different_accounts: {
    code: 1012,
    scope: 'operation',
    meaning: 'what is referred to is of other accounts',
  },
  reference_has_different_amount: {
    code: 1013,
    scope: 'operation',
    meaning: 'less than the whole of what is referred to',
  },
  code_not_genuine: {
    code: 1014,
    scope: 'operation',
    meaning: 'the code is not one that the payer made',
  },
  code_out_of_window: {
    code: 1015,
    scope: 'operation',
    meaning: 'the code is too old, or from too far ahead',
  },
  id_not_of_reference: {
    code: 1016,
    scope: 'operation',
    meaning: 'the id is not the one that is made of what it refers to and of who gets it',
  },
  details_not_possible: {
    code: 1017,
    scope: 'operation',
    meaning: 'the details in the id are none that the operation may have',
  },
  amount_not_of_details: {
    code: 1018,
    scope: 'operation',
    meaning: 'the amount is not the one that follows from the details in the id',
  },
  code_not_in_sequence: {
    code: 1050,
    scope: 'operation',
    meaning: 'the code was not made after the one it refers to, or too long after it',
  },
  reference_not_here_yet: {
    code: 1051,
    scope: 'attempt',
    meaning: 'what is referred to is not known yet: it may be asked for again once that is',
  },
  too_early: {
    code: 1052,
    scope: 'operation',
    meaning: 'what is referred to is not old enough',
  },
  risk_amount_limit: {
    code: 1020,
    scope: 'operation',
    meaning: 'declined by risk control: amount over the limit',
  },
  risk_velocity_count: {
    code: 1021,
    scope: 'operation',
    meaning: 'declined by risk control: too many payments in the window',
  },
  risk_velocity_amount: {
    code: 1022,
    scope: 'operation',
    meaning: 'declined by risk control: too much money in the window',
  },
  risk_denied: {
    code: 1023,
    scope: 'operation',
    meaning: 'declined by risk control: rules or model of the engine in line deny it',
  },
  risk_undecided: {
    code: 1024,
    scope: 'operation',
    meaning:
      'declined by risk control: the engine in line could not decide, and the kind does not go then',
  },
  cancelled: {
    code: 1030,
    scope: 'operation',
    meaning: 'Try/Confirm/Cancel ended in Cancel, and no shard had refused it by name',
  },
  confirm_without_try: {
    code: 1031,
    scope: 'attempt',
    meaning: 'Confirm for a branch that was never tried',
  },
  tried: {
    code: 1032,
    scope: 'none',
    meaning: 'the branch is tried: neither confirmed nor cancelled yet',
  },
  not_admitted: {
    code: 1100,
    scope: 'attempt',
    meaning: 'shed before execution: too much in flight',
  },
  expired_before_execution: {
    code: 1101,
    scope: 'attempt',
    meaning: 'shed before execution: the deadline had passed',
  },
  shard_unavailable: {
    code: 1102,
    scope: 'attempt',
    meaning: 'shed before execution: no connection to the shard',
  },
  not_sent: {
    code: 1103,
    scope: 'attempt',
    meaning: 'no byte left the client: no connection to the target',
  },
  browned_out: {
    code: 1104,
    scope: 'attempt',
    meaning: 'shed before execution: too much in flight, and others are more important',
  },
  malformed_operation: {
    code: 1110,
    scope: 'operation',
    meaning: 'a field is missing or out of its range',
  },
  amount_out_of_range: {
    code: 1111,
    scope: 'operation',
    meaning: 'the amount is not an integer from 1 to 2^48',
  },
  unknown_kind: { code: 1112, scope: 'operation', meaning: 'no such kind of operation' },
  shard_connection_lost: {
    code: 1200,
    scope: 'none',
    meaning: 'the connection to the shard broke after sending',
  },
  deadline_passed: { code: 1201, scope: 'none', meaning: 'no answer within the deadline' },
  connection_lost: {
    code: 1202,
    scope: 'none',
    meaning: 'the connection to the target broke after sending',
  },
  answer_malformed: { code: 1203, scope: 'none', meaning: 'the answer could not be read' },
  operation_not_found: {
    code: 1300,
    scope: 'attempt',
    meaning: 'look-up: nothing is recorded under the id',
  },
} as const satisfies Record<string, ResultRow>;

export type ResultName = keyof typeof RESULTS;

const NAMES = new Map<number, ResultName>();
for (const name of Object.keys(RESULTS) as ResultName[]) NAMES.set(RESULTS[name].code, name);

/** Undefined for a number that is not in the table. */
export function resultName(code: number): ResultName | undefined {
  return NAMES.get(code);
}

/** Refused at the door: nothing was done, and it may be asked again. */
export const SHED_RESULTS: ReadonlySet<string> = new Set<ResultName>([
  'not_admitted',
  'expired_before_execution',
  'shard_unavailable',
  'browned_out',
]);

/** A code this build does not know says nothing definite. */
export function resultScope(code: number): ResultScope {
  const name = NAMES.get(code);
  return name === undefined ? 'none' : RESULTS[name].scope;
}

/**
 * What an id is declined with for good when `code` is the reason given: the code itself where it is definite for the
 * operation, and `cancelled` for every other number.
 */
export function lastingRefusal(code: number): number {
  return resultScope(code) === 'operation' ? code : RESULTS.cancelled.code;
}

/** The largest amount of one operation, in minor units: 2^48. */
export const AMOUNT_MINOR_MAX = 2 ** 48;
