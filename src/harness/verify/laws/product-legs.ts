/**
 * The part of legs-follow-operation that is about products: every entry has the legs that its operation asks for by the product's
 * definition (product-views.ts), no more, no others, on the shard, in the role and in the mode that follow from where the accounts lie.
 */
import { PRODUCT_KINDS } from '../product-views.js';

/**
 * A query over `moved` (entries with legs): a row an entry and an operation of its id, `difference` in words or null. All kinds of
 * products post at once.
 */
export const PRODUCT_TOLD = `
  with booked as (
    select m.*, p.worker, p.sequence, p.kind as asked_kind, p.amount as asked_amount, p.home, p.far, p.crosses,
      m.channel is distinct from p.channel or m.timeout_s is distinct from p.timeout_s
        or m.reference_hi is distinct from p.reference_hi or m.reference_lo is distinct from p.reference_lo as differs,
      case when not p.crosses then 'local' when m.shard = p.home then 'primary' else 'secondary' end as asked_role,
      case when m.shard = p.home then p.far else p.home end as asked_peer,
      case when m.command = 'try_' then 'made' when m.command = 'confirm' then 'confirmed'
        when m.command = 'cancel' then 'released' else 'posted' end as mode
    from moved m join product_asked p using (id_hi, id_lo)),
  has as (
    select b.shard, b.lsn, b.worker, b.sequence, l.account, sum(l.posting)::bigint as posting, count(*) as times,
      bool_and(l.pending = b.mode) as fits
    from booked b join all_legs l using (shard, lsn) group by all),
  wants as (
    select b.shard, b.lsn, b.worker, b.sequence, w.account, sum(w.posting)::bigint as posting
    from booked b join product_legs w using (worker, sequence, shard) group by all),
  compared as (
    select shard, lsn, worker, sequence, account, case
        when w.account is null then 'touches ' || account_name(account) || ', whose affair it is not'
        when h.account is null then 'does not touch ' || account_name(account)
        when h.times > 1 then 'touches ' || account_name(account) || ' more than once'
        when h.posting <> w.posting
          then 'moves ' || money(h.posting) || ' on ' || account_name(account) || ' and not ' || money(w.posting)
        when not h.fits then 'has ' || account_name(account) || ' in another mode than its command makes it' end as problem
    from has h full join wants w using (shard, lsn, worker, sequence, account)),
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
