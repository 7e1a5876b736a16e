/**
 * The part of legs-follow-operation that is about products: every entry has the legs that its operation asks for by the product's
 * definition (product-views.ts), no more, no others, on the shard, in the role and in the mode that follow from where the accounts lie.
 * How an amount is shared out is decided when it is posted or tried; Confirm and Cancel end what was tried, whatever there is room for by then.
 */
import { ACCOUNT_FLAG } from '../../wire/ledger-log.js';
import { PRODUCT_KINDS } from './product-views.js';

const { mustNotPassOpening } = ACCOUNT_FLAG;

/**
 * The table `product_told`, over `product_asked` and `product_legs`: a row an entry with legs and an operation of its id, `difference` in words or
 * null. All kinds of products post at once.
 */
export const PRODUCT_TOLD = `
  create table product_told as
  with booked as (
    select m.*, p.worker, p.sequence, p.kind as asked_kind, p.amount as asked_amount, p.home, p.far, p.crosses,
      m.channel is distinct from p.channel or m.timeout_s is distinct from p.timeout_s
        or m.reference_hi is distinct from p.reference_hi or m.reference_lo is distinct from p.reference_lo as differs,
      case when not p.crosses then 'local' when m.shard = p.home then 'primary' else 'secondary' end as asked_role,
      case when m.shard = p.home then p.far else p.home end as asked_peer,
      case when m.command = 'try_' then 'made' when m.command = 'confirm' then 'confirmed'
        when m.command = 'cancel' then 'released' else 'posted' end as mode
    from entries m join product_asked p using (id_hi, id_lo) where m.legs > 0),
  has as (
    select b.shard, b.lsn, b.worker, b.sequence, l.account, sum(l.posting)::bigint as posting, count(*) as times,
      bool_and(l.pending = b.mode) as fits
    from booked b join all_legs l using (shard, lsn) group by all),
  wants as (
    select b.shard, b.lsn, b.worker, b.sequence, w.account, sum(w.posting)::bigint as posting
    from booked b join product_legs w using (worker, sequence, shard) where w.rank is null group by all),
  sharing as (
    select b.shard, b.lsn, b.worker, b.sequence, b.command in ('post', 'try_') as begins, w.account, w.rank, w.posting as whole, coalesce(h.posting, 0) as posting
    from booked b join product_legs w using (worker, sequence, shard)
      left join has h using (shard, lsn, worker, sequence, account)
    where w.rank is not null),
  had as (
    select l.shard, l.account, l.lsn, max_by(l.balance, l.leg) + max_by(sum, l.leg) as had
    from (select *, sum(credit_pending) over (partition by shard, account order by lsn, leg) as sum
      from all_legs semi join (select shard, account from sharing) s using (shard, account)) l
    group by l.shard, l.account, l.lsn),
  filled as (
    select s.*, f.had, a.opening, a.flags & ${mustNotPassOpening} <> 0 as is_capped,
      sum(s.posting) over (partition by s.shard, s.lsn, s.worker, s.sequence) as shared,
      sum(s.posting) over (partition by s.shard, s.lsn, s.worker, s.sequence order by s.rank desc) - s.posting as later
    from sharing s asof left join had f on s.shard = f.shard and s.account = f.account and s.lsn >= f.lsn
      left join accounts a on a.shard = s.shard and a.account = s.account),
  badly as (
    select shard, lsn, worker, sequence, account, case
        when shared <> whole then 'shares out ' || money(shared::bigint) || ' and not ' || money(whole)
        when posting < 0 then 'takes money from ' || account_name(account)
        when begins and later > 0 and not coalesce(is_capped and coalesce(had, opening) >= opening, false)
          then 'goes past ' || account_name(account) || ', which could have taken more' end as problem
    from filled),
  compared as (
    select shard, lsn, worker, sequence, account, problem from badly union all
    select shard, lsn, worker, sequence, account, case
        when w.account is null then 'touches ' || account_name(account) || ', whose affair it is not'
        when h.account is null then 'does not touch ' || account_name(account)
        when h.times > 1 then 'touches ' || account_name(account) || ' more than once'
        when h.posting <> w.posting
          then 'moves ' || money(h.posting) || ' on ' || account_name(account) || ' and not ' || money(w.posting)
        when not h.fits then 'has ' || account_name(account) || ' in another mode than its command makes it' end as problem
    from (from has anti join sharing using (shard, lsn, worker, sequence, account)) h
      full join wants w using (shard, lsn, worker, sequence, account)),
  wrong as (
    select shard, lsn, worker, sequence, min(problem) as problem
    from compared where problem is not null group by all)
  select b.id_hi, b.id_lo, b.shard, b.lsn, b.timestamp_us, case
      when b.shard not in (home, far) then 'is booked on shard ' || b.shard || ' and has no account there'
      when kind <> asked_kind or command not in (${"'post', 'try_', 'confirm', 'cancel'"}) or (command = 'post') = crosses
        then 'moves money by a ' || command || ' of kind ' || kind
      when role <> asked_role or peer <> asked_peer
        then 'is booked as ' || role || ' with shard ' || peer || ' and not as ' || asked_role || ' with shard ' || asked_peer
      when w.problem is not null then w.problem
      when amount <> asked_amount then 'is of ' || money(amount) || ' and not of ' || money(asked_amount)
      when differs then 'has another channel, time-out or reference than was asked for' end as difference
  from booked b left join wrong w using (shard, lsn, worker, sequence)
  where asked_kind in (${PRODUCT_KINDS})`;

/** Where no product was asked for anything. */
export const NO_PRODUCT_TOLD = `
  create table product_told (id_hi ubigint, id_lo ubigint, shard integer, lsn ubigint, timestamp_us bigint, difference varchar)`;
