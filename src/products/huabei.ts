/**
 * Pay later: the platform pays the merchant now, the user repays after the bill. What a user may still spend is an account that opens with
 * the limit; what is used of it is what is missing, and no more than that comes back. Late fees stand on an account of their own, below
 * nothing as long as they are owed, and are repaid before what was spent. A bill says what was spent since the one before, and moves
 * no debt: a pair of accounts keeps what was billed.
 */
import { defineProduct } from './product.js';

export const huabei = defineProduct({
  name: 'huabei',
  title: 'Pay later: credit at merchants, repaid after the bill',
  rates: {
    /** 5,000 yuan. */
    creditLimit: 500_000,
    /** To the fee and the platform account, per 10,000: as merchants pay for any payment. */
    feePer10k: 60,
    commissionPer10k: 10,
  },
  accounts: {
    available: {
      class: 16,
      of: 'user',
      opening: 'creditLimit',
      mustNotOverdraw: true,
      mustNotPassOpening: true,
    },
    fees: { class: 17, of: 'user', mustNotPassOpening: true },
    income: { class: 18, of: 'shard' },
    billed: { class: 19, of: 'user' },
    statements: { class: 20, of: 'shard' },
  },
  operations: {
    pay: {
      number: 16,
      noun: 'credit payment',
      home: 'payer',
      counterparty: 'merchant',
      judgedByRisk: true,
      amounts: {
        fee: 'floor(amount * feePer10k / 10000)',
        commission: 'floor(amount * commissionPer10k / 10000)',
      },
      legs: [
        { account: 'payer.available', amount: '-amount' },
        { account: 'payee', amount: 'amount - fee - commission' },
        { account: 'fee@payee', amount: 'fee' },
        { account: 'platform@payee', amount: 'commission' },
      ],
    },
    refund: {
      number: 17,
      noun: 'refund of a credit payment',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['huabei.pay'],
      // What was repaid already goes to the balance.
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payee.available', amount: 'rest' },
        { account: 'payee', amount: 'rest' },
      ],
    },
    bill: {
      number: 18,
      noun: 'bill',
      home: 'payer',
      legs: [
        { account: 'payer.billed', amount: '-amount' },
        { account: 'statements@payer', amount: 'amount' },
      ],
    },
    lateFee: {
      number: 19,
      noun: 'late fee',
      home: 'payer',
      legs: [
        { account: 'payer.fees', amount: '-amount' },
        { account: 'income@payer', amount: 'amount' },
      ],
    },
    repay: {
      number: 20,
      noun: 'repayment',
      home: 'payer',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.fees', amount: 'rest' },
        { account: 'payer.available', amount: 'rest' },
      ],
    },
  },
  laws: {
    limit: `
      -- What was spent and not given back or repaid is what is missing from the limit, at every version.
      with moves as (
        select l.account, l.shard, l.lsn, l.version, l.balance, l.id_hi, l.id_lo, a.opening,
          sum(case l.kind when 'huabei.pay' then -o.amount when 'huabei.refund' then l.posted
            when 'huabei.repay' then l.posted else 0 end) over (partition by l.account order by l.version) as changed
        from legs l join accounts a using (shard, account)
          left join asked_as_booked o using (id_hi, id_lo)
        where product_account(l.account) = 'huabei.available' and l.pending in ('posted', 'confirmed'))
      select id_hi, id_lo, 'leaves ' || account_name(account) || ' with ' || money(balance) || ' at version ' || version
        || ', and what was spent leaves ' || money((opening + changed)::bigint) as problem
      from moves where balance <> opening + changed order by lsn`,
    bill: `
      -- Every bill is of a debt that the user had at some moment before it; when it was read, of two that are billed at once, nobody can tell.
      with debts as (
        select l.account % 4294967296 as user, l.shard, min(l.lsn) as lsn, a.opening - l.balance as owed
        from legs l join accounts a using (shard, account) where product_account(l.account) = 'huabei.available' group by all),
      bills as (
        select l.id_hi, l.id_lo, l.shard, l.lsn, l.account % 4294967296 as user, -l.posted as amount
        from legs l where product_account(l.account) = 'huabei.billed')
      select b.id_hi, b.id_lo, 'bills ' || money(b.amount::bigint) || ', which user:' || b.user || ' never owed before' as problem
      from bills b left join debts d on d.shard = b.shard and d.user = b.user and d.owed = b.amount and d.lsn < b.lsn
      where d.lsn is null order by b.lsn`,
  },
});
