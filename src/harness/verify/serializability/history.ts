/**
 * What happened on each shard, as the nodes and edges of Adya's serialization graph, in tables of the run's database. A node is
 * an entry that moved money (a release is one with its capture) or a balance that a client read; it has a number on its shard.
 * Who follows whom is handed over by the versions of the accounts, so nothing is searched for:
 *
 *   ww  who made a version, and who made the next one     wr  who made a version, and who read it
 *   rw  who read a version, and who made the next one
 *
 * Real time: a node was not before its operation was invoked first, and was there when the operation was acknowledged first. What
 * the ledger does after an answer (Cancel, expiry), and what was not acknowledged, was there at no moment that anybody knows; nor
 * was a Try: it may be of a second sending, which was refused under the same id. Its Confirm comes after it by version.
 */
import type { RunDatabase } from '../database.js';

/** Types of edges, gravest first; `rt`, real time, stands in no table. */
export const EDGE = { ww: 0, wr: 1, rw: 2, rt: 3 } as const;

/** Entries that moved money; those of one node have one `done_at`. */
const MOVES = `
  create or replace temp table moves as
  select e.shard, e.lsn, e.id_hi, e.id_lo, e.command, coalesce(c.lsn, e.lsn) as done_at
  from entries e left join (from entries where command = 'capture' and legs > 0) c
    on e.command = 'release' and c.shard = e.shard and c.lsn = e.lsn + 1
      and c.id_hi = e.id_hi and c.id_lo = e.id_lo
  where e.legs > 0`;

const NODES = `
  create or replace temp table nodes as
  with asks as (
    select id_hi, id_lo, min(invoked_us) as invoked_us,
      min(completed_us) filter (outcome = 'ok') as completed_us
    from journal where kind <> 'balance' group by id_hi, id_lo),
  happened as (
    select m.shard, m.done_at, any_value(m.id_hi) as id_hi, any_value(m.id_lo) as id_lo,
      null::bigint as account, null::bigint as version, any_value(a.invoked_us) as invoked_us,
      any_value(case when m.command not in ('try_', 'cancel', 'expire') then a.completed_us end) as completed_us
    from moves m left join asks a using (id_hi, id_lo) group by m.shard, m.done_at
    union all
    select shard_of(receipt_account_1) as shard, null as done_at, id_hi, id_lo, receipt_account_1 as account,
      receipt_version_1 as version, invoked_us, completed_us
    from journal where kind = 'balance' and outcome = 'ok' and receipt_legs = 1)
  select *, (row_number() over (partition by shard
    order by done_at nulls last, invoked_us, id_hi, id_lo) - 1)::integer as node
  from happened`;

const EDGES = `
  create or replace temp table edges as
  with written as (
    select shard, n.node, l.account, l.version, lsn
    from legs l join moves m using (shard, lsn) join nodes n using (shard, done_at)
    where l.version > 0), -- what other ledgers only reserve need not have a version
  follows as (
    select shard, node, lead(node) over history as next, ${EDGE.ww} as edge, account, version,
      lead(version) over history as next_version
    from written window history as (partition by shard, account order by version, lsn, node)
    union all
    select shard, w.node, r.node as next, ${EDGE.wr} as edge, account, version, version as next_version
    from nodes r join written w using (shard, account, version)
    union all
    select r.shard, r.node, w.node as next, ${EDGE.rw} as edge, r.account, r.version, w.version as next_version
    from nodes r asof join written w
      on r.shard = w.shard and r.account = w.account and r.version < w.version)
  from follows where node <> next`;

/** One shard's part of the graph. Nodes are numbered from 0. */
export interface History {
  readonly shard: number;
  readonly nodes: number;
  /** When each was asked for and when it was acknowledged, us; Infinity = it was not. */
  readonly invokedUs: Float64Array;
  readonly completedUs: Float64Array;
  /** The edges of node n lead to `next[i]`, with `edge[i]`, for i from `first[n]` to `first[n + 1] - 1`. */
  readonly first: Int32Array;
  readonly next: Int32Array;
  readonly edge: Uint8Array;
}

/** Makes the tables `nodes` and `edges` (and `moves`, on the way). Rejects with QueryError. */
export async function makeGraph(database: RunDatabase): Promise<void> {
  await database.run(MOVES);
  await database.run(NODES);
  await database.run(EDGES);
}

/** What the tables say of each shard, one after the other. Rejects with QueryError. */
export async function* historiesOf(database: RunDatabase): AsyncGenerator<History> {
  const shards = await database.rows(`
    select n.shard, n.nodes::integer as nodes, coalesce(e.edges, 0)::integer as edges
    from (select shard, count(*) as nodes from nodes group by shard) n
      left join (select shard, count(*) as edges from edges group by shard) e using (shard) order by shard`);
  for (const row of shards)
    yield await historyOf(database, Number(row.shard), Number(row.nodes), Number(row.edges));
}

async function historyOf(
  database: RunDatabase,
  shard: number,
  nodes: number,
  edges: number,
): Promise<History> {
  const invokedUs = new Float64Array(nodes);
  const completedUs = new Float64Array(nodes);
  let node = 0;
  const times = `select coalesce(invoked_us, -1)::double, coalesce(completed_us, 'infinity'::double)::double
    from nodes where shard = ${shard} order by node`;
  for await (const [invoked, completed] of database.columns(times)) {
    invokedUs.set(invoked, node);
    completedUs.set(completed, node);
    node += invoked.length;
  }
  const first = new Int32Array(nodes + 1);
  const next = new Int32Array(edges);
  const edge = new Uint8Array(edges);
  let at = 0;
  const follows = `select node, next, edge from edges where shard = ${shard} order by node, next, edge`;
  for await (const [from, to, type] of database.columns(follows)) {
    next.set(to, at);
    edge.set(type, at);
    for (const one of from) first[one + 1]++;
    at += to.length;
  }
  for (let one = 0; one < nodes; one++) first[one + 1] += first[one];
  return { shard, nodes, invokedUs, completedUs, first, next, edge };
}
