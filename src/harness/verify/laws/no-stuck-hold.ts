/**
 * I16 and what Try/Confirm/Cancel owes once it is at rest: every branch is confirmed or cancelled, both shards of an
 * operation end it the same way, and no hold outlives its time. A hold whose time is not over may still be open. Time is that
 * of the shard's own clock: of its last entry, and of the reading of its books where the shard told it, so that a shard that
 * has been idle since is held to it too. The shard looks every EXPIRY_LOOK_MS and owes the end within EXPIRY_WITHIN_MS.
 */
import { EXPIRY_WITHIN_MS } from '../../../wire/ledger-commands.js';
import type { Law } from '../law.js';

const EXPIRY_WITHIN_US = EXPIRY_WITHIN_MS * 1000;

export const noStuckHold: Law = {
  name: 'no-stuck-hold',
  statement:
    'Once at rest nothing stays reserved beyond its time, and both shards end an operation alike.',
  needs: 'ids',
  tests: 'all-legs-or-none',
  onlyAtRest: true,
  consequenceOf: ['no-lost-ack', 'reserved-ends-once'],
  unseen: 'money that stays reserved, or half of an operation across shards',
  sql: `
    with tries as (
      select id_hi, id_lo, shard, min(lsn) as lsn
      from entries where command = 'try_' and result = 'created' group by all),
    branch_ends as (
      select id_hi, id_lo, shard from entries
      where (command = 'confirm' and result = 'created') or (command = 'cancel' and legs > 0)),
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
    seen as (
      select shard, greatest(max(timestamp_us), coalesce(max(read_us), 0)) as until_us
      from entries left join readings using (shard) group by shard),
    hold_ends as (
      select reference_hi as id_hi, reference_lo as id_lo, shard from entries
      where command in ('release', 'void_', 'expire') and result = 'created'),
    overdue as (
      select h.id_hi, h.id_lo, shard, min(h.lsn) as lsn
      from entries h join seen using (shard)
      where h.command = 'hold' and h.result = 'created' and h.timeout_s is not null
        and h.timestamp_us + h.timeout_s::bigint * 1000000 + ${EXPIRY_WITHIN_US} <= until_us
      group by all)
    select id_hi, id_lo, 'is tried on shard ' || shard || ' (entry ' || lsn
        || ') and neither confirmed nor cancelled' as problem
    from tries anti join branch_ends using (id_hi, id_lo, shard)
    union all select id_hi, id_lo, problem from agreement
    union all
    select id_hi, id_lo, 'is a hold that ran out of time and is still pending (entry ' || lsn
        || ' of shard ' || shard || ')' as problem
    from overdue anti join hold_ends using (id_hi, id_lo, shard)
    order by id_hi, id_lo, problem`,
  checkedSql: `select count(*) from entries where command in ('try_', 'hold') and result = 'created'`,
  exercisedBy: 'nothing was reserved: no hold, no operation across shards',
};
