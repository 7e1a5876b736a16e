/**
 * What of money was asked and has an outcome, the risk engine in line was asked about: its log has a decision under that id, of that kind,
 * parties and amount. Where the log has a gap (a kill, no room) operations that were under way then are not held to it.
 *
 * What is refused at the edge, or shed, never came as far; nor does a repeat of an id that the ledger knows.
 */
import type { RESULTS } from '../../../wire/results.js';
import type { Law } from '../law.js';
import { makeGaps } from '../risk-line/gaps.js';
import { names } from '../sql-text.js';

type ResultName = keyof typeof RESULTS;

/** Said by the ledger, or by risk control, about an operation that was admitted. */
const AFTER_DECISION: readonly ResultName[] = [
  'risk_denied',
  'risk_amount_limit',
  'risk_velocity_count',
  'risk_velocity_amount',
  'debit_account_not_found',
  'credit_account_not_found',
  'exceeds_credits',
  'exceeds_debits',
  'exceeds_pending_transfer_amount',
  'pending_transfer_not_found',
  'pending_transfer_not_pending',
  'pending_transfer_already_posted',
  'pending_transfer_already_voided',
  'pending_transfer_expired',
  'refund_exceeds_payment',
  'refunded_operation_not_found',
  'reference_has_different_accounts',
  'reference_has_different_amount',
];

/** The operation `o` was under way while decisions were made that the log does not tell of. */
export const IN_A_GAP = `exists (from decision_gaps g where o.invoked_us <= g.until_us
      and (o.outcome = 'unknown' or coalesce(o.completed_us >= g.from_us, true)))`;

const DUE = `
    select o.* from asked o where o.outcome = 'ok'
      or (o.outcome = 'declined' and o.result in (${names(AFTER_DECISION)}))
      or (o.outcome = 'unknown' and exists (from effects e where e.id_hi = o.id_hi and e.id_lo = o.id_lo))`;

export const everyMoveDecided: Law = {
  name: 'every-move-decided',
  statement:
    'The risk engine in line decided on every operation that has an outcome, of the same parties and amount.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: ['id-binding'],
  unseen: 'a payment that went past the risk engine',
  prepare: makeGaps,
  sql: `
    -- decision_gaps is made for this law: when decisions were made that the log does not tell of
    with due as (${DUE}),
    missing as (
      from due o anti join decisions d on d.id_hi = o.id_hi and d.id_lo = o.id_lo and d.kind = o.kind
        and d.account = o.account and d.counterparty = o.counterparty and d.amount = o.amount),
    other as (
      select id_hi, id_lo, any_value(kind) as kind, any_value(account) as account,
        any_value(counterparty) as counterparty, any_value(amount) as amount from decisions group by all)
    select o.id_hi, o.id_lo, case o.outcome when 'declined' then 'was declined (' || o.result || ')' else 'took effect' end
        || ', and the risk engine ' || case when d.id_hi is null then 'never decided on it'
          else 'decided on a ' || d.kind || ' of ' || money(d.amount) || ' from ' || account_name(d.account)
            || ' in its place' end as problem
    from missing o left join other d using (id_hi, id_lo)
    where not ${IN_A_GAP} order by o.invoked_us, o.id_hi, o.id_lo`,
  checkedSql: `select count(*) from (${DUE})`,
  exercisedBy: 'nothing of money has an outcome',
};
