/** I4: however often it was sent, an operation takes effect once: the double charge on retry is here. */
import type { Law } from '../law.js';

export const oncePerId: Law = {
  name: 'once-per-id',
  statement: 'No operation is in the books twice, however often it was sent.',
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
        || string_agg('entry ' || lsn || ' of shard ' || shard, ', ' order by timestamp_us) as problem
    from halves join doubled using (id_hi, id_lo, half) group by id_hi, id_lo, half
    order by max(timestamp_us), id_hi, id_lo, half`,
  checkedSql: 'select count(*) from effects',
  exercisedBy: 'the books have no entry',
};
