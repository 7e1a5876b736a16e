/**
 * I13: what a shard refuses it refuses for a cause that its books show at that moment of its log. For lack of money: the account
 * to debit had less free, what is reserved taken off, than the leg asked. A hold: it was captured, voided or over, or less was
 * held. A refund: with those before it, made and not taken back, it would pass what was paid. An account: it was never touched.
 * And a decline for lack of money comes from a shard that refused: the client is told of none that is not in the books, and a
 * Cancel has it from one of the two.
 *
 * Whom a refused entry would have debited is in the journal: home debits the user, a refund the merchant where it lies; clearing
 * accounts, the bank and a hold's own money cannot run short. Left open: a reference that is not found, as a ledger may have
 * forgotten an old id, and is of other accounts.
 */
import { ACCOUNT_CLASS, CLASS_UNIT, SLOT_UNIT } from '../../../wire/accounts.js';
import { ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import { DRAWING, DRAWN_ON } from '../kinds.js';
import type { Law } from '../law.js';
import { PRODUCT_KINDS } from '../product-views.js';
import { names } from '../sql-text.js';

export const FOR_MONEY = 'exceeds_credits';
/** What is judged. */
export const CAUSES = [
  FOR_MONEY,
  'debit_account_not_found',
  'credit_account_not_found',
  'pending_transfer_not_found',
  'pending_transfer_not_pending',
  'exceeds_pending_transfer_amount',
  'pending_transfer_already_posted',
  'pending_transfer_already_voided',
  'pending_transfer_expired',
  'refund_exceeds_payment',
  'reference_has_different_amount',
  'exceeds_debits',
] as const;
/** Commands that are refused by what the books say. */
export const REFUSABLE = ['post', 'try_', 'hold', 'capture', 'void_'] as const;

const { mustNotPassOpening } = ACCOUNT_FLAG;
const REFUNDS = names(DRAWING);
const PAYMENTS = names(DRAWN_ON);
const REFUSED = `legs = 0 and command in (${names(REFUSABLE)}) and result in (${names(CAUSES)})`;
const AT_HOME = `r.role <> 'secondary'`;

export const declinedWithCause: Law = {
  name: 'declined-with-cause',
  statement: 'What the ledger declines it declines for a cause that its books show at that moment.',
  needs: 'order',
  tests: 'acknowledged-is-kept',
  onlyAtRest: false,
  consequenceOf: ['hold-bounds', 'refund-bounds', 'version-chain'],
  unseen: 'a payment that was declined although there was money for it',
  sql: `
    with refused as (from entries where ${REFUSED}),
    named as (
      select r.id_hi, r.id_lo, r.shard, r.lsn, -w.posting as amount, r.result, w.account as debited
      from refused r join product_legs w on w.id_hi = r.id_hi and w.id_lo = r.id_lo and w.shard = r.shard
      where r.result = '${FOR_MONEY}' and w.posting < 0
      union all
      select r.id_hi, r.id_lo, r.shard, r.lsn, r.amount, r.result, case
          when r.command <> 'capture' and r.kind in ('pay', 'transfer', 'hold') and ${AT_HOME}
            then a.account
          when r.kind = 'refund' and r.role <> 'primary' then without_slot(a.counterparty) end as debited
      from refused r join asked a on a.id_hi = r.id_hi and a.id_lo = r.id_lo and a.kind = r.kind
      where r.result = '${FOR_MONEY}' and r.kind not in (${PRODUCT_KINDS})),
    poor as (
      select n.*, coalesce(sub.account, own.account) as account,
        coalesce(sub.opening, own.opening) as opening, coalesce(sub.flags, own.flags) & 1 = 1 as bounded
      from named n
        left join accounts own on own.shard = n.shard and own.account = n.debited
        left join accounts sub on sub.shard = n.shard
          and sub.account = n.debited + (n.shard + 1)::bigint * ${SLOT_UNIT}),
    free as (
      select l.shard, l.account, l.lsn, l.balance - sum(l.debit_pending) over (
          partition by l.shard, l.account order by l.lsn, l.leg) as free
      from legs l semi join poor using (shard, account)),
    moneyed as (
      select p.id_hi, p.id_lo, p.shard, p.lsn, 'was refused for lack of ' || money(any_value(p.amount))
          || case when any_value(p.account) is null then ', where nothing can run short'
            else ' when ' || account_name(any_value(p.account)) || ' had '
              || money(any_value(coalesce(f.free, p.opening))::bigint) || ' free' end as problem
      from poor p asof left join free f
        on p.shard = f.shard and p.account = f.account and p.lsn > f.lsn
      where p.shard not in (
        select shard from accounts where account // ${CLASS_UNIT} = ${ACCOUNT_CLASS.system} and flags & 1 = 1)
      group by p.id_hi, p.id_lo, p.shard, p.lsn
      having bool_and(coalesce(not p.bounded or coalesce(f.free, p.opening) >= p.amount, true))),
    held as (
      select id_hi, id_lo, shard, min(lsn) as lsn, max(amount) as amount
      from entries where command = 'hold' and result = 'created' group by id_hi, id_lo, shard),
    ends as (
      select reference_hi, reference_lo, shard, min(lsn) filter (command = 'release') as captured,
        min(lsn) filter (command = 'void_') as voided, min(lsn) filter (command = 'expire') as expired
      from entries where command in ('release', 'void_', 'expire') and result = 'created'
      group by reference_hi, reference_lo, shard),
    of_holds as (
      select r.id_hi, r.id_lo, r.shard, r.lsn, case r.result
          when 'exceeds_pending_transfer_amount' then case
            when h.lsn is null or r.amount <= h.amount
              then 'was refused as more than was held, which is ' || coalesce(money(h.amount), 'nothing') end
          when 'pending_transfer_already_posted' then case
            when not coalesce(e.captured < r.lsn, false) then 'refers to a hold that was not captured before' end
          when 'pending_transfer_already_voided' then case
            when not coalesce(e.voided < r.lsn, false) then 'refers to a hold that was not voided before' end
          when 'pending_transfer_expired' then case
            when not coalesce(e.expired < r.lsn, false) then 'refers to a hold that had not run out' end
          else case when h.lsn is not null then 'refers to a hold that was there' end end as problem
      from refused r
        left join held h on h.id_hi = r.reference_hi and h.id_lo = r.reference_lo
          and h.shard = r.shard and h.lsn < r.lsn
        left join ends e on e.reference_hi = r.reference_hi and e.reference_lo = r.reference_lo
          and e.shard = r.shard
      where r.command in ('capture', 'void_') and (r.result like 'pending_transfer%'
        or r.result = 'exceeds_pending_transfer_amount')),
    refunding as (
      select reference_hi, reference_lo, shard, lsn,
        case when command = 'cancel' then -amount else amount end as amount
      from entries
      where kind in (${REFUNDS}) and role <> 'secondary' and ((command = 'cancel' and legs > 0)
        or (command in ('post', 'try_') and result = 'created'))),
    paid as (
      select id_hi, id_lo, shard, min(lsn) as lsn, max(amount) as amount
      from effects where kind in (${PAYMENTS}) group by id_hi, id_lo, shard),
    of_refunds as (
      select r.id_hi, r.id_lo, r.shard, r.lsn, 'was refused as more than was paid, and makes '
          || money((r.amount + coalesce(sum(m.amount), 0))::bigint) || ' of '
          || coalesce(money(any_value(p.amount)), 'nothing') as problem
      from refused r
        left join paid p on p.id_hi = r.reference_hi and p.id_lo = r.reference_lo
          and p.shard = r.shard and p.lsn < r.lsn
        left join refunding m on m.reference_hi = r.reference_hi and m.reference_lo = r.reference_lo
          and m.shard = r.shard and m.lsn < r.lsn
      where r.result = 'refund_exceeds_payment'
      group by r.id_hi, r.id_lo, r.shard, r.lsn, r.amount
      having coalesce(r.amount + coalesce(sum(m.amount), 0) <= any_value(p.amount), true)),
    of_wholes as (
      select r.id_hi, r.id_lo, r.shard, r.lsn, 'was refused as less than the whole of what it refers to, which is '
          || coalesce(money(p.amount), 'nothing') as problem
      from refused r left join paid p on p.id_hi = r.reference_hi and p.id_lo = r.reference_lo
        and p.shard = r.shard and p.lsn < r.lsn
      where r.result = 'reference_has_different_amount' and coalesce(r.amount >= p.amount, true)),
    of_accounts as (
      select r.id_hi, r.id_lo, r.shard, r.lsn, 'was refused as ' || account_name(any_value(a.account))
          || ' was not found, which was there before' as problem
      from refused r join asked a on a.id_hi = r.id_hi and a.id_lo = r.id_lo and a.kind = r.kind
        left join (
          select l.shard, l.account, min(l.lsn) as lsn from legs l
            semi join asked a on a.account = l.account group by l.shard, l.account) t
          on t.shard = r.shard and t.account = a.account and t.lsn < r.lsn
      where ${AT_HOME}
        and ((r.result = 'debit_account_not_found' and r.kind in ('pay', 'transfer', 'hold'))
          or (r.result = 'credit_account_not_found' and r.kind in ('topUp', 'refund')))
      group by r.id_hi, r.id_lo, r.shard, r.lsn having bool_and(t.lsn is not null)),
    credited as (
      select r.id_hi, r.id_lo, r.shard, r.lsn, w.worker, w.sequence, w.account, w.posting, w.rank, a.opening,
        coalesce(a.flags & ${mustNotPassOpening} <> 0, false) as is_capped
      from refused r join product_legs w on w.id_hi = r.id_hi and w.id_lo = r.id_lo and w.shard = r.shard
        left join accounts a on a.shard = w.shard and a.account = w.account
      where r.result = 'exceeds_debits' and w.posting > 0),
    had as (
      select l.shard, l.account, l.lsn, l.balance + sum(l.credit_pending) over (
          partition by l.shard, l.account order by l.lsn, l.leg) as had
      from legs l semi join credited using (shard, account)),
    room as (
      select c.*, case when is_capped then greatest(0, c.opening - coalesce(h.had, c.opening)) end as room
      from credited c asof left join had h on c.shard = h.shard and c.account = h.account and c.lsn > h.lsn),
    short as (
      select id_hi, id_lo, shard, lsn, worker, sequence,
        coalesce(bool_or(room < posting) filter (rank is null), false)
          or coalesce(bool_and(is_capped) filter (rank is not null)
            and sum(room) filter (rank is not null) < max(posting) filter (rank is not null), false) as is_short
      from room group by all),
    of_caps as (
      select r.id_hi, r.id_lo, r.shard, r.lsn, 'was refused as more than is owed, and leaves every account within what it opened with'
        as problem
      from refused r left join short s using (id_hi, id_lo, shard, lsn)
      where r.result = 'exceeds_debits'
      group by r.id_hi, r.id_lo, r.shard, r.lsn having not coalesce(bool_or(is_short), false)),
    echoed as (
      select e.id_hi, e.id_lo, e.shard, e.lsn, 'is declined for lack of money, and no shard had refused it'
        as problem
      from entries e anti join refused r
        on r.id_hi = e.id_hi and r.id_lo = e.id_lo and r.result = e.result
      where e.result = '${FOR_MONEY}' and e.command in ('cancel', 'record_decline')),
    unheard as (
      select o.id_hi, o.id_lo, 'was not refused by any shard' as problem
      from asked o anti join (from entries where result = '${FOR_MONEY}') e
        on e.id_hi = o.id_hi and e.id_lo = o.id_lo
      where o.outcome = 'declined' and o.result = '${FOR_MONEY}')
    select id_hi, id_lo, problem || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem
    from (from moneyed union all from of_holds where problem is not null union all from of_refunds
      union all from of_wholes union all from of_accounts union all from of_caps union all from echoed)
    union all from unheard
    order by id_hi, id_lo, problem`,
  checkedSql: `select count(*) from entries where ${REFUSED}`,
  exercisedBy: 'no shard refused anything',
};
