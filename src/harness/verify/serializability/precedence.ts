/**
 * Who must come before whom on one shard: by versions, and by real time. Real time would be an edge from each node to all that
 * were invoked after it was acknowledged; one chain of barriers says the same with two edges a node. Barrier b leads to the node that
 * was invoked as the b-th and to the next barrier; a node leads to the first barrier of a later invocation than its acknowledgement.
 *
 *   node x --> barrier b --> node invoked as the b-th
 *                 |
 *              barrier b + 1 --> ...
 *
 * Vertices: 0 to n - 1 the nodes, n to 2n - 1 the barriers. Nothing but the order of the invocations is stored.
 */
import { EDGE, type History } from './history.js';

export class Precedence {
  readonly nodes: number;
  /** Twice as many. */
  readonly vertices: number;
  readonly history: History;
  readonly #byInvocation: Int32Array;
  /** Of each node, the barrier it leads to, as a vertex; `vertices` = none. */
  readonly #barrier: Int32Array;

  constructor(history: History) {
    const { completedUs, invokedUs, nodes } = history;
    this.history = history;
    this.nodes = nodes;
    this.vertices = nodes * 2;
    this.#byInvocation = Int32Array.from({ length: nodes }, (_, node) => node).sort(
      (one, other) => invokedUs[one] - invokedUs[other],
    );
    const sorted = invokedUs.slice().sort();
    this.#barrier = new Int32Array(nodes);
    for (let node = 0; node < nodes; node++)
      this.#barrier[node] = nodes + firstAbove(sorted, completedUs[node]);
  }

  isBarrier(vertex: number): boolean {
    return vertex >= this.nodes;
  }

  /** How many edges a vertex has. */
  degree(vertex: number): number {
    const { nodes, vertices } = this;
    if (vertex >= nodes) return vertex + 1 < vertices ? 2 : 1;
    const { first } = this.history;
    return first[vertex + 1] - first[vertex] + (this.#barrier[vertex] < vertices ? 1 : 0);
  }

  /** Where the edge with that number, from 0 to `degree`, leads. */
  successor(vertex: number, edge: number): number {
    const { nodes } = this;
    if (vertex >= nodes) return edge === 0 ? this.#byInvocation[vertex - nodes] : vertex + 1;
    const { first, next } = this.history;
    const at = first[vertex] + edge;
    return at < first[vertex + 1] ? next[at] : this.#barrier[vertex];
  }

  /** EDGE: the gravest of those by which versions lead from a node to another. */
  edgeBetween(from: number, to: number): number {
    const { edge, first, next } = this.history;
    let gravest: number = EDGE.rt;
    for (let at = first[from]; at < first[from + 1]; at++)
      if (next[at] === to) gravest = Math.min(gravest, edge[at]);
    if (gravest === EDGE.rt) throw new Error('no version leads from the one to the other');
    return gravest;
  }
}

/** How many of the sorted values are not above. */
function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
