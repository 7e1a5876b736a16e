/**
 * I7 across shards: what two shards owe each other cancels out. While an operation is between its steps one shard has booked
 * what the other has yet to book.
 */
import type { Law } from '../law.js';

export const shardsAgree: Law = {
  name: 'shards-agree',
  statement: 'Once at rest, what two shards hold for each other cancels out.',
  needs: 'balances',
  tests: 'all-legs-or-none',
  onlyAtRest: true,
  consequenceOf: ['double-entry', 'no-lost-ack', 'no-stuck-hold', 'balance-is-history'],
  unseen: 'money that left one shard and did not reach the other',
  sql: `
    with between as (
      select shard, clearing_peer(account) as peer, sum(credits_posted - debits_posted) as balance
      from accounts where is_clearing(account) and clearing_peer(account) <> shard group by all)
    select 'shards ' || a.shard || ' and ' || b.shard || ' do not agree on what crossed between them: '
        || money(a.balance::bigint) || ' and ' || money(b.balance::bigint) as problem
    from between a join between b on a.shard = b.peer and a.peer = b.shard and a.shard < b.shard
    where a.balance + b.balance <> 0
    order by a.shard, b.shard`,
  checkedSql: 'select count(*) from accounts where version > 0 and is_clearing(account)',
  exercisedBy: 'nothing crossed between shards',
};
