/**
 * Scans a whole run in memory: journal parts and shards each on a thread, typed arrays between them. It exists for speed:
 * where it finds nothing suspicious, a law's query would return nothing, and need not be asked. Undefined where the
 * files are not in the layout it knows; then only the queries judge.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shardOfAccount } from '../../../wire/accounts.js';
import { accountsPart, BOOKS_FOLDER, transfersPart } from '../../journal/books-layout.js';
import { ColumnReader, UnreadableColumnsError } from '../../journal/column-reader.js';
import { OPERATION_COLUMNS } from '../../journal/operations-file.js';
import { runOnThread } from '../../journal/thread.js';
import { JOURNAL_TABLE } from '../../journal/to-parquet.js';
import type { ScanFacts } from './facts.js';
import { LOAD_MODULE, type Loaded, run as load } from './load-operations.js';
import { allocateOperations, type OperationMemory, STATUS } from './operation-index.js';
import { addTallies } from './tally.js';
import {
  allocateSeen,
  BRANCH,
  type SeenMemory,
  SUSPECTS_MAX,
  WALK_MODULE,
  type WalkFacts,
  run as walk,
} from './walk-books.js';

export async function scanRun(
  folder: string,
  shards: number,
  signal?: AbortSignal,
): Promise<ScanFacts | undefined> {
  try {
    return await scan(folder, shards, signal);
  } catch (cause) {
    const isLayout =
      cause instanceof Error &&
      [UnreadableColumnsError.name, 'UnscannableError'].includes(cause.name);
    if (isLayout) return undefined;
    throw cause;
  }
}

async function scan(
  folder: string,
  shards: number,
  signal: AbortSignal | undefined,
): Promise<ScanFacts> {
  const books = join(folder, BOOKS_FOLDER);
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const named = all.flatMap((shard) => [transfersPart(shard), accountsPart(shard)]);
  const parquet = readdirSync(books).filter((name) => name.endsWith('.parquet'));
  if (parquet.length !== named.length || named.some((name) => !existsSync(join(books, name))))
    throw new UnreadableColumnsError(`${books} does not hold one part a shard`);
  const parts = partsIn(join(folder, JOURNAL_TABLE));
  const operations = allocateOperations(parts.reduce((sum, part) => sum + part.rows, 0));
  const loaded = await Promise.all(
    parts.map(({ path, first }) =>
      runOnThread({
        module: LOAD_MODULE,
        run: load,
        data: { path, first, memory: operations },
        signal,
      }),
    ),
  );
  const reads = loaded.flatMap((part) => part.reads);
  const seen = all.map(() => allocateSeen(operations.capacity));
  const walked = await Promise.all(
    seen.map((memory, shard) =>
      runOnThread({
        module: WALK_MODULE,
        run: walk,
        data: {
          shard,
          transfersPath: join(books, transfersPart(shard)),
          accountsPath: join(books, accountsPart(shard)),
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

interface Part {
  readonly path: string;
  readonly rows: number;
  readonly first: number;
}

function partsIn(table: string): Part[] {
  let first = 0;
  return readdirSync(table)
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => {
      const path = join(table, name);
      const reader = new ColumnReader(path, OPERATION_COLUMNS);
      const part = { path, rows: reader.rows, first };
      reader.close();
      first += part.rows;
      return part;
    });
}

/** Puts together what the shards say. Ids that are not unique or not in the journal leave their laws to the queries. */
function merge(
  operations: OperationMemory,
  seen: readonly SeenMemory[],
  loaded: readonly Loaded[],
  walked: readonly WalkFacts[],
): ScanFacts {
  const total = (name: Exclude<keyof WalkFacts, 'suspectAccounts'>): number =>
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
