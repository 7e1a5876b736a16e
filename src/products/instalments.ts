/**
 * Purchases paid in parts: the merchant has the price at once, the user owes it and a charge, and pays part by part. What a user may still
 * buy so is an account that opens with the limit. The amount of a purchase is all that its parts will be, charge included: parts in whole minor
 * units come out at it exactly, however it is divided.
 */
import { standsAtEveryVersion } from './own-laws.js';
import { defineProduct } from './product.js';

export const instalments = defineProduct({
  name: 'instalments',
  title: 'Purchases paid in parts, for a charge, within a limit of their own',
  rates: {
    /** 20,000 yuan. */
    creditLimit: 2_000_000,
    /** To the lender, of all that is paid, per 10,000. */
    chargePer10k: 450,
    /** To the fee account, of the same: as merchants pay for any payment. */
    feePer10k: 60,
  },
  accounts: {
    limit: {
      class: 48,
      of: 'user',
      opening: 'creditLimit',
      mustNotOverdraw: true,
      mustNotPassOpening: true,
    },
    charges: { class: 49, of: 'shard' },
  },
  operations: {
    buy: {
      number: 48,
      noun: 'purchase in instalments',
      home: 'payer',
      counterparty: 'merchant',
      judgedByRisk: true,
      amounts: {
        charge: 'floor(amount * chargePer10k / 10000)',
        fee: 'floor(amount * feePer10k / 10000)',
      },
      legs: [
        { account: 'payer.limit', amount: '-amount' },
        { account: 'charges@payer', amount: 'charge' },
        { account: 'payee', amount: 'amount - charge - fee' },
        { account: 'fee@payee', amount: 'fee' },
      ],
    },
    part: {
      number: 49,
      noun: 'instalment',
      home: 'payer',
      refersTo: ['instalments.buy'],
      goesOn: 'part',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.limit', amount: 'amount' },
      ],
    },
  },
  laws: {
    limit: standsAtEveryVersion({
      statement:
        'What was bought and not paid yet is what is missing from the limit, at every version.',
      accounts: ['instalments.limit'],
      of: 'user',
      changes: { 'instalments.buy': '-o.amount', 'instalments.part': 'o.amount' },
    }),
    charges: standsAtEveryVersion({
      statement: 'The lender has earned the charge of every purchase, and nothing else.',
      accounts: ['instalments.charges'],
      of: 'shard',
      changes: { 'instalments.buy': '(o.amount * 450) // 10000' },
    }),
    purchases: `
      -- What its parts leave of each purchase is what its buyer owes, all of them together.
      with bought as (
        select l.account, l.shard, e.lsn, e.id_hi, e.id_lo, e.amount from effects e join legs l using (shard, lsn)
        where e.kind = 'instalments.buy' and product_account(l.account) = 'instalments.limit'),
      paid as (
        select reference_hi as id_hi, reference_lo as id_lo, sum(amount) as amount from effects
        where kind = 'instalments.part' group by all),
      users as (
        select shard, account, min_by(b.id_hi, b.lsn) as id_hi, min_by(b.id_lo, b.lsn) as id_lo,
          sum(b.amount - coalesce(p.amount, 0))::bigint as owed
        from bought b left join paid p using (id_hi, id_lo) group by all)
      select id_hi, id_lo, 'is of a user who owes ' || money(owed) || ' by all purchases, and '
          || money((opening - (credits_posted - debits_posted))::bigint) || ' by the limit' as problem
      from users join accounts using (shard, account)
      where owed <> opening - (credits_posted - debits_posted) order by shard, account`,
  },
});
