/**
 * I7: no money is made or lost. All balances of a shard sum to what it was opened with, what is reserved on one side is
 * reserved on the other, and what two shards owe each other cancels out once everything has settled.
 */
import type { Law } from '../law.js';

export const conservation: Law = {
  name: 'conservation',
  statement: 'All money that was there at the start is there at the end, and no more.',
  scope: 'books',
  sql: `
    with ends as (
      select *, credits_posted - debits_posted as balance from accounts),
    between as (
      select shard, (account % 4294967296 - 16) as peer, sum(balance) as balance
      from ends where is_clearing(account) and account % 4294967296 - 16 <> shard group by all)
    select 'the balances of shard ' || shard || ' sum to ' || money(sum(balance)::bigint)
        || ' and were opened with ' || money(sum(opening)::bigint) as problem
    from ends group by shard having sum(balance) <> sum(opening)
    union all
    select 'shard ' || shard || ' has debits of ' || money(sum(debits_pending)::bigint) || ' and credits of '
        || money(sum(credits_pending)::bigint) || ' pending' as problem
    from ends group by shard having sum(debits_pending) <> sum(credits_pending)
    union all
    select 'shards ' || a.shard || ' and ' || b.shard || ' do not agree on what crossed between them: '
        || money(a.balance::bigint) || ' and ' || money(b.balance::bigint) as problem
    from between a join between b on a.shard = b.peer and a.peer = b.shard and a.shard < b.shard
    where a.balance + b.balance <> 0`,
  checkedSql: 'select count(*) from accounts where version > 0',
  exercisedBy: 'no account was touched',
  suspicions: (facts) => facts.unconserved,
  checked: (facts) => facts.accounts,
};
