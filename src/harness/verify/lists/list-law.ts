/**
 * The law of lists: what a script told of its transactions is as isolated as it claims. It is asked of every run that has such a history,
 * with books or without; it stands beside the laws of the ledger and counts as they do.
 */
import type { Circumstances } from '../circumstances.js';
import { isUnreadable, oneLine, SpoiltRunError } from '../unreadable.js';
import { type LawResult, type VerifyResult, weigh } from '../verdict.js';
import { judgeLists, type ListsJudged } from './judge-lists.js';
import type { ListAnomaly } from './list-versions.js';
import { hasLists, type RecordedLists, readLists } from './read-lists.js';

export const LIST_LAW = {
  name: 'isolated-as-claimed',
  statement: 'Transactions on lists are as isolated as the script claims (lists.claim).',
} as const;

/** The law's result, and what was seen that the claim allows. */
export interface ListsFound {
  readonly law: LawResult;
  readonly limits: readonly string[];
}

/** Undefined where the run has no such history. */
export async function judgeListsOf(
  folder: string,
  circumstances: Pick<Circumstances, 'plan' | 'drill'>,
): Promise<ListsFound | undefined> {
  if (!hasLists(folder)) return undefined;
  try {
    return found(await readLists(folder, circumstances.plan), circumstances);
  } catch (cause) {
    if (!(cause instanceof SpoiltRunError) && !isUnreadable(cause)) throw cause;
    return { law: resultOf({ status: 'undecided', witness: oneLine(cause) }), limits: [] };
  }
}

function found(
  { claim, transactions }: RecordedLists,
  { drill }: Pick<Circumstances, 'drill'>,
): ListsFound {
  // Where nothing is claimed everything is allowed, and told.
  const judged = judgeLists(transactions, claim ?? 'strict-serializable');
  if (claim === undefined) {
    const law = resultOf({ status: 'not_exercised', witness: 'the script claims no isolation' });
    return { law, limits: seen([...judged.forbidden, ...judged.allowed], 'nothing is claimed') };
  }
  return {
    law: lawOf(judged, drill.failures),
    limits: seen(judged.allowed, `${claim} allows it`),
  };
}

/** `failures`: of a drill that lost something of its own, writers may be missing that were there. */
function lawOf(
  { checked, forbidden, undecided }: ListsJudged,
  failures: readonly string[],
): LawResult {
  if (undecided !== undefined) return resultOf({ status: 'undecided', witness: undecided });
  const sure =
    failures.length === 0 ? forbidden : forbidden.filter(({ name }) => name !== 'garbage-read');
  const [first] = sure;
  if (first !== undefined) {
    const witness = `${first.name}: ${first.witness}`;
    return resultOf({ status: 'broken', checked, violations: sure.length, witness });
  }
  if (forbidden.length > 0) return resultOf({ status: 'undecided', witness: failures[0] ?? '' });
  if (checked === 0) return resultOf({ status: 'not_exercised', witness: 'no transaction is ok' });
  return resultOf({ status: 'holds', checked, witness: null });
}

function resultOf(result: Pick<LawResult, 'status' | 'witness'> & Partial<LawResult>): LawResult {
  return { name: LIST_LAW.name, checked: 0, violations: 0, ...result };
}

/** One line for each kind, with the first of it. */
function seen(anomalies: readonly ListAnomaly[], why: string): string[] {
  const names = [...new Set(anomalies.map(({ name }) => name))];
  return names.map((name) => {
    const all = anomalies.filter((one) => one.name === name);
    return `${name} was seen ${all.length} times, ${why}: ${all[0]?.witness ?? ''}`;
  });
}

/** The ledger's verdict and the lists'. */
export function withLists(result: VerifyResult, found: ListsFound | undefined): VerifyResult {
  if (found === undefined) return result;
  const { law, limits } = found;
  const both = {
    ...result,
    laws: [...result.laws, law],
    limits: [...result.limits, ...limits],
    root_cause: result.root_cause ?? (law.status === 'broken' ? law.name : null),
  };
  const isClear = result.verdict === 'valid' || result.verdict === 'no_claim';
  switch (law.status) {
    case 'broken':
      return { ...both, ...weigh(both.laws, undefined) };
    case 'undecided':
      return isClear ? { ...both, ...weigh([law], undefined) } : both;
    case 'holds': {
      const { reason: _, ...rest } = both;
      return result.verdict === 'no_claim' ? { ...rest, verdict: 'valid' } : both;
    }
    case 'not_exercised':
      return both;
    default:
      return law.status satisfies never;
  }
}
