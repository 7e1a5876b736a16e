/**
 * I17: a refund gives back what was paid, to who paid it and from who got it, and all refunds of a payment give back no more
 * than was paid. So it is with whatever of a product goes on from an earlier operation: after that, for its parties and within its amount, or
 * once and with the whole of it; only which way money goes, and through which accounts of the shard's own, is the product's affair. Asked on each shard of what that shard can know: the payment took effect there before the refund began there,
 * and the refund's legs are on accounts of those whose accounts the payment moved the other way. How much was refunded is home's to know. A
 * payment of before the drill is in the books too.
 */
import {
  CATALOGUE,
  kindsWhere,
  NO_MONEY as noMoney,
  PASSES_ON as passesOn,
} from '../../../products/kinds.js';
import { DRAWING, DRAWN_ON, goesOn, takesWhole } from '../kinds.js';
import type { Law } from '../law.js';
import { LEG_NUMBERS, names } from '../sql-text.js';

const LEGS = LEG_NUMBERS;
const GOES_ON = `kind in (${names(kindsWhere(goesOn))})`;
const PASSES_ON = `kind in (${names(['', ...kindsWhere(({ number }) => passesOn[number] === 1)])})`;
const TAKES_WHOLE = `kind in (${names(kindsWhere(takesWhole))})`;

/** Leg `leg` of the refund is on an account that the payment moved the other way, or is not there. */
const mirrored = (leg: number): string =>
  `(r.account_${leg} is null or (r.${GOES_ON} and is_of_shard(r.account_${leg})) or ${LEGS.map(
    (other) => `coalesce(owner_of(p.account_${other}) = owner_of(r.account_${leg})
      and (r.${GOES_ON} or (p.posting_${other} > 0) = (r.posting_${leg} < 0)), false)`,
  ).join(' or ')})`;

/** Accounts of products that count other things than money. */
const NO_MONEY = names([
  '',
  ...[...CATALOGUE.classes].flatMap(([number, { name }]) => (noMoney[number] === 1 ? [name] : [])),
]);

/** What goes towards somebody who had no part in it takes no money from others than whom that moved; seats are that somebody's to give. */
const takenFrom = (leg: number): string =>
  `(coalesce(r.posting_${leg} >= 0, true) or coalesce(product_account(r.account_${leg}) in (${NO_MONEY}), false)
    or ${mirrored(leg)})`;

/** Whatever moved money from its payer may be given back. */
const REFUNDABLE = names(
  kindsWhere(
    ({ effect, direction }) =>
      direction === 'from-home' && (effect === 'posts' || effect === 'posts-reserved'),
  ),
);

const REFUNDS = names(DRAWING);
const PAYMENTS = names(DRAWN_ON);

export const refundBounds: Law = {
  name: 'refund-bounds',
  statement:
    'Refunds give back what was paid: of a payment that took effect, between its parties, and no more than it; so does what goes on from an operation stay within it.',
  needs: 'order',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: ['id-binding', 'once-per-id'],
  unseen: 'a refund of more than was paid, or of nothing',
  sql: `
    with moves as (
      select *, 'home' as side from effects where kind in (${PAYMENTS}, ${REFUNDS})
      union all select *, 'far' as side from second_halves where kind in (${PAYMENTS}, ${REFUNDS})),
    paid as (
      select id_hi, id_lo, shard, side, min(lsn) as lsn, max(amount) as amount
      from moves where kind in (${PAYMENTS}) group by all),
    begun as (
      select id_hi, id_lo, shard, min(lsn) as lsn from entries
      where kind in (${REFUNDS}) and result = 'created' and command in ('post', 'try_', 'confirm') group by all),
    refunds as (from moves where kind in (${REFUNDS})),
    sums as (
      select r.id_hi, r.id_lo, r.kind, r.side, r.shard, r.lsn, r.amount, p.amount as paid, p.lsn as paid_lsn,
        b.lsn as begun_lsn, sum(r.amount) over (
          partition by r.side, r.shard, r.reference_hi, r.reference_lo order by r.lsn) as refunded
      from refunds r
        join begun b on b.id_hi = r.id_hi and b.id_lo = r.id_lo and b.shard = r.shard
        left join paid p on p.id_hi = r.reference_hi and p.id_lo = r.reference_lo
          and p.shard = r.shard and p.side = r.side),
    strangers as (
      select r.id_hi, r.id_lo, r.shard, r.lsn
      from refunds r join moves p on p.id_hi = r.reference_hi and p.id_lo = r.reference_lo
        and p.shard = r.shard and p.side = r.side and p.kind in (${PAYMENTS})
      group by all having not bool_or(case when r.${PASSES_ON} then ${LEGS.map(takenFrom).join(' and ')}
        else ${LEGS.map(mirrored).join(' and ')} end))
    select id_hi, id_lo, problem || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem
    from (
      select id_hi, id_lo, shard, lsn, case when ${GOES_ON} then 'goes on from what did not take effect on that shard before it'
        else 'refunds what was not paid on that shard before it' end as problem
      from sums where (paid_lsn is null or paid_lsn > begun_lsn) and not (side = 'far' and ${PASSES_ON})
      union all
      select id_hi, id_lo, shard, lsn, case when ${GOES_ON} then 'brings what goes on from an operation of '
        else 'brings what is refunded of a payment of ' end || money(paid) || ' to ' || money(refunded::bigint) as problem
      from sums where side = 'home' and refunded > paid
      union all
      select id_hi, id_lo, shard, lsn, 'takes ' || money(amount) || ' of ' || money(paid) || ', which goes as a whole or not at all'
        as problem
      from sums where ${TAKES_WHOLE} and amount < paid
      union all
      select id_hi, id_lo, shard, lsn, 'moves money of somebody from whom the payment did not move it the other way'
        as problem
      from strangers)
    order by shard, lsn, problem`,
  checkedSql: `select count(*) from effects where kind in (${REFUNDS})`,
  exercisedBy: 'nothing was refunded',
  neutral: {
    evidence: 'ids',
    sql: () => `
      with paid as (
        select id_hi, id_lo, max(amount) as amount from asked o semi join effects e using (id_hi, id_lo)
        where kind in (${REFUNDABLE}) group by all),
      given as (
        select o.id_hi, o.id_lo, o.reference_hi, o.reference_lo, max(o.amount) as amount, count(distinct e.lsn) as times,
          min(e.lsn) as lsn
        from asked o join effects e using (id_hi, id_lo) where o.kind = 'refund' group by all),
      sums as (
        select g.*, p.amount as paid, sum(g.amount * g.times) over (
          partition by g.reference_hi, g.reference_lo order by g.lsn) as so_far
        from given g left join paid p on g.reference_hi = p.id_hi and g.reference_lo = p.id_lo)
      select id_hi, id_lo, case when paid is null then 'refunds what was not paid'
          else 'brings what is refunded of a payment of ' || money(paid) || ' to ' || money(so_far::bigint) end as problem
      from sums where paid is null or so_far > paid
      order by lsn`,
    checkedSql: () =>
      `select count(*) from effects e semi join (from asked where kind = 'refund') o using (id_hi, id_lo)`,
  },
};
