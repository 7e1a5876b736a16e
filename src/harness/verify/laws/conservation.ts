/**
 * I7: no money is made or lost, at any moment. All balances of a shard sum to what it was opened with, and what is reserved on
 * one side is reserved on the other; money on its way between shards stands in holds or clearing accounts.
 */
import type { Law } from '../law.js';

export const conservation: Law = {
  name: 'conservation',
  statement: 'All money that was there at the start is there at the end, and no more.',
  needs: 'balances',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: ['double-entry', 'balance-is-history'],
  unseen: 'money that was made or lost',
  sql: `
    with ends as (
      select *, credits_posted - debits_posted as balance from accounts)
    select shard, 'the balances of shard ' || shard || ' sum to ' || money(sum(balance)::bigint)
        || ' and were opened with ' || money(sum(opening)::bigint) as problem
    from ends group by shard having sum(balance) <> sum(opening)
    union all
    select shard, 'shard ' || shard || ' has debits of ' || money(sum(debits_pending)::bigint) || ' and credits of '
        || money(sum(credits_pending)::bigint) || ' pending' as problem
    from ends group by shard having sum(debits_pending) <> sum(credits_pending)
    order by shard, problem`,
  checkedSql: 'select count(*) from accounts where version > 0',
  exercisedBy: 'no account was touched',
  // Between accounts that are all listed: where bookings do not sum to zero, nothing says that balances do.
  neutral: { needs: ['accounts', 'double-entry'] },
};
