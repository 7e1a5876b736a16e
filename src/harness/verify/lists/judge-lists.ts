/**
 * Judges a history of transactions on lists against the isolation that is claimed for them. Sound: each anomaly is one, by what clients
 * were told alone. Not complete: an order nobody read, or a predicate, shows nothing; of cycles that hang together one is told.
 * Pure.
 */
import type { ListClaim } from '../../../wire/list-claims.js';
import { ANOMALIES, type AnomalyName, forbids } from './claims.js';
import { listCycles } from './list-cycles.js';
import { listEdges } from './list-graph.js';
import type { ListTransaction } from './list-history.js';
import { type ListAnomaly, listVersions } from './list-versions.js';

export interface ListsJudged {
  /** Reads and appends that are ok: what was asked about. */
  readonly checked: number;
  /** Gravest first. */
  readonly forbidden: readonly ListAnomaly[];
  /** What was found and the claim allows. */
  readonly allowed: readonly ListAnomaly[];
  /** Why nothing can be told. */
  readonly undecided: string | undefined;
}

export function judgeLists(
  transactions: readonly ListTransaction[],
  claim: ListClaim,
): ListsJudged {
  const { lists, anomalies, ambiguous } = listVersions(transactions);
  const checked = transactions
    .filter(({ outcome }) => outcome === 'ok')
    .reduce((sum, { operations }) => sum + operations.length, 0);
  if (ambiguous !== undefined)
    return { checked: 0, forbidden: [], allowed: [], undecided: ambiguous };
  const cycles = listCycles(transactions, listEdges(lists, transactions));
  const all = [...anomalies, ...cycles].sort((one, other) => rank(one.name) - rank(other.name));
  return {
    checked,
    forbidden: all.filter(({ name }) => forbids(claim, name)),
    allowed: all.filter(({ name }) => !forbids(claim, name)),
    undecided: undefined,
  };
}

function rank(name: AnomalyName): number {
  return ANOMALIES.indexOf(name);
}
