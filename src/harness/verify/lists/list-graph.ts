/**
 * Who must come before whom, by the elements of lists: Adya's serialization graph over transactions.
 *
 *   ww  whose element stands in a list, and whose the next     wr  whose element was the last, and who read it
 *   rw  who read a list, and whose element is the next
 *
 * What was appended for certain and never read stands behind all that was read: an edge to it passes over what stands between, which
 * are ww edges alone, so a cycle through it has the name it would have.
 */
import { EDGE, type History } from '../serializability/history.js';
import type { ListTransaction, ListValue } from './list-history.js';
import type { ListVersions } from './list-versions.js';

export interface ListEdge {
  readonly from: number;
  readonly to: number;
  /** EDGE: ww, wr or rw. */
  readonly type: number;
  readonly key: string;
  /** The last element that `from` appended or read; undefined of an empty list. */
  readonly value: ListValue | undefined;
}

/** Of one list to what of it was never read. More would grow with the square of a history that reads nothing. */
const UNREAD_EDGES_MAX = 10_000;

export function listEdges(
  lists: readonly ListVersions[],
  transactions: readonly ListTransaction[],
): ListEdge[] {
  const edges: ListEdge[] = [];
  for (const list of lists) {
    const after = nextWriters(list, transactions);
    const add = (type: number, from: number, to: number, value: ListValue | undefined): void => {
      if (from !== to) edges.push({ from, to, type, key: list.key, value });
    };
    for (const [at, writer] of list.writers.entries()) {
      const next = after[at + 1];
      if (writer === undefined || isFailed(transactions, writer)) continue;
      if (next !== undefined) add(EDGE.ww, writer, next, list.order[at]);
    }
    for (const { reader, length } of list.reads) {
      const last = length === 0 ? undefined : list.writers[length - 1];
      const value = list.order[length - 1];
      if (last !== undefined && !isFailed(transactions, last)) add(EDGE.wr, last, reader, value);
      const next = after[length];
      if (next !== undefined) add(EDGE.rw, reader, next, value);
    }
    addUnread(list, transactions, add);
  }
  return edges;
}

/** Of each place in the order, the first writer from there on that has not failed. */
function nextWriters(
  { writers }: ListVersions,
  transactions: readonly ListTransaction[],
): (number | undefined)[] {
  const after: (number | undefined)[] = Array.from({ length: writers.length + 1 });
  for (let at = writers.length - 1; at >= 0; at--) {
    const writer = writers[at];
    const isThere = writer !== undefined && !isFailed(transactions, writer);
    after[at] = isThere ? writer : after[at + 1];
  }
  return after;
}

function addUnread(
  { order, reads, unread, writers }: ListVersions,
  transactions: readonly ListTransaction[],
  add: (type: number, from: number, to: number, value: ListValue | undefined) => void,
): void {
  if (unread.length === 0) return;
  const last = writers.findLast((writer) => writer !== undefined);
  if (last !== undefined && !isFailed(transactions, last))
    for (const writer of unread) add(EDGE.ww, last, writer, order.at(-1));
  // The latest readers first: they are who should have seen it.
  const readers = [
    ...new Set(reads.filter(({ length }) => length === order.length).map(({ reader }) => reader)),
  ].sort((one, other) => beganAt(transactions, other) - beganAt(transactions, one));
  const most = Math.max(1, Math.floor(UNREAD_EDGES_MAX / unread.length));
  for (const reader of readers.slice(0, most))
    for (const writer of unread) add(EDGE.rw, reader, writer, order.at(-1));
}

function isFailed(transactions: readonly ListTransaction[], number: number): boolean {
  return transactions[number]?.outcome === 'failed';
}

function beganAt(transactions: readonly ListTransaction[], number: number): number {
  return transactions[number]?.invokedUs ?? 0;
}

/** What the search for cycles reads. Without real time nobody is over before anybody begins. */
export function historyOf(
  transactions: readonly ListTransaction[],
  edges: readonly ListEdge[],
  { isRealTime }: { readonly isRealTime: boolean },
): History {
  const nodes = transactions.length;
  return {
    shard: 0,
    nodes,
    invokedUs: Float64Array.from(transactions, ({ invokedUs }) => invokedUs),
    completedUs: Float64Array.from(transactions, ({ completedUs, outcome }) =>
      isRealTime && outcome === 'ok' ? completedUs : Number.POSITIVE_INFINITY,
    ),
    ...successors(nodes, edges),
  };
}

/**
 * The same with each transaction twice, n and n + nodes: reached otherwise, and reached by a rw edge, from which no rw edge leads on. So
 * the cycles in it are those in which no two anti-dependencies follow each other.
 */
export function nonadjacentHistory(
  transactions: readonly ListTransaction[],
  edges: readonly ListEdge[],
  options: { readonly isRealTime: boolean },
): History {
  const once = historyOf(transactions, edges, options);
  const { nodes, invokedUs, completedUs } = once;
  const twice = edges.flatMap((edge) =>
    edge.type === EDGE.rw
      ? [{ ...edge, to: edge.to + nodes }]
      : [edge, { ...edge, from: edge.from + nodes }],
  );
  return {
    shard: 0,
    nodes: nodes * 2,
    // Real time leads to the first of the two: before all time nobody was over.
    invokedUs: Float64Array.from({ length: nodes * 2 }, (_, at) =>
      at < nodes ? (invokedUs[at] ?? 0) : Number.MIN_SAFE_INTEGER,
    ),
    completedUs: Float64Array.from(
      { length: nodes * 2 },
      (_, at) => completedUs[at % nodes] ?? Number.POSITIVE_INFINITY,
    ),
    ...successors(nodes * 2, twice),
  };
}

function successors(
  nodes: number,
  edges: readonly ListEdge[],
): Pick<History, 'first' | 'next' | 'edge'> {
  const first = new Int32Array(nodes + 1);
  for (const { from } of edges) first[from + 1]++;
  for (let node = 0; node < nodes; node++) first[node + 1] += first[node];
  const at = first.slice();
  const next = new Int32Array(edges.length);
  const edge = new Uint8Array(edges.length);
  for (const { from, to, type } of edges) {
    const place = at[from]++;
    next[place] = to;
    edge[place] = type;
  }
  return { first, next, edge };
}
