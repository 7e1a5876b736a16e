/**
 * I14: all that happened on a shard has one order that explains every version and every balance that was read, and that no
 * acknowledgement contradicts: what was acknowledged comes before what was invoked later. An account alone can be in order
 * (version-chain, read-in-real-time) where two together are not: a read sees one leg of a payment, and a later read does not
 * see the other. The graph is serializability/'s; a cycle in it is what no order explains, and has the name that Adya and Elle
 * give it.
 *
 * Sound: every edge is one that each order must have, given the versions that the books show; a clean history has no cycle. Complete
 * relative to those versions: without a cycle there is such an order. That they are not made up, receipts show
 * (receipt-matches-books). Not held to an order: entries of different shards, and declines (declined-with-cause).
 */
import type { Law } from '../law.js';
import { findCycles } from '../serializability/find-cycles.js';
import { EDGE } from '../serializability/history.js';

const operation = (node: string): string => `operation_id(${node}.id_hi, ${node}.id_lo)`;

export const strictSerializable: Law = {
  name: 'strict-serializable',
  statement:
    'What happened on a shard, reads included, has one order over all accounts that respects real time.',
  needs: 'versions',
  tests: 'one-order-a-shard',
  onlyAtRest: false,
  consequenceOf: ['version-chain', 'receipt-matches-books', 'read-in-real-time'],
  unseen: 'a balance read that sees one leg of a payment and not yet the other',
  prepare: findCycles,
  sql: `
    -- nodes, edges and cycle_steps are made for this law: the graph of each shard, and the cycles that a search finds in it
    with ways as (
      select shard, node, next, edge, min_by(version, account) as version, min_by(next_version, account) as next_version,
        min(account) as account
      from edges semi join cycle_steps using (shard, node, next) group by shard, node, next, edge),
    steps as (
      select c.*, f.id_hi, f.id_lo, case c.edge
        when 'ww' then ${operation('f')} || ' made version ' || w.version || ' of ' || account_name(w.account)
          || ' before ' || ${operation('t')} || ' made version ' || w.next_version
        when 'wr' then ${operation('f')} || ' made version ' || w.version || ' of ' || account_name(w.account)
          || ', which ' || ${operation('t')} || ' read'
        when 'rw' then ${operation('f')} || ' read version ' || w.version || ' of ' || account_name(w.account)
          || ' before ' || ${operation('t')} || ' made version ' || w.next_version
        else ${operation('f')} || ' was acknowledged at ' || clock(f.completed_us) || ' before ' || ${operation('t')}
          || ' was invoked at ' || clock(t.invoked_us) end as words
      from cycle_steps c join nodes f using (shard, node) join nodes t on t.shard = c.shard and t.node = c.next
        left join ways w on w.shard = c.shard and w.node = c.node and w.next = c.next and w.edge = (
          case c.edge when 'ww' then ${EDGE.ww} when 'wr' then ${EDGE.wr} when 'rw' then ${EDGE.rw} end)),
    told as (
      select shard, cycle, 'is before itself on shard ' || shard || ' (' || any_value(anomaly) || '): '
        || string_agg(words, '; ' order by step) as problem
      from steps group by shard, cycle)
    select id_hi, id_lo, problem, min(step) as step, shard, cycle
    from steps join told using (shard, cycle)
    group by id_hi, id_lo, problem, shard, cycle
    order by shard, cycle, step`,
  checkedSql: `select (select count(*) from entries where legs > 0)
    + (select count(*) from journal where kind = 'balance' and outcome = 'ok')`,
  exercisedBy: 'the books have no entry',
  neutral: {},
};
