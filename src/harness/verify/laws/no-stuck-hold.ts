/**
 * I15, I16 and the three anomalies of Try/Confirm/Cancel: what was reserved is ended exactly once, by what may end
 * it, after it was made, and both shards of an operation end it the same way. A hold whose time is not over may
 * still be open.
 */
import type { Law } from '../law.js';

const LEGS = [1, 2, 3, 4].map((leg) => `account_${leg}, posting_${leg}`).join(', ');

export const noStuckHold: Law = {
  name: 'no-stuck-hold',
  statement:
    'Everything reserved is confirmed, released or expired exactly once, alike on both shards.',
  scope: 'operation',
  sql: `
    with tries as (
      select id_hi, id_lo, shard, count(*) as tries, min(lsn) as lsn, min(hash(${LEGS})) as body
      from entries where command = 'try_' and result = 'created' group by all),
    ends as (
      select id_hi, id_lo, shard, count(*) as ends, min(lsn) as lsn,
        string_agg(command, ' and ' order by lsn) as commands, min(hash(${LEGS})) as body
      from entries
      where (command = 'confirm' and result = 'created') or (command = 'cancel' and legs > 0)
      group by all),
    branches as (
      select id_hi, id_lo, shard, case
          when e.ends is null then 'is tried on shard ' || shard || ' (entry ' || t.lsn
            || ') and neither confirmed nor cancelled'
          when t.lsn is null then 'is ended by ' || e.commands || ' on shard ' || shard || ' (entry '
            || e.lsn || ') and was never tried there'
          when t.tries > 1 then 'is tried ' || t.tries || ' times on shard ' || shard
          when e.ends > 1 then 'is ended ' || e.ends || ' times on shard ' || shard || ': ' || e.commands
          when e.lsn < t.lsn then 'is ended on shard ' || shard || ' before it was tried'
          when e.body <> t.body then 'is ended on shard ' || shard || ' with other legs than it was tried'
        end as problem
      from tries t full join ends e using (id_hi, id_lo, shard)),
    committed as (
      select id_hi, id_lo, shard, peer from effects where role = 'primary' and peer <> shard),
    agreement as (
      select coalesce(c.id_hi, s.id_hi) as id_hi, coalesce(c.id_lo, s.id_lo) as id_lo, case
          when c.shard is null then 'is confirmed on shard ' || s.shard || ' and not on its home shard '
            || s.peer
          else 'is confirmed on its home shard ' || c.shard || ' and not on shard ' || c.peer end as problem
      from committed c full join second_halves s
        on c.id_hi = s.id_hi and c.id_lo = s.id_lo and c.peer = s.shard and c.shard = s.peer
      where c.shard is null or s.shard is null),
    holds as (
      select id_hi, id_lo, shard, count(*) as holds, min(lsn) as lsn,
        min(timestamp_us) as timestamp_us, min(timeout_s) as timeout_s, min(hash(${LEGS})) as body
      from entries where command = 'hold' and result = 'created' group by all),
    hold_ends as (
      select reference_hi as id_hi, reference_lo as id_lo, shard, count(*) as ends, min(lsn) as lsn,
        string_agg(command, ' and ' order by lsn) as commands, min(hash(${LEGS})) as body
      from entries
      where command in ('release', 'void_', 'expire') and result = 'created' group by all),
    last as (select shard, max(timestamp_us) as timestamp_us from entries group by shard),
    ended as (
      select id_hi, id_lo, case
          when e.ends is null and h.timeout_s is not null
            and h.timestamp_us + h.timeout_s::bigint * 1000000 <= last.timestamp_us
            then 'is a hold that ran out of time and is still pending (entry ' || h.lsn || ' of shard '
              || shard || ')'
          when h.lsn is null then 'is ended by ' || e.commands || ' on shard ' || shard || ' (entry '
            || e.lsn || ') and was never held there'
          when h.holds > 1 then 'is held ' || h.holds || ' times on shard ' || shard
          when e.ends > 1 then 'is a hold that ended ' || e.ends || ' times: ' || e.commands
          when e.lsn < h.lsn then 'is a hold that ended before it was made'
          when e.body <> h.body then 'is a hold that ended with other legs than it was made'
        end as problem
      from holds h full join hold_ends e using (id_hi, id_lo, shard) left join last using (shard))
    select id_hi, id_lo, problem from branches where problem is not null
    union all select id_hi, id_lo, problem from agreement
    union all select id_hi, id_lo, problem from ended where problem is not null`,
  checkedSql: `select count(*) from entries where command in ('try_', 'hold') and result = 'created'`,
  exercisedBy: 'nothing was reserved: no hold, no operation across shards',
  suspicions: (facts) => facts.stuck,
  checked: (facts) => facts.branchesAndHolds,
};
