/**
 * The cycles of a history of lists, by kind: those of fewer kinds of edges first, because a search that may take all of them finds the
 * shortest cycle, which need not be the gravest. Then once more with real time.
 */
import { anomalyOf } from '../serializability/anomaly.js';
import { type Cycle, cyclesOf } from '../serializability/cycles.js';
import { EDGE, type History } from '../serializability/history.js';
import { Precedence } from '../serializability/precedence.js';
import { isAnomalyName } from './claims.js';
import { historyOf, type ListEdge, nonadjacentHistory } from './list-graph.js';
import type { ListTransaction } from './list-history.js';
import type { ListAnomaly } from './list-versions.js';
import { clockText, nameOf } from './list-words.js';

/** Of each kind; others are not told. */
const CYCLES_MAX = 100;
const STEPS_TOLD = 12;

export function listCycles(
  transactions: readonly ListTransaction[],
  edges: readonly ListEdge[],
): ListAnomaly[] {
  const found = new Map<string, ListAnomaly>();
  const told = new Told(transactions, edges);
  for (const isRealTime of [false, true])
    for (const history of histories(transactions, edges, isRealTime))
      for (const cycle of cyclesOf(new Precedence(history)).slice(0, CYCLES_MAX)) {
        const steps = cycle.map(({ node, edge }) => ({ node: node % transactions.length, edge }));
        const nodes = steps.map(({ node }) => node);
        const key = [...nodes].sort((one, other) => one - other).join(' ');
        if (!found.has(key)) found.set(key, told.anomaly(steps));
      }
  return [...found.values()];
}

function* histories(
  transactions: readonly ListTransaction[],
  edges: readonly ListEdge[],
  isRealTime: boolean,
): Generator<History> {
  const options = { isRealTime };
  const only = (...types: readonly number[]): ListEdge[] =>
    edges.filter(({ type }) => types.includes(type));
  yield historyOf(transactions, only(EDGE.ww), options);
  yield historyOf(transactions, only(EDGE.ww, EDGE.wr), options);
  yield nonadjacentHistory(transactions, edges, options);
  yield historyOf(transactions, edges, options);
}

class Told {
  readonly #transactions: readonly ListTransaction[];
  readonly #edges: readonly ListEdge[];

  constructor(transactions: readonly ListTransaction[], edges: readonly ListEdge[]) {
    this.#transactions = transactions;
    this.#edges = edges;
  }

  anomaly(cycle: Cycle): ListAnomaly {
    const name = anomalyOf(cycle);
    if (!isAnomalyName(name)) throw new Error(`a cycle of no known name: ${name}`);
    const steps = cycle.slice(0, STEPS_TOLD).map(({ node, edge }, at) => {
      const next = cycle[(at + 1) % cycle.length]?.node ?? node;
      return this.#step(node, next, edge);
    });
    const more = cycle.length > STEPS_TOLD ? [`and ${cycle.length - STEPS_TOLD} steps more`] : [];
    const [first = 0, ...others] = cycle.map(({ node }) => node);
    return {
      name,
      witness: `${this.#name(first)} is before itself: ${[...steps, ...more].join('; ')}`,
      transactions: [first, ...others],
    };
  }

  #step(from: number, to: number, type: number): string {
    const [one, other] = [this.#name(from), this.#name(to)];
    if (type === EDGE.rt) {
      const { completedUs = 0 } = this.#transactions[from] ?? {};
      const { invokedUs = 0 } = this.#transactions[to] ?? {};
      return `${one} was over at ${clockText(completedUs)} before ${other} began at ${clockText(invokedUs)}`;
    }
    const edge = this.#edges.find((it) => it.from === from && it.to === to && it.type === type);
    const list = edge?.key ?? '';
    const value = JSON.stringify(edge?.value);
    if (type === EDGE.wr) return `${one} appended ${value} to ${list}, and ${other} read it`;
    if (type === EDGE.ww)
      return `${one} appended ${value} to ${list} before ${other} appended to it`;
    const seen = edge?.value === undefined ? 'empty' : `up to ${value}`;
    return `${one} read ${list} ${seen} before ${other} appended to it`;
  }

  #name(number: number): string {
    return nameOf(this.#transactions, number);
  }
}
