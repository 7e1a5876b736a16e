/**
 * A money fund that people pay from: units are an asset of their own, bought and sold at a price. Whoever redeems has the money at once: the
 * platform advances it, and the fund house pays later. A payment from the fund sells the units and pays the merchant, or does neither. Units
 * are rounded in favour of the fund. What it holds and has issued is counted from the start of the drill.
 */
import { defineProduct } from './product.js';

/** Minor units of money for 10,000 of the smallest part of a unit. */
const price = 12_500;
/** What a day earns, per ten million of the money that units are worth. */
const yieldPer10m = 480;

export const fund = defineProduct({
  name: 'fund',
  title: 'Money fund: units bought and sold at a price, paid from, with a daily yield',
  rates: {
    price,
    /** 8,000 units: what people hold when the night begins, 10,000 yuan. */
    openingUnits: 800_000,
    feePer10k: 60,
    commissionPer10k: 10,
  },
  accounts: {
    units: { class: 24, of: 'user', asset: 'unit', opening: 'openingUnits', mustNotOverdraw: true },
    inTransit: { class: 25, of: 'user', mustNotOverdraw: true },
    issued: { class: 26, of: 'shard', asset: 'unit' },
    assets: { class: 27, of: 'shard' },
    advance: { class: 28, of: 'shard' },
  },
  operations: {
    subscribe: {
      number: 24,
      noun: 'purchase of fund units',
      home: 'payer',
      minAmount: 100,
      amounts: { units: 'floor(amount * 10000 / price)' },
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'assets@payer', amount: 'amount' },
        { account: 'payer.units', amount: 'units' },
        { account: 'issued@payer', amount: '-units' },
      ],
    },
    redeem: {
      number: 25,
      noun: 'redemption',
      home: 'payer',
      amounts: { units: 'ceil(amount * 10000 / price)' },
      legs: [
        { account: 'payer.units', amount: '-units' },
        { account: 'issued@payer', amount: 'units' },
        { account: 'advance@payer', amount: '-amount' },
        { account: 'payer', amount: 'amount' },
        { account: 'assets@payer', amount: '-amount' },
        { account: 'payer.inTransit', amount: 'amount' },
      ],
    },
    settle: {
      number: 26,
      noun: 'settlement of a redemption',
      home: 'payer',
      refersTo: ['fund.redeem'],
      goesOn: 'whole',
      legs: [
        { account: 'payer.inTransit', amount: '-amount' },
        { account: 'advance@payer', amount: 'amount' },
      ],
    },
    pay: {
      number: 27,
      noun: 'payment from the fund',
      home: 'payer',
      counterparty: 'merchant',
      judgedByRisk: true,
      amounts: {
        units: 'ceil(amount * 10000 / price)',
        fee: 'floor(amount * feePer10k / 10000)',
        commission: 'floor(amount * commissionPer10k / 10000)',
      },
      legs: [
        { account: 'payer.units', amount: '-units' },
        { account: 'issued@payer', amount: 'units' },
        { account: 'assets@payer', amount: '-amount' },
        { account: 'payee', amount: 'amount - fee - commission' },
        { account: 'fee@payee', amount: 'fee' },
        { account: 'platform@payee', amount: 'commission' },
      ],
    },
    refund: {
      number: 28,
      noun: 'refund of a payment from the fund',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['fund.pay'],
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
    yield: {
      number: 29,
      noun: 'daily yield',
      home: 'payee',
      minAmount: 2,
      amounts: { units: 'floor(amount * 10000 / price)' },
      legs: [
        { account: 'payee.units', amount: 'units' },
        { account: 'issued@payee', amount: '-units' },
        { account: 'bank@payee', amount: '-amount' },
        { account: 'assets@payee', amount: 'amount' },
      ],
    },
  },
  laws: {
    worth: `
      -- The fund never owes more for the units that it has issued than it has money for.
      with moved as (
        select shard, lsn, any_value(id_hi) as id_hi, any_value(id_lo) as id_lo,
          coalesce(sum(posted) filter (product_account(account) = 'fund.assets'), 0) as money,
          -coalesce(sum(posted) filter (product_account(account) = 'fund.issued'), 0) as units
        from legs where product_account(account) in ('fund.assets', 'fund.issued') group by all),
      stands as (
        select *, sum(money) over (partition by shard order by lsn) as held,
          sum(units) over (partition by shard order by lsn) as issued
        from moved)
      select id_hi, id_lo, 'leaves shard ' || shard || ' with ' || money(held::bigint) || ' for ' || issued
        || ' units, which at ' || ${price} || ' for 10,000 are worth more' as problem
      from stands where held * 10000 < issued * ${price} order by shard, lsn`,
    advance: `
      -- What is advanced to whoever redeems is owed by the fund house, entry by entry: all of it and no more.
      select any_value(id_hi) as id_hi, any_value(id_lo) as id_lo, 'changes what is advanced by '
        || money((-coalesce(sum(posted) filter (product_account(account) = 'fund.advance'), 0))::bigint) || ' and what is in transit by '
        || money(coalesce(sum(posted) filter (product_account(account) = 'fund.inTransit'), 0)::bigint) as problem
      from legs where product_account(account) in ('fund.advance', 'fund.inTransit')
      group by shard, lsn having sum(posted) <> 0 order by shard, lsn`,
    yield: `
      -- Every yield is what the units of its user earned in a day: as many as they had at some moment before it.
      with held as (
        select account, shard, lsn, balance from legs where product_account(account) = 'fund.units' and pending in ('posted', 'confirmed')
        union all
        select account, shard, -1, opening from accounts where product_account(account) = 'fund.units'),
      yields as (
        select l.id_hi, l.id_lo, l.shard, l.lsn, l.account, o.amount from legs l join asked_as_booked o
          using (id_hi, id_lo)
        where l.kind = 'fund.yield' and product_account(l.account) = 'fund.units')
      select y.id_hi, y.id_lo, 'credits a yield of ' || money(y.amount) || ', which no units of ' || account_name(y.account)
        || ' ever earned' as problem
      from yields y left join held h on h.shard = y.shard and h.account = y.account and h.lsn < y.lsn
          and ((h.balance::hugeint * ${price} // 10000) * ${yieldPer10m} // 10000000) = y.amount
      where h.lsn is null order by y.shard, y.lsn`,
  },
});
