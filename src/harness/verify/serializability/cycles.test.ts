/** Over small made-up graphs the search agrees with trying every path; over a long one it is over at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyOf } from './anomaly.js';
import { type Cycle, cyclesOf } from './cycles.js';
import { EDGE, type History } from './history.js';
import { Precedence } from './precedence.js';

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly type: number;
}

interface Made {
  /** By node: invoked, and answered; Infinity = never. */
  readonly times: readonly (readonly [number, number])[];
  readonly edges: readonly Edge[];
}

function historyOf({ edges, times }: Made): History {
  const sorted = [...edges].sort((one, other) => one.from - other.from);
  const first = new Int32Array(times.length + 1);
  for (const { from } of sorted) first[from + 1]++;
  for (let node = 0; node < times.length; node++) first[node + 1] += first[node];
  return {
    shard: 0,
    nodes: times.length,
    invokedUs: Float64Array.from(times, ([invoked]) => invoked),
    completedUs: Float64Array.from(times, ([, completed]) => completed),
    first,
    next: Int32Array.from(sorted, ({ to }) => to),
    edge: Uint8Array.from(sorted, ({ type }) => type),
  };
}

const search = (made: Made): Cycle[] => cyclesOf(new Precedence(historyOf(made)));

/** Every edge there is, those of real time drawn one by one. */
function allEdges({ edges, times }: Made): Edge[] {
  const realTime = times.flatMap(([, completed], from) =>
    times.flatMap(([invoked], to) => (completed < invoked ? [{ from, to, type: EDGE.rt }] : [])),
  );
  return [...edges, ...realTime];
}

/** Steps of the shortest way from a node back to itself; Infinity = there is none. */
function shortestThrough(edges: readonly Edge[], start: number): number {
  let level = new Set([start]);
  const seen = new Set<number>();
  for (let steps = 1; level.size > 0; steps++) {
    const next = edges.filter(({ from }) => level.has(from)).map(({ to }) => to);
    if (next.includes(start)) return steps;
    level = new Set(next.filter((node) => !seen.has(node)));
    for (const node of level) seen.add(node);
  }
  return Number.POSITIVE_INFINITY;
}

const made = fc.integer({ min: 1, max: 9 }).chain((nodes) =>
  fc.record({
    times: fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 20 }), fc.option(fc.integer({ min: 0, max: 12 })))
        .map(([invoked, took]) => [invoked, took === null ? Infinity : invoked + took] as const),
      { minLength: nodes, maxLength: nodes },
    ),
    edges: fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: nodes - 1 }),
        to: fc.integer({ min: 0, max: nodes - 1 }),
        type: fc.integer({ min: EDGE.ww, max: EDGE.rw }),
      }),
      { maxLength: 12 },
    ),
  }),
);

describe('the search for cycles', () => {
  it('finds one exactly where there is one, and a shortest', () => {
    fc.assert(
      fc.property(made, (one) => {
        const graph = { ...one, edges: one.edges.filter(({ from, to }) => from !== to) };
        const edges = allEdges(graph);
        const shortest = Math.min(...graph.times.map((_, node) => shortestThrough(edges, node)));
        const [found] = search(graph);
        expect(found?.length ?? Number.POSITIVE_INFINITY).toBe(shortest);
      }),
      { numRuns: 3000 },
    );
  });

  it('tells of each step an edge that is there, and of each component one cycle', () => {
    fc.assert(
      fc.property(made, (one) => {
        const graph = { ...one, edges: one.edges.filter(({ from, to }) => from !== to) };
        const edges = allEdges(graph);
        const onCycle = new Set<number>();
        for (const cycle of search(graph))
          for (const [at, { edge, node }] of cycle.entries()) {
            const to = cycle[(at + 1) % cycle.length]?.node;
            expect(edges).toContainEqual({ from: node, to, type: edge });
            expect(onCycle.has(node)).toBe(false);
            onCycle.add(node);
          }
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a chain of a million versions, and its end before its beginning', () => {
    const nodes = 1_000_000;
    const edges = Array.from({ length: nodes - 1 }, (_, from) => ({
      from,
      to: from + 1,
      type: EDGE.ww,
    }));
    const clean = Array.from({ length: nodes }, (_, node) => [node, node + 5] as const);
    expect(search({ times: clean, edges })).toEqual([]);
    const turned = clean.map((times, node) => (node === nodes - 1 ? ([-9, -5] as const) : times));
    const [cycle] = search({ times: turned, edges });
    expect(cycle).toEqual([
      { node: nodes - 2, edge: EDGE.ww },
      { node: nodes - 1, edge: EDGE.rt },
    ]);
  });
});

describe('the name of a cycle', () => {
  const { rt, rw, wr, ww } = EDGE;
  it.each([
    ['G0', [ww, ww]],
    ['G0-realtime', [ww, rt]],
    ['G1c', [ww, wr]],
    ['G1c-realtime', [wr, rt]],
    ['G-single', [ww, rw]],
    ['G-single-realtime', [wr, rt, rw]],
    ['G-nonadjacent', [rw, wr, rw, ww]],
    ['G2-item', [rw, rw]],
    ['G2-item-realtime', [rw, rw, wr, rt]],
  ])('is %s', (name, edges) => {
    expect(anomalyOf(edges.map((edge, node) => ({ node, edge })))).toBe(name);
  });
});
