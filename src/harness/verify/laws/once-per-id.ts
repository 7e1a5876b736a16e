/**
 * I4 and I6: however often it was sent, an operation takes effect once: the double charge on retry is here. And what a shard has
 * once recorded of an id stays: it neither declines what it did nor does what it declined.
 */
import type { Law } from '../law.js';
import { names } from '../sql-text.js';

/** Record an operation for the first time; so does a Cancel without legs. */
const BEGINS = names(['post', 'try_', 'hold', 'capture', 'void_', 'record_decline']);

export const oncePerId: Law = {
  name: 'once-per-id',
  statement:
    'No operation is in the books twice, however often it was sent, nor done after it was declined.',
  needs: 'ids',
  tests: 'one-effect-per-id',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'an operation that took effect twice',
  sql: `
    with halves as (
      select id_hi, id_lo, shard, lsn, timestamp_us, 'done' as half from effects
      union all
      select id_hi, id_lo, shard, lsn, timestamp_us, 'done on the other shard' as half
      from second_halves),
    doubled as (
      select id_hi, id_lo, half from halves group by id_hi, id_lo, half having count(*) > 1)
    select id_hi, id_lo, 'is ' || half || ' ' || count(*) || ' times: '
        || string_agg('entry ' || lsn || ' of shard ' || shard, ', ' order by timestamp_us) as problem,
      max(timestamp_us) as at_us
    from halves join doubled using (id_hi, id_lo, half) group by id_hi, id_lo, half
    union all
    select id_hi, id_lo, 'is recorded as new ' || count(*) || ' times on shard ' || shard || ': '
        || string_agg(command || ' in entry ' || lsn || ' (' || result || ')', ', ' order by lsn) as problem,
      max(timestamp_us) as at_us
    from entries anti join doubled using (id_hi, id_lo)
    where command in (${BEGINS}) or (command = 'cancel' and legs = 0)
    group by id_hi, id_lo, shard having count(*) > 1
    order by at_us, id_hi, id_lo, problem`,
  checkedSql: 'select count(*) from effects',
  exercisedBy: 'the books have no entry',
  neutral: {},
};
