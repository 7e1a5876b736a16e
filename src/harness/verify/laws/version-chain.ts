/**
 * I10 and I26: each account is one chain of versions 1, 2, 3 ..., in the order of the log, each balance the one before
 * plus the posting (a fork, a gap and a lost update break it), and in real-time order: nothing that was invoked after
 * another operation was acknowledged comes before it. What the ledger does after an answer (expiry), a branch that was
 * not confirmed and what was not acknowledged binds nothing. An id that was sent more than once took effect between its first
 * invocation and its first acknowledgement. The latest invocation before a version is taken over stretches
 * of 256 versions first: hot accounts have millions.
 */
import type { Law } from '../law.js';

/** The clock of a shard's log never shows the same time twice. */
const CLOCKS = `
    union all
    select 3 as part, null as id_hi, null as id_lo, lsn, 'entry ' || lsn || ' of shard ' || shard
        || ' is not later than the entry before it' as problem
    from clocks where timestamp_us <= timestamp_before`;

/** `which`: of the legs, those that have a version. */
const sqlWith = (clocks: string, which: string): string => `
    with chain as (
      select l.id_hi, l.id_lo, l.shard, l.lsn, l.account, l.version, l.balance, l.posted,
        lag(l.version, 1, 0) over history as version_before,
        lag(l.balance, 1, coalesce(a.opening, 0)) over history as balance_before
      from legs l left join accounts a using (shard, account) where ${which}
      window history as (partition by l.shard, l.account order by l.place, l.leg)),
    wrong as materialized (
      from chain where version <> version_before + 1 or balance <> balance_before + posted),
    clocks as (
      select shard, lsn, timestamp_us,
        lag(timestamp_us, 1, -1) over (partition by shard order by lsn) as timestamp_before
      from entries),
    times as (
      select id_hi, id_lo, min(invoked_us) as invoked_us,
        min(case when outcome = 'ok' then completed_us end) as completed_us
      from journal semi join legs using (id_hi, id_lo) group by all),
    confirmed as (select distinct shard, id_hi, id_lo from entries where command = 'confirm'),
    timed as (
      select l.id_hi, l.id_lo, l.shard, l.account, l.version, l.lsn, l.version // 256 as stretch, o.invoked_us,
        case when l.command not in ('try_', 'cancel', 'expire') or c.shard is not null
          then o.completed_us end as completed_us
      from legs l join times o using (id_hi, id_lo) left join confirmed c using (shard, id_hi, id_lo)
      where ${which}),
    stretches as (
      select shard, account, stretch, max(max(invoked_us)) over (partition by shard, account
          order by stretch rows between unbounded preceding and 1 preceding) as invoked_before
      from timed group by shard, account, stretch),
    ordered as (
      select t.*, greatest(coalesce(s.invoked_before, -1), coalesce(
          max(t.invoked_us) over (partition by shard, account, stretch order by t.version, t.lsn
            rows between unbounded preceding and 1 preceding), -1)) as invoked_before
      from timed t join stretches s using (shard, account, stretch))
    select 1 as part, id_hi, id_lo, lsn, 'makes version ' || version || ' of ' || account_name(account)
        || ' after version ' || version_before || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem
    from wrong where version <> version_before + 1
    union all
    select 2 as part, id_hi, id_lo, lsn, 'makes the balance of ' || account_name(account) || ' ' || money(balance)
        || ' at version ' || version || ' where ' || money(balance_before) || ' and the posting make '
        || money(balance_before + posted) || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem
    from wrong where version = version_before + 1 and balance <> balance_before + posted${clocks}
    union all
    select 4 as part, id_hi, id_lo, lsn, 'has version ' || version || ' of ' || account_name(account)
        || ', after a version of an operation that was invoked only at ' || clock(invoked_before) as problem
    from ordered where invoked_before > completed_us
    order by part, lsn, problem`;

export const versionChain: Law = {
  name: 'version-chain',
  statement:
    'The versions of every account run 1, 2, 3 ... without fork or gap, and in real-time order.',
  needs: 'versions',
  tests: 'linearizable-accounts',
  onlyAtRest: false,
  // What is booked again under its id comes after its own acknowledgement.
  consequenceOf: ['once-per-id'],
  unseen: 'a fork, a gap or a lost update in the history of an account',
  byAccount: true,
  sql: sqlWith(CLOCKS, 'true'),
  neutral: { sql: () => sqlWith('', 'l.version > 0') },
  checkedSql: 'select count(*) from legs',
  exercisedBy: 'no account was touched',
};
