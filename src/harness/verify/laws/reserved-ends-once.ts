/**
 * I15 and the anomalies of Try/Confirm/Cancel that are wrong at any moment: what was reserved is ended at most once, by
 * what may end it, after it was made, and with the legs it was made with. That it is ended at all is no-stuck-hold's matter.
 */
import { kindsWhere } from '../../../products/kinds.js';
import type { Law } from '../law.js';
import { LEG_NUMBERS, names } from '../sql-text.js';

/** In whatever order they stand. */
const LEGS = `list_sort([${LEG_NUMBERS.map((leg) => `{a: account_${leg}, p: posting_${leg}}`).join(', ')}])`;

const ENDS = names(
  kindsWhere(({ effect }) => effect === 'posts-reserved' || effect === 'frees-reserved'),
);

export const reservedEndsOnce: Law = {
  name: 'reserved-ends-once',
  statement: 'What was reserved ends at most once, with the legs it was made with, and not before.',
  needs: 'ids',
  tests: 'all-legs-or-none',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'a reservation that was ended twice, or confirmed without having been made',
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
          when t.lsn is null then 'is ended by ' || e.commands || ' on shard ' || shard || ' (entry '
            || e.lsn || ') and was never tried there'
          when t.tries > 1 then 'is tried ' || t.tries || ' times on shard ' || shard
          when e.ends > 1 then 'is ended ' || e.ends || ' times on shard ' || shard || ': ' || e.commands
          when e.lsn < t.lsn then 'is ended on shard ' || shard || ' before it was tried'
          when e.body <> t.body then 'is ended on shard ' || shard || ' with other legs than it was tried'
        end as problem
      from tries t full join ends e using (id_hi, id_lo, shard)),
    holds as (
      select id_hi, id_lo, shard, count(*) as holds, min(lsn) as lsn, min(hash(${LEGS})) as body
      from entries where command = 'hold' and result = 'created' group by all),
    hold_ends as (
      select reference_hi as id_hi, reference_lo as id_lo, shard, count(*) as ends, min(lsn) as lsn,
        string_agg(command, ' and ' order by lsn) as commands, min(hash(${LEGS})) as body
      from entries
      where command in ('release', 'void_', 'expire') and result = 'created' group by all),
    ended as (
      select id_hi, id_lo, case
          when h.lsn is null then 'is ended by ' || e.commands || ' on shard ' || shard || ' (entry '
            || e.lsn || ') and was never held there'
          when h.holds > 1 then 'is held ' || h.holds || ' times on shard ' || shard
          when e.ends > 1 then 'is a hold that ended ' || e.ends || ' times: ' || e.commands
          when e.lsn < h.lsn then 'is a hold that ended before it was made'
          when e.body <> h.body then 'is a hold that ended with other legs than it was made'
        end as problem
      from holds h full join hold_ends e using (id_hi, id_lo, shard))
    select id_hi, id_lo, problem from branches where problem is not null
    union all select id_hi, id_lo, problem from ended where problem is not null
    order by id_hi, id_lo, problem`,
  checkedSql: `select count(*) from entries where command in ('try_', 'hold') and result = 'created'`,
  exercisedBy: 'nothing was reserved: no hold, no operation across shards',
  neutral: {
    sql: ({ captures }) => `
      with ends as (
        select o.reference_hi, o.reference_lo, o.kind, o.id_hi, o.id_lo, o.account,
          count(distinct e.lsn) as times, bool_or(o.outcome = 'ok') as is_told
        from asked o left join effects e using (id_hi, id_lo)
        where o.kind in (${ENDS}) group by all),
      ended as (
        select h.id_hi, h.id_lo, coalesce(sum(e.times) filter (e.kind = 'capture'), 0) as captures,
          count(*) filter (e.kind = 'void' and (e.is_told or e.times > 0)) as voids
        from (select distinct id_hi, id_lo from asked where kind = 'hold') h
          join ends e on e.reference_hi = h.id_hi and e.reference_lo = h.id_lo group by all)
      select id_hi, id_lo, case
          when voids > 0 and captures > 0 then 'was voided, and captured all the same'
          else 'was captured ' || captures || ' times' end as problem
      from ended where (voids > 0 and captures > 0) ${captures === 'once' ? 'or captures > 1' : ''}
      order by id_hi, id_lo`,
    checkedSql: () =>
      `select count(*) from asked where kind in (${ENDS}) and outcome <> 'declined'`,
    exercisedBy: 'no hold ended',
  },
};
