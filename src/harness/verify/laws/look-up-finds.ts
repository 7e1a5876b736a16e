/**
 * What a look-up tells is as true as a receipt: what it finds is no-lost-ack's and receipt-matches-books' matter, what it does not find is
 * this law's. An operation that was not found may still arrive, so that its being in the books says nothing. But the answer
 * carries the ledger time of the last entry before it, on the shard that was asked: whatever was booked until then was there to be
 * found. Both times are of the shard's one clock, by which every entry is later than the one before it. A ledger that has forgotten an
 * id says so by another name (`id_too_old`).
 */
import type { Law } from '../law.js';

const NOT_FOUND = `outcome = 'declined' and result = 'operation_not_found' and resolution = 'look_up'
  and receipt_timestamp_us > 0`;

export const lookUpFinds: Law = {
  name: 'look-up-finds',
  statement: 'What a look-up does not find had not been booked until then.',
  needs: 'timestamps',
  tests: 'one-effect-per-id',
  onlyAtRest: false,
  consequenceOf: ['once-per-id'],
  unseen: 'a look-up that does not find what happened',
  sql: `
    select o.id_hi, o.id_lo, 'was not found as of ledger time ' || o.receipt_timestamp_us
        || ', and is in the books since ' || e.timestamp_us || ': entry ' || e.lsn || ' of shard ' || e.shard
        as problem
    from (from asked where ${NOT_FOUND}) o join effects e using (id_hi, id_lo)
    where e.shard = shard_of(o.account) and e.timestamp_us <= o.receipt_timestamp_us
    order by o.completed_us, o.id_hi, o.id_lo, e.shard, e.lsn`,
  checkedSql: `select count(*) from asked where ${NOT_FOUND}`,
  exercisedBy: 'no look-up found nothing, or none told as of when',
};
