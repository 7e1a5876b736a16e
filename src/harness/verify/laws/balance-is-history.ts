/** I9: an account is what was posted to it. A cached balance that drifted, or a log applied twice, shows here. */
import type { Law } from '../law.js';

export const balanceIsHistory: Law = {
  name: 'balance-is-history',
  statement:
    'Every balance is its opening balance plus all that was posted; so is what is pending.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: ['reserved-ends-once', 'version-chain'],
  unseen: 'a balance that drifted from what was posted',
  sql: sqlWith('count(*)'),
  checkedSql: 'select count(*) from accounts where version > 0',
  exercisedBy: 'no account was touched',
  // What only reserves need not have a version of its own.
  neutral: { needs: ['accounts'], sql: () => sqlWith('count(*) filter (version > 0)') },
};

/** `changes`: how many versions the legs of an account make. */
function sqlWith(changes: string): string {
  return `
    with history as (
      select shard, account, ${changes} as changes, sum(posted) as posted,
        sum(debit_pending) as debits_pending, sum(credit_pending) as credits_pending,
        sum(greatest(-posted, 0)) as debits, sum(greatest(posted, 0)) as credits
      from legs group by all)
    select account_name(account) || case
        when a.account is null then ' was never opened on shard ' || shard || ' and has entries'
        when coalesce(h.changes, 0) <> a.version
          then ' is at version ' || a.version || ' after ' || coalesce(h.changes, 0) || ' changes'
        when a.credits_posted - a.debits_posted <> a.opening + coalesce(h.posted, 0)
          then ' has ' || money(a.credits_posted - a.debits_posted) || ' where opening and postings make '
            || money((a.opening + coalesce(h.posted, 0))::bigint)
        else ' has ' || money(a.debits_pending) || ' of debits and ' || money(a.credits_pending)
          || ' of credits pending where its history leaves ' || money(coalesce(h.debits_pending, 0)::bigint)
          || ' and ' || money(coalesce(h.credits_pending, 0)::bigint) end as problem
    from accounts a full join history h using (shard, account)
    where a.account is null or coalesce(h.changes, 0) <> a.version
      or a.credits_posted - a.debits_posted <> a.opening + coalesce(h.posted, 0)
      or a.debits_pending <> coalesce(h.debits_pending, 0)
      or a.credits_pending <> coalesce(h.credits_pending, 0)
    order by account, shard`;
}
