/**
 * I1 durability. The law that acknowledging before the disk breaks: what was answered `ok` is in the books, with both
 * halves where it crosses shards.
 */
import { kindsWhere } from '../../../products/kinds.js';
import type { Law } from '../law.js';
import { names } from '../sql-text.js';

/** Those of which the money has moved. */
const POSTS = names(kindsWhere(({ effect }) => effect === 'posts' || effect === 'posts-reserved'));

export const noLostAck: Law = {
  name: 'no-lost-ack',
  statement: 'Every acknowledged operation is in the books, on every shard it touches.',
  needs: 'ids',
  tests: 'acknowledged-is-kept',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'an acknowledged operation that is lost',
  sql: `
    with done as (
      select id_hi, id_lo, max(shard) as shard, max(peer) as peer, bool_or(peer <> shard) as crosses
      from effects group by all),
    halves as (select distinct id_hi, id_lo from second_halves)
    select o.id_hi, o.id_lo, case
        when d.id_hi is null then 'is not in the books of shard ' || shard_of(o.account)
        else 'is in the books of shard ' || d.shard || ' and its other half is not in those of shard '
          || d.peer end as problem
    from asked o left join done d using (id_hi, id_lo) left join halves h using (id_hi, id_lo)
    where o.outcome = 'ok' and (d.id_hi is null or (d.crosses and h.id_hi is null))
    order by o.completed_us, id_hi, id_lo`,
  checkedSql: `select count(*) from asked where outcome = 'ok'`,
  exercisedBy: 'no operation was acknowledged',
  neutral: {
    sql: () => `
      select o.id_hi, o.id_lo, 'is not in the books' as problem
      from asked o anti join effects e on o.id_hi = e.id_hi and o.id_lo = e.id_lo
      where o.outcome = 'ok' and o.kind in (${POSTS})
      order by o.completed_us, o.id_hi, o.id_lo`,
    checkedSql: () => `select count(*) from asked where outcome = 'ok' and kind in (${POSTS})`,
  },
};
