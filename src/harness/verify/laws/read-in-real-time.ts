/**
 * I11: a balance that was read is one the account had while it was read. Not an older one: no later version was known to
 * anybody before the read was sent, from an acknowledgement or from another read. Not a newer one: no operation that was sent
 * only after the answer had made it. And it is of the account that was asked for. That the account had it at all is
 * receipt-matches-books' matter. What the ledger does after an answer (Cancel of a branch, expiry) tells nobody anything, nor
 * does a Try, which may be of a second sending that was refused; its Confirm does.
 */
import type { ResultName } from '../../../wire/results.js';
import type { Law } from '../law.js';

/** What a script read without a version orders nothing. */
const READ = `kind = 'balance' and outcome = 'ok' and result <> '${'accepted_by_target' satisfies ResultName}'`;

/** Of books that are no reference stack's the versions are counted from where they stood before the load. */
const SINCE_BEFORE = `receipt_version_1::bigint - coalesce((
  select version_before from account_names n where n.account = receipt_account_1), 0)`;

/** What an account had no more when the load began. */
const OVER_BEFORE = `
  union all
  select id_hi, id_lo, completed_us, 'read a balance of ' || account_name(account)
    || ' that was over before the load: ' || -version || ' versions before' as problem
  from reads where version < 0`;

export const readInRealTime: Law = {
  name: 'read-in-real-time',
  statement:
    'A balance read tells what its account had at some moment between question and answer.',
  needs: 'versions',
  tests: 'linearizable-accounts',
  onlyAtRest: false,
  consequenceOf: ['version-chain', 'receipt-matches-books'],
  unseen: 'a balance that was read of a replica that lags behind',
  sql: sqlWith('receipt_version_1', ''),
  checkedSql: `select count(*) from journal where ${READ}`,
  exercisedBy: 'no balance was read',
  neutral: { sql: () => sqlWith(SINCE_BEFORE, OVER_BEFORE) },
};

function sqlWith(version: string, before: string): string {
  return `
    with reads as (
      select id_hi, id_lo, account as asked, receipt_legs, receipt_account_1 as account,
        ${version} as version, invoked_us, completed_us
      from journal where ${READ}),
    asks as (
      select id_hi, id_lo, min(invoked_us) as invoked_us,
        min(completed_us) filter (outcome = 'ok') as acknowledged_us
      from journal group by id_hi, id_lo),
    written as (
      select l.account, l.version, o.invoked_us,
        case when l.command not in ('try_', 'cancel', 'expire') then o.acknowledged_us end as known_us
      from legs l semi join (select distinct account from reads) r using (account)
        join asks o using (id_hi, id_lo)),
    known as (
      select account, known_us, max(version) over (partition by account order by known_us
        range between unbounded preceding and current row) as version
      from (select account, version, known_us from written where known_us is not null
        union all select account, version, completed_us from reads)),
    begun as (
      select account, version, max(invoked_us) over (partition by account order by version
        range between unbounded preceding and current row) as invoked_us
      from written),
    stale as (
      select r.id_hi, r.id_lo, r.completed_us, 'read version ' || r.version || ' of '
          || account_name(r.account) || ' when version ' || k.version || ' was known since '
          || clock(k.known_us) as problem
      from reads r asof join known k on r.account = k.account and r.invoked_us > k.known_us
      where k.version > r.version${before}),
    early as (
      select distinct r.id_hi, r.id_lo, r.completed_us, 'read version ' || r.version || ' of '
          || account_name(r.account) || ', which follows from an operation that was invoked only at '
          || clock(b.invoked_us) as problem
      from reads r join begun b using (account, version)
      where b.invoked_us > r.completed_us),
    strange as (
      select id_hi, id_lo, completed_us, 'asked for one account and was told of '
          || case when receipt_legs = 1 then account_name(account) else receipt_legs || ' accounts' end as problem
      from reads where receipt_legs <> 1 or account is distinct from asked)
    select id_hi, id_lo, problem from (from strange union all from stale union all from early)
    order by completed_us, id_hi, id_lo, problem`;
}
