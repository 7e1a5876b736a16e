/**
 * A loan in three minutes, one second and no hands: the user asks, risk control and the limit decide at once, what was decided is paid out.
 *
 *   limit --apply--> approved --disburse--> drawn          what was promised, and to whom: memos, which sum to the limit at any time
 *                    principal --disburse--> balance       money
 *
 * What is owed stands below nothing on two accounts, interest apart from principal, so that no interest is taken of interest; repayments
 * go to interest first. A loan is paid out once and whole: a disbursement goes on from its application with all of it. What will not come
 * any more is charged off, and is the lender's loss.
 */
import { defineProduct } from './product.js';

/** Of the principal, for a day. */
const INTEREST_PER_10K = 5;

export const loan = defineProduct({
  name: 'loan',
  title: 'A loan that nobody touches: decided and paid out at once',
  rates: {
    /** 300,000 yuan, all loans of a user together. */
    creditLimit: 30_000_000,
    interestPer10k: INTEREST_PER_10K,
  },
  accounts: {
    limit: { class: 32, of: 'user', opening: 'creditLimit', mustNotOverdraw: true },
    approved: { class: 33, of: 'user', mustNotOverdraw: true },
    drawn: { class: 34, of: 'user', mustNotOverdraw: true },
    principal: { class: 35, of: 'user', mustNotPassOpening: true },
    interest: { class: 36, of: 'user', mustNotPassOpening: true },
    income: { class: 37, of: 'shard' },
    losses: { class: 38, of: 'shard' },
  },
  operations: {
    apply: {
      number: 32,
      noun: 'loan application',
      home: 'payer',
      judgedByRisk: true,
      legs: [
        { account: 'payer.limit', amount: '-amount' },
        { account: 'payer.approved', amount: 'amount' },
      ],
    },
    disburse: {
      number: 33,
      noun: 'disbursement',
      home: 'payee',
      refersTo: ['loan.apply'],
      goesOn: 'whole',
      legs: [
        { account: 'payee.approved', amount: '-amount' },
        { account: 'payee.principal', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
        { account: 'payee.drawn', amount: 'amount' },
      ],
    },
    accrue: {
      number: 34,
      // Of the principal that is named.
      noun: 'day of interest',
      home: 'payer',
      amounts: { interest: 'ceil(amount * interestPer10k / 10000)' },
      legs: [
        { account: 'payer.interest', amount: '-interest' },
        { account: 'income@payer', amount: 'interest' },
      ],
    },
    repay: {
      number: 35,
      noun: 'repayment of a loan',
      home: 'payer',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.interest', amount: 'rest' },
        { account: 'payer.principal', amount: 'rest' },
      ],
    },
    chargeOff: {
      number: 36,
      noun: 'charge-off',
      home: 'payee',
      legs: [
        { account: 'losses@payee', amount: '-amount' },
        { account: 'payee.interest', amount: 'rest' },
        { account: 'payee.principal', amount: 'rest' },
      ],
    },
  },
  laws: {
    disbursed: `
      -- A loan is paid out once, whole and in the hands of who asked, after it was decided; what was declined never is.
      with decided as (
        select e.id_hi, e.id_lo, e.shard, e.lsn, e.amount, o.account
        from effects e join asked_as_booked o using (id_hi, id_lo) where e.kind = 'loan.apply'),
      paid as (
        select e.id_hi, e.id_lo, e.reference_hi, e.reference_lo, e.shard, e.lsn, l.account, l.posted,
          row_number() over (partition by e.reference_hi, e.reference_lo order by e.lsn) as nth
        from effects e join legs l on l.shard = e.shard and l.lsn = e.lsn and l.account < 4294967296 where e.kind = 'loan.disburse')
      select p.id_hi, p.id_lo, case
          when d.lsn is null then 'pays out what nobody decided'
          when d.lsn > p.lsn then 'pays out what was decided after it'
          when nth > 1 then 'pays out a loan once more'
          when p.account <> d.account then 'pays out to ' || account_name(p.account) || ' the loan of ' || account_name(d.account)
          else 'pays out ' || money(p.posted) || ' of a loan of ' || money(d.amount) end as problem
      from paid p left join decided d on d.id_hi = p.reference_hi and d.id_lo = p.reference_lo and d.shard = p.shard
      where d.lsn is null or d.lsn > p.lsn or nth > 1 or p.account <> d.account or p.posted <> d.amount
      order by p.shard, p.lsn`,
    promised: `
      -- What was decided and not paid out yet, what was paid out and what may still be asked for are the limit together, at every version.
      with moves as (
        select l.account, l.shard, l.lsn, l.version, l.balance, l.id_hi, l.id_lo, a.opening,
          sum(case l.kind when 'loan.apply' then o.amount when 'loan.disburse' then -o.amount else 0 end)
            over (partition by l.account order by l.version) as promised,
          sum(case l.kind when 'loan.apply' then o.amount else 0 end) over (partition by l.account order by l.version) as asked
        from legs l join accounts a using (shard, account)
          left join asked_as_booked o using (id_hi, id_lo)
        where product_account(l.account) in ('loan.limit', 'loan.approved') and l.pending in ('posted', 'confirmed'))
      select id_hi, id_lo, 'leaves ' || account_name(account) || ' with ' || money(balance) || ' at version ' || version
        || ', and what was decided leaves ' || money(told) as problem
      from (select *, case product_account(account) when 'loan.limit' then opening - asked else opening + promised end::bigint as told
        from moves)
      where balance <> told order by shard, lsn`,
    owed: `
      -- What a user owes is what was paid out and the interest of it, less what was repaid or charged off, at every version; no interest is principal.
      with moves as (
        select l.shard, l.lsn, l.id_hi, l.id_lo, l.kind, l.account % 4294967296 as user, any_value(o.amount) as amount,
          max(l.balance) filter (product_account(l.account) = 'loan.principal') as principal,
          max(l.balance) filter (product_account(l.account) = 'loan.interest') as interest
        from legs l left join asked_as_booked o using (id_hi, id_lo)
        where product_account(l.account) in ('loan.principal', 'loan.interest') and l.pending in ('posted', 'confirmed')
        group by all),
      stands as (
        select *, -(coalesce(last_value(principal ignore nulls) over so_far, 0)
            + coalesce(last_value(interest ignore nulls) over so_far, 0)) as owed,
          (sum(case kind when 'loan.disburse' then amount when 'loan.accrue' then (amount * ${INTEREST_PER_10K} + 9999) // 10000
            when 'loan.repay' then -amount when 'loan.chargeOff' then -amount else 0 end) over so_far)::bigint as due
        from moves window so_far as (partition by shard, user order by lsn))
      select id_hi, id_lo, case when owed <> due
          then 'leaves user:' || user || ' with a debt of ' || money(owed::bigint) || ' and not of ' || money(due)
          else 'takes interest as principal of user:' || user end as problem
      from stands where owed <> due or (kind = 'loan.accrue' and principal is not null) order by shard, lsn`,
  },
});
