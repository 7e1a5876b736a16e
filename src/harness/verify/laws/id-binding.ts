/**
 * I5: an id is bound to one body. What the books hold under an id is what was asked under it: kind, amount, reference,
 * who pays and who is paid; whom a product's operation moves is legs-follow-operation's matter. What a look-up found is under the id, but it need not be what this asking of it wanted. And an operation is refused as `another body` only where the body is another.
 */
import { kindsWhere } from '../../../products/kinds.js';
import type { NeutralBooks } from '../../records/target-facts.js';
import { movesCounterparty, movesTowardsHome, namesNoAmount } from '../kinds.js';
import type { Law } from '../law.js';
import { PRODUCT_KINDS } from '../product-views.js';
import { names } from '../sql-text.js';

const NO_AMOUNT = names(kindsWhere(namesNoAmount));
const TOWARDS_HOME = names(kindsWhere(movesTowardsHome));
const PAYS = names(kindsWhere(movesCounterparty));

const sideOf = (leg: number): string =>
  `(e.account_${leg} = o.account and (o.kind in (${NO_AMOUNT}) or e.posting_${leg} =
     case when o.kind in (${TOWARDS_HOME}) then o.amount else -o.amount end))`;

const payeeOf = (table: string, leg: number): string =>
  `coalesce(${table}.account_${leg} <> o.account
     and without_slot(${table}.account_${leg}) = o.counterparty, false)`;

/** More legs only products have, whose legs are legs-follow-operation's matter. */
const LEGS = [1, 2, 3, 4] as const;

const PAIRS = `
  select o.id_hi, o.id_lo, o.worker, o.sequence, o.outcome, o.result, o.resolution, o.completed_us, e.shard, e.lsn, case
    when e.kind <> o.kind then 'is a ' || e.kind
    when o.kind not in (${NO_AMOUNT}) and e.amount <> o.amount then 'is of ' || money(e.amount)
    when e.reference_hi is distinct from o.reference_hi
      or e.reference_lo is distinct from o.reference_lo then 'refers to another operation'
    when o.kind not in (${NO_AMOUNT}) and e.channel <> o.channel then 'was paid by ' || e.channel
    when o.kind not in (${NO_AMOUNT}) and e.timeout_s is distinct from o.timeout_s
      then 'runs out after ' || coalesce(e.timeout_s::text, 'no') || ' s'
    when o.kind in (${PRODUCT_KINDS}) then null
    when not coalesce(${LEGS.map(sideOf).join(' or ')}, false)
      then 'does not move that amount on ' || account_name(o.account)
    when o.kind in (${PAYS}) and not case when e.peer = e.shard
      then ${LEGS.map((leg) => payeeOf('e', leg)).join(' or ')}
      else h.id_hi is null or ${LEGS.map((leg) => payeeOf('h', leg)).join(' or ')} end
      then 'does not touch ' || account_name(o.counterparty) end as difference
  from effects e join asked o using (id_hi, id_lo)
    left join second_halves h using (id_hi, id_lo)`;

const HOLDS = names(kindsWhere(({ effect }) => effect === 'reserves'));
const FREES = names(kindsWhere(({ effect }) => effect === 'frees-reserved'));
const CAPTURES = names(kindsWhere(({ effect }) => effect === 'posts-reserved'));

/** What is asked for leg by leg. */
const BY_LEGS = names(kindsWhere((row) => row.effect === 'posts' && row.direction === undefined));

/**
 * Bookings asked for leg by leg: each account moves by what its legs say together, and no other does. `error` leaves the law
 * undecided: what was asked for is not known.
 */
const OF_LEGS = `
    asked_legs as (
      select b.shard, b.lsn, b.worker, b.sequence, t.account, t.amount
      from booked b left join told_legs t using (worker, sequence) where b.kind in (${BY_LEGS})),
    differing as (
      select shard, lsn, worker, sequence, account, sum(posted)::bigint as posted, sum(wanted)::bigint as wanted
      from (
        select shard, lsn, worker, sequence, account, 0 as posted,
          case when account is null then error('what was asked for as entry ' || lsn || ' is not in the run folder')
            else amount end as wanted from asked_legs
        union all
        select b.shard, b.lsn, b.worker, b.sequence, n.account, n.posted, 0
        from booked b join net n using (shard, lsn) where b.kind in (${BY_LEGS}))
      group by shard, lsn, worker, sequence, account having sum(posted) <> sum(wanted)),
    by_legs as (
      select shard, lsn, worker, sequence, min(account) as leg_account, min_by(posted, account) as leg_posted,
        min_by(wanted, account) as leg_wanted
      from differing group by shard, lsn, worker, sequence)`;

/**
 * What an entry moves on the accounts that the operation named, against what it asked. Who is neither and whom some operation
 * names is not touched; what others there are, fees and money on its way, is the ledger's own affair.
 */
function neutralPairs({ charges, holds }: NeutralBooks): string {
  const payerMoves = charges === 'payer' || charges === 'both' ? 'paid >= amount' : 'paid = amount';
  const payeeGets =
    charges === 'payee' || charges === 'both' ? 'got between 1 and amount' : 'got = amount';
  const isEscrow = holds === 'escrow';
  return `
    with net as (
      select shard, lsn, account, sum(posted)::bigint as posted from legs group by shard, lsn, account),
    named as (
      select distinct account from (
        select account from asked where kind not in (${BY_LEGS}) union all select counterparty from asked) where account <> 0),
    booked as (
      select o.*, e.shard as shard, e.lsn as lsn, coalesce(h.posted, 0) as own, coalesce(f.posted, 0) as other,
        o.kind in (${TOWARDS_HOME}) as is_towards,
        case when is_towards then own else -own end as at_home,
        case when is_towards then -other else other end as at_far,
        case when is_towards then at_far else at_home end as paid,
        case when is_towards then at_home else at_far end as got,
        o.counterparty = 0 as is_alone
      from effects e join asked o using (id_hi, id_lo)
        left join net h on h.shard = e.shard and h.lsn = e.lsn and h.account = o.account
        left join net f on f.shard = e.shard and f.lsn = e.lsn and f.account = o.counterparty),
    touched as (
      select n.shard, n.lsn, b.worker, b.sequence, min(n.account) as account
      from net n join booked b using (shard, lsn) semi join named m on m.account = n.account
      where b.kind not in (${BY_LEGS}) and n.posted <> 0 and n.account <> b.account and n.account <> b.counterparty
      group by all),${OF_LEGS}
    select id_hi, id_lo, worker, sequence, outcome, result, resolution, completed_us, shard, lsn, case
      when leg_account is not null then 'moves ' || money(leg_posted) || ' on ' || account_name(leg_account)
        || ' in place of ' || money(leg_wanted)
      when kind in (${BY_LEGS}) then null
      when t.account is not null then 'touches ' || account_name(t.account) || ', whose affair it is not'
      when kind in (${HOLDS}) and ${isEscrow ? `not (${payerMoves})` : 'own <> 0'}
        then 'moves ' || money(own) || ' on ' || account_name(b.account)
      when kind in (${HOLDS}) and other <> 0
        then 'moves ' || money(other) || ' on ' || account_name(b.counterparty) || ' before it is captured'
      when kind in (${FREES}) and ${isEscrow ? 'own <= 0' : 'own <> 0'}
        then 'moves ' || money(own) || ' on ' || account_name(b.account)
      when kind in (${HOLDS}, ${FREES}) then null
      when ${isEscrow ? `kind in (${CAPTURES}) and own < 0` : 'false'}
        then 'moves ' || money(own) || ' on ' || account_name(b.account) || ' of what was set aside already'
      when not (is_alone and is_towards) and not ${isEscrow ? `(kind in (${CAPTURES}) or ${payerMoves})` : `(${payerMoves})`}
        then 'takes ' || money(paid) || ' from ' || account_name(case when is_towards then b.counterparty else b.account end)
      when not (is_alone and not is_towards) and not (${payeeGets})
        then 'gives ' || money(got) || ' to ' || account_name(case when is_towards then b.account else b.counterparty end)
      end as difference
    from booked b left join touched t using (shard, lsn, worker, sequence)
      left join by_legs using (shard, lsn, worker, sequence)`;
}

export const idBinding: Law = {
  name: 'id-binding',
  statement: 'What the books hold under an id is what was asked under it; another body is refused.',
  needs: 'ids',
  tests: 'one-effect-per-id',
  onlyAtRest: false,
  consequenceOf: ['double-entry'],
  unseen: 'an operation that is booked with another amount or for somebody else',
  sql: sqlWith(PAIRS),
  checkedSql: 'select count(*) from effects join asked using (id_hi, id_lo)',
  exercisedBy: 'no operation of the journal is in the books',
  neutral: { sql: (books) => sqlWith(neutralPairs(books)) },
};

/** `pairs`: an operation, an entry under its id, and in words in what they differ. */
function sqlWith(pairs: string): string {
  return `
    with pairs as (${pairs}),
    suspects as materialized (
      from pairs where difference is not null or result like 'exists_with_different%'),
    fitting as (
      select distinct id_hi, id_lo from pairs
        semi join (select id_hi, id_lo from suspects) s using (id_hi, id_lo)
      where difference is null and (outcome <> 'declined' or result not like 'exists_with_different%'))
    select p.id_hi, p.id_lo, case when p.outcome = 'declined'
        then 'was refused as another body, and is what the books hold: entry '
          || p.lsn || ' of shard ' || p.shard
        else 'was asked, and what the books hold (entry ' || p.lsn || ' of shard ' || p.shard || ') '
          || p.difference end as problem
    from suspects p left join fitting f using (id_hi, id_lo)
    where (p.outcome = 'ok' and p.resolution = 'answered' and p.difference is not null)
      or ((p.outcome = 'unknown' or (p.outcome = 'ok' and p.resolution = 'look_up')) and p.difference is not null and f.id_hi is null)
      or (p.outcome = 'declined' and p.result like 'exists_with_different%'
        and p.difference is null and f.id_hi is null)
    order by p.completed_us, id_hi, id_lo, problem`;
}
