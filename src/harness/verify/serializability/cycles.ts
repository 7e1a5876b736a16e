/**
 * Cycles of who must come before whom: none, and there is an order that explains everything. Kahn's topological sort takes away what
 * lies on none, in time linear in the edges; Tarjan's strongly connected components group what is left; a
 * breadth-first search finds the shortest cycle of each, in which a run of barriers counts as the one edge it stands for.
 */
import { EDGE } from './history.js';
import type { Precedence } from './precedence.js';

export interface Step {
  readonly node: number;
  /** EDGE: how it leads to the node of the next step, and the last to that of the first. */
  readonly edge: number;
}

export type Cycle = readonly Step[];

/**
 * Steps of searches in all. A component of n vertices would take n searches for the very shortest cycle; when these are spent, the
 * shortest of those through the nodes tried so far is taken, of each component at least one.
 */
const SEARCH_STEPS = 50_000_000;
/** Versions lead from no node to itself. */
const SHORTEST = 2;

/** One cycle of each component that has any, the shortest that was found. */
export function cyclesOf(precedence: Precedence): Cycle[] {
  const left = withoutSources(precedence);
  if (left.count === 0) return [];
  const components = stronglyConnected(precedence, left.isLeft);
  const search = new CycleSearch(precedence, components.of);
  return components.members.map((members) => search.shortest(members)).sort(byLength);
}

function byLength(one: Cycle, other: Cycle): number {
  return one.length - other.length;
}

/** What Kahn's sort cannot take away: cycles, and what comes after them. */
function withoutSources(precedence: Precedence): { isLeft: Uint8Array; count: number } {
  const { vertices } = precedence;
  const incoming = new Int32Array(vertices);
  for (let vertex = 0; vertex < vertices; vertex++)
    for (let edge = precedence.degree(vertex) - 1; edge >= 0; edge--)
      incoming[precedence.successor(vertex, edge)]++;
  const isLeft = new Uint8Array(vertices).fill(1);
  const free = new Int32Array(vertices);
  let top = 0;
  let count = vertices;
  for (let vertex = 0; vertex < vertices; vertex++)
    if (incoming[vertex] === 0) free[top++] = vertex;
  while (top > 0) {
    const vertex = free[--top];
    isLeft[vertex] = 0;
    count--;
    for (let edge = precedence.degree(vertex) - 1; edge >= 0; edge--) {
      const to = precedence.successor(vertex, edge);
      if (--incoming[to] === 0) free[top++] = to;
    }
  }
  return { isLeft, count };
}

interface Components {
  /** Number of the component of a vertex, or -1: it is on no cycle. */
  readonly of: Int32Array;
  /** The nodes of each, barriers left out. */
  readonly members: readonly (readonly number[])[];
}

/** Tarjan's algorithm with stacks of its own: chains of versions are as deep as a hot account has payments. */
function stronglyConnected(precedence: Precedence, isLeft: Uint8Array): Components {
  const { vertices } = precedence;
  const index = new Int32Array(vertices);
  const low = new Int32Array(vertices);
  const isOpen = new Uint8Array(vertices);
  const of = new Int32Array(vertices).fill(-1);
  const members: number[][] = [];
  const path: number[] = [];
  const edges: number[] = [];
  const open: number[] = [];
  let counted = 0;
  const enter = (vertex: number): void => {
    index[vertex] = low[vertex] = ++counted;
    isOpen[vertex] = 1;
    open.push(vertex);
    path.push(vertex);
    edges.push(0);
  };
  const leave = (vertex: number): void => {
    if (low[vertex] !== index[vertex]) return;
    const from = open.lastIndexOf(vertex);
    const closed = open.splice(from);
    for (const one of closed) isOpen[one] = 0;
    if (closed.length === 1) return;
    for (const one of closed) of[one] = members.length;
    members.push(closed.filter((one) => !precedence.isBarrier(one)));
  };
  for (let root = 0; root < vertices; root++) {
    if (isLeft[root] === 0 || index[root] !== 0) continue;
    enter(root);
    while (path.length > 0) {
      const vertex = path[path.length - 1];
      const edge = edges[edges.length - 1]++;
      if (edge < precedence.degree(vertex)) {
        const to = precedence.successor(vertex, edge);
        if (isLeft[to] === 0) continue;
        if (index[to] === 0) enter(to);
        else if (isOpen[to] === 1) low[vertex] = Math.min(low[vertex], index[to]);
        continue;
      }
      path.pop();
      edges.pop();
      leave(vertex);
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent], low[vertex]);
    }
  }
  return { of, members };
}

class CycleSearch {
  readonly #precedence: Precedence;
  readonly #component: Int32Array;
  /** The search that saw a vertex last, and from where it came. */
  readonly #seenBy: Int32Array;
  readonly #cameFrom: Int32Array;
  #searches = 0;
  #stepsLeft = SEARCH_STEPS;

  constructor(precedence: Precedence, component: Int32Array) {
    this.#precedence = precedence;
    this.#component = component;
    this.#seenBy = new Int32Array(precedence.vertices);
    this.#cameFrom = new Int32Array(precedence.vertices);
  }

  /** Through one of these nodes, all of one component. */
  shortest(members: readonly number[]): Cycle {
    let shortest = this.#turnedPair(members);
    for (const start of members) {
      if (shortest !== undefined && (this.#stepsLeft <= 0 || shortest.length === SHORTEST)) break;
      shortest = this.#through(start, shortest?.length ?? Number.POSITIVE_INFINITY) ?? shortest;
    }
    if (shortest === undefined) throw new Error('a strongly connected component has no cycle');
    return shortest;
  }

  /** Two nodes that follow each other by versions, the second over before the first began: found without a search. */
  #turnedPair(members: readonly number[]): Cycle | undefined {
    const { completedUs, edge, first, invokedUs, next } = this.#precedence.history;
    for (const node of members)
      for (let at = first[node]; at < first[node + 1]; at++)
        if (completedUs[next[at]] < invokedUs[node])
          return [
            { node, edge: edge[at] },
            { node: next[at], edge: EDGE.rt },
          ];
    return undefined;
  }

  /** The shortest cycle through a node; undefined where it has not fewer steps than `limit`. */
  #through(start: number, limit: number): Cycle | undefined {
    const precedence = this.#precedence;
    const component = this.#component[start];
    const search = ++this.#searches;
    let level = [start];
    for (let length = 1; level.length > 0 && length < limit; length++) {
      const next: number[] = [];
      // Barriers are walked as they come up, since they take no step: the level grows while it is read.
      for (let at = 0; at < level.length; at++) {
        const vertex = level[at];
        const degree = precedence.degree(vertex);
        this.#stepsLeft -= degree;
        for (let edge = 0; edge < degree; edge++) {
          const to = precedence.successor(vertex, edge);
          if (this.#component[to] !== component) continue;
          if (to === start) return this.#walkBack(start, vertex);
          if (this.#seenBy[to] === search) continue;
          this.#seenBy[to] = search;
          this.#cameFrom[to] = vertex;
          if (precedence.isBarrier(to)) level.push(to);
          else next.push(to);
        }
      }
      level = next;
    }
    return undefined;
  }

  /** From the vertex that leads back to the start. */
  #walkBack(start: number, last: number): Cycle {
    const precedence = this.#precedence;
    const steps: Step[] = [];
    let to = start;
    for (let from = last; ; from = this.#cameFrom[to]) {
      const isRealTime = precedence.isBarrier(from);
      while (precedence.isBarrier(from)) from = this.#cameFrom[from];
      const edge = isRealTime ? EDGE.rt : precedence.edgeBetween(from, to);
      steps.unshift({ node: from, edge });
      if (from === start) return steps;
      to = from;
    }
  }
}
