/** Puts together what journal and shards say: one pass over the operations, and the sums of the shards. */
import type { AccountTotals } from './account-states.js';
import type { Loaded } from './load-operations.js';
import { type OperationMemory, STATUS } from './operation-index.js';
import { overdonePayers } from './payer-shares.js';
import type { ScanFacts } from './scan-facts.js';
import { BRANCH, type SeenMemory } from './seen.js';
import { addTallies } from './tally.js';
import { SUSPECTS_MAX, type WalkFacts } from './walk-facts.js';

export interface Scanned {
  readonly operations: OperationMemory;
  /** By shard. */
  readonly seen: readonly SeenMemory[];
  readonly walked: readonly WalkFacts[];
  /** By part of the journal. */
  readonly loaded: readonly Loaded[];
  /** Balances that were read of accounts that no shard can have. */
  readonly unplacedReads: number;
}

/** Puts together what the shards say. Ids that are not unique or not in the journal leave their laws to the queries. */
export function merge(scanned: Scanned): ScanFacts {
  const { operations, seen, loaded, walked, unplacedReads } = scanned;
  const total = (name: Exclude<keyof WalkFacts, 'suspectAccounts' | 'totals'>): number =>
    walked.reduce((sum, facts) => sum + facts[name], 0);
  const suspects = walked.map((facts) => facts.suspectAccounts);
  const count = (
    name:
      | 'operations'
      | 'ok'
      | 'definiteDeclines'
      | 'lookedUpInVain'
      | 'receipts'
      | 'riskDeclines'
      | 'unexplained'
      | 'reasoned'
      | 'recorded'
      | 'balances'
      | 'strangeReads',
  ): number => loaded.reduce((sum, part) => sum + part[name], 0);
  const ambiguous = operations.counters[0];
  const untied = ambiguous + total('unasked');
  const found = compare(operations, seen);
  const totals = walked.map((facts) => facts.totals);
  const wrongReads = total('wrongReads') + total('wrongTold') + unplacedReads;
  const misread = wrongReads + total('untimely') + count('strangeReads') + ambiguous;
  const isNamed = ambiguous === 0 && suspects.every((accounts) => accounts.length <= SUSPECTS_MAX);
  return {
    operations: count('operations'),
    ok: count('ok'),
    definiteDeclines: count('definiteDeclines'),
    receipts: count('receipts'),
    balances: count('balances'),
    entries: total('entries'),
    entriesWithLegs: total('entriesWithLegs'),
    legs: total('legs'),
    effects: total('effects'),
    accounts: total('accounts'),
    boundedAccounts: total('boundedAccounts'),
    touchedClearing: total('touchedClearing'),
    branchesAndHolds: total('branchesAndHolds'),
    holdEnds: total('holdEnds'),
    refunds: total('refunds'),
    refusals: total('refusals'),
    risked: total('risked') + count('riskDeclines'),
    riskSuspicions:
      total('overLimit') +
      total('unexplained') +
      count('unexplained') +
      overdonePayers(loaded.map(({ payerShares }) => payerShares)),
    reasons: total('reasons') + count('reasoned'),
    recorded: count('recorded'),
    unheard: found.unheard + total('strange') + ambiguous,
    lookedUpInVain: count('lookedUpInVain'),
    lost: found.lost + ambiguous,
    notFound: found.notFound + ambiguous,
    doubled: found.doubled + total('begunTwice') + untied,
    phantom: total('phantom'),
    declinedButDone: total('declinedButDone') + ambiguous,
    wrongBody: total('wrongBody') + ambiguous,
    wrongLegs: total('wrongLegs') + ambiguous,
    wrongOpenings: total('wrongOpenings'),
    unbalanced: total('unbalanced'),
    unconserved: unconserved(totals),
    disagreeing: disagreeing(totals),
    books: {
      entries: walked.map((facts) => facts.entries),
      accounts: walked.map((facts) => facts.listedAccounts),
    },
    wrongHistory: total('wrongHistory'),
    // A Try that comes after its own Confirm is not followed to an end.
    brokenChain: total('brokenChain') + total('untimely') + total('begunTwice') + ambiguous,
    overdrawn: total('overdrawn'),
    wrongEnds: total('wrongEnds') + untied,
    wrongHolds: total('wrongHolds') + untied,
    wrongRefunds: total('wrongRefunds') + untied,
    causeless: total('causeless') + found.causeless + untied,
    stuck: total('stuck') + found.stuck + untied,
    wrongReceipt: found.wrongReceipt + wrongReads + ambiguous,
    wrongReads: misread,
    untimely: misread + total('brokenChain') + total('begunTwice'),
    resolvedOk: found.resolvedOk,
    crossShard: total('crossShard'),
    ambiguous,
    suspectAccounts: isNamed ? suspects.flat() : undefined,
    tally: addTallies(loaded.map((part) => part.tally)),
  };
}

/** Shards whose money does not add up. */
function unconserved(totals: readonly (AccountTotals | undefined)[]): number {
  let wrong = 0;
  for (const sums of totals) {
    if (sums === undefined) continue;
    if (!sums.exact || sums.balance !== sums.opening) wrong++;
    if (sums.debitsPending !== sums.creditsPending) wrong++;
  }
  return wrong;
}

/** Pairs of shards that owe each other different sums. */
function disagreeing(totals: readonly (AccountTotals | undefined)[]): number {
  let wrong = 0;
  for (const [shard, sums] of totals.entries()) {
    if (sums === undefined) continue;
    if (!sums.exact) wrong++;
    for (const [peer, balance] of sums.owed.entries())
      if (peer > shard && (balance ?? 0) + (totals[peer]?.owed[shard] ?? 0) !== 0) wrong++;
  }
  return wrong;
}

/** Of what was told nothing definite was, where `told` alone is set. */
const OUTCOME_BITS = STATUS.told | STATUS.ok | STATUS.definiteDecline | STATUS.refusedAsOther;

/** One pass over the operations: what all shards together saw of each. */
function compare(
  operations: OperationMemory,
  seen: readonly SeenMemory[],
): {
  lost: number;
  notFound: number;
  doubled: number;
  stuck: number;
  wrongReceipt: number;
  causeless: number;
  resolvedOk: number;
  unheard: number;
} {
  const { capacity, receipt, refusedWith, status } = operations;
  const found = {
    lost: 0,
    notFound: 0,
    doubled: 0,
    stuck: 0,
    wrongReceipt: 0,
    causeless: 0,
    resolvedOk: 0,
    unheard: 0,
  };
  for (let operation = 0; operation < capacity; operation++) {
    let effects = 0;
    let halves = 0;
    let told = 0;
    let branches = 0;
    let heard = 0;
    for (let shard = 0; shard < seen.length; shard++) {
      const memory = seen[shard];
      if (memory === undefined) continue;
      effects += memory.effects[operation];
      halves += memory.halves[operation];
      told += memory.told[operation];
      heard |= memory.heard[operation];
      const peer = memory.committedWith[operation];
      const home = memory.confirmedFor[operation];
      if (peer > 0 && seen[peer - 1]?.confirmedFor[operation] !== shard + 1) found.stuck++;
      if (home > 0 && seen[home - 1]?.committedWith[operation] !== shard + 1) found.stuck++;
      const branch = memory.branch[operation];
      branches |= branch;
      if ((branch & BRANCH.tried) !== 0 && (branch & BRANCH.ended) === 0) found.stuck++;
    }
    if (effects > 1 || halves > 1) found.doubled++;
    const bits = status[operation];
    if (refusedWith[operation] > 0 && heard === 0) found.unheard++;
    // Where no branch was taken for it: the query looks.
    if ((bits & STATUS.refusedAsOther) !== 0 && effects + halves === 0) found.unheard++;
    const isMissing = (bits & STATUS.unknown) !== 0 && (bits & STATUS.moves) !== 0;
    if (isMissing && effects > 0) {
      found.resolvedOk++;
      if ((bits & OUTCOME_BITS) === STATUS.told) found.notFound++;
    }
    if ((branches & (BRANCH.poor | BRANCH.refused)) === BRANCH.poor) found.causeless++;
    if ((bits & STATUS.ok) === 0) {
      const isToldPoor = receipt[operation] < 0 && (bits & STATUS.moves) !== 0;
      if (isToldPoor && (branches & BRANCH.poor) === 0) found.causeless++;
      continue;
    }
    const crosses = (branches & BRANCH.crosses) !== 0;
    if (effects === 0 || (crosses && halves === 0)) found.lost++;
    if ((told | 0) !== receipt[operation]) found.wrongReceipt++;
  }
  return found;
}
