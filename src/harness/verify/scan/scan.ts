/**
 * Scans a whole run in memory, the journal first, then the books: journal parts and shards each on a thread, typed arrays
 * between them. It exists for speed: where it finds nothing suspicious, a law's query would return nothing, and need not
 * be asked. Undefined where the files are not in the layout it knows; then only the queries judge.
 */
import { shardOfAccount } from '../../../wire/accounts.js';
import { UnreadableColumnsError } from '../../records/column-reader.js';
import type { JournalPart } from '../../records/run-layout.js';
import { booksPart, journalParts } from '../../records/run-records.js';
import { runOnThread } from '../../records/thread.js';
import { UnscannableError } from './account-index.js';
import type { AccountTotals } from './account-states.js';
import type { ScanFacts } from './facts.js';
import { LOAD_MODULE, type Loaded, run as load } from './load-operations.js';
import { allocateOperations, type OperationMemory, STATUS } from './operation-index.js';
import { addTallies, type Tally } from './tally.js';
import {
  allocateSeen,
  BRANCH,
  type SeenMemory,
  SUSPECTS_MAX,
  WALK_MODULE,
  type WalkFacts,
  run as walk,
} from './walk-books.js';

/** A journal in memory: what books are compared with. */
export interface ScannedJournal {
  readonly operations: OperationMemory;
  readonly loaded: readonly Loaded[];
}

export async function scanRun(
  folder: string,
  shards: number,
  signal?: AbortSignal,
): Promise<ScanFacts | undefined> {
  const journal = await scanJournal(folder, signal);
  return journal && scanBooks(journal, folder, shards, signal);
}

export function scanJournal(
  folder: string,
  signal?: AbortSignal,
): Promise<ScannedJournal | undefined> {
  return unlessOtherLayout(loadJournal(folder, signal));
}

export function scanBooks(
  journal: ScannedJournal,
  folder: string,
  shards: number,
  signal?: AbortSignal,
): Promise<ScanFacts | undefined> {
  return unlessOtherLayout(walkBooks(journal, folder, shards, signal));
}

async function unlessOtherLayout<Found>(scan: Promise<Found>): Promise<Found | undefined> {
  try {
    return await scan;
  } catch (cause) {
    const isLayout =
      cause instanceof Error &&
      [UnreadableColumnsError.name, UnscannableError.name].includes(cause.name);
    if (isLayout) return undefined;
    throw cause;
  }
}

async function walkBooks(
  { loaded, operations }: ScannedJournal,
  folder: string,
  shards: number,
  signal: AbortSignal | undefined,
): Promise<ScanFacts> {
  const reads = loaded.flatMap((part) => part.reads);
  const seen = Array.from({ length: shards }, () => allocateSeen(operations.capacity));
  const walked = await Promise.all(
    seen.map((memory, shard) =>
      runOnThread({
        module: WALK_MODULE,
        run: walk,
        data: {
          shard,
          part: booksPart(folder, shard),
          operations,
          seen: memory,
          reads: reads.filter((read) => shardOfAccount(read.account, shards) === shard),
        },
        signal,
      }),
    ),
  );
  return merge(operations, seen, loaded, walked);
}

async function loadJournal(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<ScannedJournal> {
  const parts = journalParts(folder);
  const firsts = firstOf(parts);
  const operations = allocateOperations(parts.reduce((sum, part) => sum + part.operations, 0));
  const loaded = await Promise.all(
    parts.map((part, index) =>
      runOnThread({
        module: LOAD_MODULE,
        run: load,
        data: { part, first: firsts[index] ?? 0, memory: operations },
        signal,
      }),
    ),
  );
  return { operations, loaded };
}

/** What the journal alone tells. */
export function tallyOf(journal: ScannedJournal): Tally {
  return addTallies(journal.loaded.map((part) => part.tally));
}

/** Index of each part's first operation. */
function firstOf(parts: readonly JournalPart[]): number[] {
  let first = 0;
  return parts.map((part) => {
    const at = first;
    first += part.operations;
    return at;
  });
}

/** Puts together what the shards say. Ids that are not unique or not in the journal leave their laws to the queries. */
function merge(
  operations: OperationMemory,
  seen: readonly SeenMemory[],
  loaded: readonly Loaded[],
  walked: readonly WalkFacts[],
): ScanFacts {
  const total = (name: Exclude<keyof WalkFacts, 'suspectAccounts' | 'totals'>): number =>
    walked.reduce((sum, facts) => sum + facts[name], 0);
  const suspects = walked.map((facts) => facts.suspectAccounts);
  const count = (name: 'operations' | 'ok' | 'definiteDeclines' | 'receipts'): number =>
    loaded.reduce((sum, part) => sum + part[name], 0);
  const ambiguous = operations.counters[0];
  const untied = ambiguous + total('unasked');
  const found = compare(operations, seen);
  return {
    operations: count('operations'),
    ok: count('ok'),
    definiteDeclines: count('definiteDeclines'),
    receipts: count('receipts'),
    entries: total('entries'),
    entriesWithLegs: total('entriesWithLegs'),
    legs: total('legs'),
    effects: total('effects'),
    accounts: total('accounts'),
    boundedAccounts: total('boundedAccounts'),
    branchesAndHolds: total('branchesAndHolds'),
    lost: found.lost + ambiguous,
    doubled: found.doubled + untied,
    phantom: total('phantom'),
    declinedButDone: total('declinedButDone') + ambiguous,
    wrongBody: total('wrongBody') + ambiguous,
    unbalanced: total('unbalanced'),
    unconserved: unconserved(walked.map((facts) => facts.totals)),
    entriesByShard: walked.map((facts) => facts.entries),
    accountsByShard: walked.map((facts) => facts.listedAccounts),
    wrongHistory: total('wrongHistory'),
    brokenChain: total('brokenChain') + ambiguous,
    overdrawn: total('overdrawn'),
    stuck: total('stuck') + found.stuck + untied,
    wrongReceipt: found.wrongReceipt + total('wrongReads') + ambiguous,
    resolvedOk: found.resolvedOk,
    crossShard: total('crossShard'),
    ambiguous,
    suspectAccounts: suspects.some((accounts) => accounts.length > SUSPECTS_MAX)
      ? undefined
      : suspects.flat(),
    tally: addTallies(loaded.map((part) => part.tally)),
  };
}

/** Shards whose money does not add up, and pairs of shards that owe each other different sums. */
function unconserved(totals: readonly (AccountTotals | undefined)[]): number {
  let wrong = 0;
  for (const [shard, sums] of totals.entries()) {
    if (sums === undefined) continue;
    if (sums.balance !== sums.opening) wrong++;
    if (sums.debitsPending !== sums.creditsPending) wrong++;
    for (const [peer, balance] of sums.owed.entries())
      if (peer > shard && (balance ?? 0) + (totals[peer]?.owed[shard] ?? 0) !== 0) wrong++;
  }
  return wrong;
}

/** One pass over the operations: what all shards together saw of each. */
function compare(
  operations: OperationMemory,
  seen: readonly SeenMemory[],
): { lost: number; doubled: number; stuck: number; wrongReceipt: number; resolvedOk: number } {
  const { capacity, receipt, status } = operations;
  const found = { lost: 0, doubled: 0, stuck: 0, wrongReceipt: 0, resolvedOk: 0 };
  for (let operation = 0; operation < capacity; operation++) {
    let effects = 0;
    let halves = 0;
    let told = 0;
    let crosses = false;
    for (let shard = 0; shard < seen.length; shard++) {
      const memory = seen[shard];
      if (memory === undefined) continue;
      effects += memory.effects[operation];
      halves += memory.halves[operation];
      told += memory.told[operation];
      const peer = memory.committedWith[operation];
      const home = memory.confirmedFor[operation];
      if (peer > 0) {
        crosses = true;
        if (seen[peer - 1]?.confirmedFor[operation] !== shard + 1) found.stuck++;
      }
      if (home > 0 && seen[home - 1]?.committedWith[operation] !== shard + 1) found.stuck++;
      const branch = memory.branch[operation];
      if ((branch & BRANCH.tried) !== 0 && (branch & BRANCH.ended) === 0) found.stuck++;
    }
    if (effects > 1 || halves > 1) found.doubled++;
    const bits = status[operation];
    const isMissing = (bits & STATUS.unknown) !== 0 && (bits & STATUS.moves) !== 0;
    if (isMissing && effects > 0) found.resolvedOk++;
    if ((bits & STATUS.ok) === 0) continue;
    if (effects === 0 || (crosses && halves === 0)) found.lost++;
    if ((told | 0) !== receipt[operation]) found.wrongReceipt++;
  }
  return found;
}
