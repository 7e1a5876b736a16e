/**
 * I15 and I16, of each hold by itself: it is captured or voided by its own parties, for no more than was held, in its time, and
 * runs out only after it. A capture is two entries, the release beside what is taken. That it ends once, and with the legs it was made with, is reserved-ends-once's matter; that it ends at
 * all no-stuck-hold's. The counterparty that a hold named stands in the journal alone: no leg shows it.
 *
 * Times are those of the shard's one clock. It is looked at once a frame, and every entry is later than the one before it: the
 * last entry of a frame may be so many microseconds ahead of the clock as the frame has entries. A hold that runs out late does so while its
 * shard was gone or stood still; one that wrote other entries in many tenths of a second since the end was owed was not.
 */
import { BOLT_BODY_MAX } from '../../../wire/bolt.js';
import { COMMAND_BYTES, EXPIRY_WITHIN_MS } from '../../../wire/ledger-commands.js';
import type { Law } from '../law.js';
import { LEG_NUMBERS } from '../sql-text.js';

/** A capture makes two entries. */
export const FRAME_ENTRIES_MAX = 2 * Math.floor(BOLT_BODY_MAX / COMMAND_BYTES);

/** From when the end of a hold that has run out is owed, after its time. */
export const EXPIRY_WITHIN_US = EXPIRY_WITHIN_MS * 1000;
/** The shard looks for holds that have run out in every turn of its loop, and a turn is nowhere near so long. */
const TICK_US = 100_000;
const TICKS_AWAKE = 10;

const LEGS = LEG_NUMBERS;
const PAYER = `coalesce(${LEGS.map((leg) => `case when posting_${leg} < 0 then account_${leg} end`).join(', ')})`;
const DEBITED = LEGS.map((leg) => `greatest(coalesce(-posting_${leg}, 0), 0)`).join(' + ');
const DEADLINE = '(h.made_us + h.timeout_s::bigint * 1000000)';

export const holdBounds: Law = {
  name: 'hold-bounds',
  statement:
    'A hold is ended by its own parties, for no more than was held, in its time, and runs out only after it, and soon.',
  needs: 'timestamps',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: ['id-binding', 'reserved-ends-once'],
  unseen: 'a capture of more than was held, or of another hold',
  sql: `
    with held as (
      select id_hi, id_lo, shard, min(lsn) as lsn, max(amount) as amount, max(${PAYER}) as payer,
        max(timestamp_us) as made_us, max(timeout_s) as timeout_s
      from entries where command = 'hold' and result = 'created' group by id_hi, id_lo, shard),
    ends as (
      select id_hi, id_lo, reference_hi, reference_lo, shard, lsn, command, amount, timestamp_us,
        ${PAYER} as payer, ${DEBITED} as debited
      from entries
      where command in ('capture', 'release', 'void_', 'expire') and result = 'created'),
    unpaired as (
      select coalesce(r.id_hi, c.id_hi) as id_hi, coalesce(r.id_lo, c.id_lo) as id_lo,
        case when r.lsn is null then 'captures (entry ' || c.lsn || ' of shard ' || c.shard
            || ') what it does not release in the entry before it'
          else 'releases a hold (entry ' || r.lsn || ' of shard ' || r.shard
            || ') and captures nothing in the entry after it' end as problem
      from (from ends where command = 'release') r full join (from ends where command = 'capture') c
        on r.shard = c.shard and r.lsn + 1 = c.lsn and r.id_hi = c.id_hi and r.id_lo = c.id_lo
          and r.reference_hi = c.reference_hi and r.reference_lo = c.reference_lo
      where r.lsn is null or c.lsn is null),
    against as (
      select e.id_hi, e.id_lo, e.lsn, e.shard, case
          when h.lsn is null or h.lsn > e.lsn then 'refers to a hold that was not made before'
          when e.command = 'capture' and greatest(e.amount, e.debited) > h.amount
            then 'takes ' || money(greatest(e.amount, e.debited)) || ' of a hold of ' || money(h.amount)
          when e.command = 'capture' and e.payer is distinct from h.payer
            then 'takes from ' || account_name(e.payer) || ' what was held of ' || account_name(h.payer)
          when e.command = 'expire' and h.timeout_s is null then 'is a hold without an end and runs out'
          when e.command = 'expire' and e.timestamp_us < ${DEADLINE}
            then 'is a hold that runs out ' || (${DEADLINE} - e.timestamp_us) || ' us before its time'
          when e.command in ('release', 'void_') and h.timeout_s is not null
            and e.timestamp_us > ${DEADLINE} + ${FRAME_ENTRIES_MAX}
            then 'ends a hold ' || (e.timestamp_us - ${DEADLINE}) || ' us after its time' end as problem
      from ends e left join held h
        on e.reference_hi = h.id_hi and e.reference_lo = h.id_lo and e.shard = h.shard),
    awake as (
      select shard, tick, row_number() over (partition by shard order by tick) as ticks
      from (select distinct shard, timestamp_us // ${TICK_US} as tick from entries where command <> 'expire')),
    late as (
      select e.id_hi, e.id_lo, e.lsn, e.shard, e.timestamp_us - ${DEADLINE} as late_us,
        (${DEADLINE} + ${EXPIRY_WITHIN_US}) // ${TICK_US} as from_tick, e.timestamp_us // ${TICK_US} as until_tick
      from ends e join held h on e.reference_hi = h.id_hi and e.reference_lo = h.id_lo and e.shard = h.shard
      where e.command = 'expire' and e.timestamp_us > ${DEADLINE} + ${EXPIRY_WITHIN_US}),
    missed as (
      select l.*, until.ticks - coalesce(since.ticks, 0) as ticks
      from late l asof join awake until on l.shard = until.shard and l.until_tick > until.tick
        asof left join awake since on l.shard = since.shard and l.from_tick >= since.tick),
    strangers as (
      select e.id_hi, e.id_lo, e.lsn, e.shard, case any_value(e.command)
          when 'capture' then 'pays ' || account_name(any_value(a.counterparty)) || ' what was held for '
            || account_name(any_value(b.counterparty))
          else 'gives up what was held of ' || account_name(any_value(h.payer)) end as problem
      from ends e join asked a on a.id_hi = e.id_hi and a.id_lo = e.id_lo
        join asked b on b.id_hi = e.reference_hi and b.id_lo = e.reference_lo
        join held h on e.reference_hi = h.id_hi and e.reference_lo = h.id_lo and e.shard = h.shard
      where b.kind = 'hold'
        and ((e.command = 'capture' and a.kind = 'capture') or (e.command = 'void_' and a.kind = 'void'))
      group by e.id_hi, e.id_lo, e.lsn, e.shard
      having not bool_or(case e.command
        when 'capture' then without_slot(a.counterparty) = without_slot(b.counterparty)
        else a.account = h.payer end))
    select id_hi, id_lo, problem from unpaired
    union all
    select id_hi, id_lo, problem || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem
    from (from against where problem is not null union all from strangers
      union all select id_hi, id_lo, lsn, shard, 'is a hold that runs out ' || late_us
        || ' us after its time, while its shard was at work' from missed where ticks >= ${TICKS_AWAKE})
    order by id_hi, id_lo, problem`,
  checkedSql: `
    select count(*) from entries
    where command in ('release', 'void_', 'expire') and result = 'created'`,
  exercisedBy: 'no hold ended',
  neutral: {
    evidence: 'ids',
    sql: () => `
      with held as (
        select id_hi, id_lo, max(amount) as amount, bool_and(outcome = 'declined') as is_declined
        from asked where kind = 'hold' group by all),
      taken as (
        select o.id_hi, o.id_lo, o.reference_hi, o.reference_lo, max(o.amount) as amount, count(distinct e.lsn) as times,
          min(e.lsn) as lsn
        from asked o join effects e using (id_hi, id_lo) where o.kind = 'capture' group by all),
      sums as (
        select t.*, h.amount as held, h.is_declined, sum(t.amount * t.times) over (
          partition by t.reference_hi, t.reference_lo order by t.lsn) as so_far
        from taken t left join held h on t.reference_hi = h.id_hi and t.reference_lo = h.id_lo)
      select id_hi, id_lo, case
          when held is null then 'takes of a hold that nobody asked for'
          when is_declined then 'takes of a hold that was declined'
          else 'brings what is taken of a hold of ' || money(held) || ' to ' || money(so_far::bigint) end as problem
      from sums where held is null or is_declined or so_far > held
      order by lsn`,
    checkedSql: () =>
      `select count(*) from effects e semi join (from asked where kind = 'capture') o using (id_hi, id_lo)`,
    exercisedBy: 'nothing was captured',
  },
};
