/**
 * The prefilter: scans a whole run in memory, the journal first, then the books: journal parts and shards each on a thread,
 * typed arrays between them. It exists for speed, and may only say one thing: that nothing is suspicious, where a law's query
 * would return nothing and need not be asked (screens.ts). Whatever it suspects the query decides. Undefined where the files
 * are not in the layout it knows, hold what it cannot judge exactly, or would not fit in memory; then only the queries judge, and what
 * they do not hold in memory they hold on disk.
 *
 * Odds: what an operation asked, was told and reserved is compared by digests of 32 bits. A difference that hides in equal
 * digests is cleared wrongly: one in 2^32 for each corrupted operation.
 */
import { shardOfAccount } from '../../../wire/accounts.js';
import { bytesOf } from '../../records/record-files.js';
import type { BooksExtent, JournalPart } from '../../records/run-layout.js';
import { booksPart, journalParts } from '../../records/run-records.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { runOnThread } from '../../records/thread.js';
import { UnreadableColumnsError } from '../../records/unreadable.js';
import { UnscannableError } from './exact-range.js';
import { type BalanceRead, LOAD_MODULE, type Loaded, run as load } from './load-operations.js';
import { merge } from './merge.js';
import { allocateOperations, OPERATION_BYTES, type OperationMemory } from './operation-index.js';
import type { ScanFacts } from './scan-facts.js';
import { allocateSeen, SEEN_BYTES } from './seen.js';
import { addTallies, type Tally } from './tally.js';
import { WALK_MODULE, run as walk } from './walk-books.js';

/** Of the memory that is there: threads, accounts and pages take of it too. */
const SHARE_OF_MEMORY = 0.7;

/** A journal in memory: what books are compared with. */
export interface ScannedJournal {
  /** Undefined: there is nothing to compare the books with, and only the queries judge. */
  readonly money: MoneyRules | undefined;
  readonly operations: OperationMemory;
  readonly loaded: readonly Loaded[];
}

export function scanJournal(
  folder: string,
  money: MoneyRules | undefined,
  {
    signal,
    availableBytes = process.availableMemory(),
  }: { readonly signal?: AbortSignal | undefined; readonly availableBytes?: number } = {},
): Promise<ScannedJournal | undefined> {
  return unlessOtherLayout(loadJournal(folder, money, { signal, availableBytes }));
}

export function scanBooks(
  journal: ScannedJournal,
  folder: string,
  books: BooksExtent,
  signal?: AbortSignal,
): Promise<ScanFacts | undefined> {
  return unlessOtherLayout(walkBooks(journal, folder, books, signal));
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
  { loaded, money, operations }: ScannedJournal,
  folder: string,
  { shards, before = [], readAtUs = [] }: BooksExtent,
  signal: AbortSignal | undefined,
): Promise<ScanFacts | undefined> {
  if (money === undefined) return undefined;
  const reads = loaded.flatMap((part) => part.reads);
  const refunded = joined(loaded.map((part) => part.refunded));
  const overLimit = loaded.flatMap((part) => part.overLimit);
  const seen = Array.from({ length: shards }, () => allocateSeen(operations.capacity));
  const walked = await Promise.all(
    seen.map((memory, shard) => {
      const part = booksPart(folder, shard);
      const { binary } = part;
      return runOnThread({
        module: WALK_MODULE,
        run: walk,
        data: {
          shard,
          shards,
          money,
          before: before[shard] ?? 0,
          readAtUs: readAtUs[shard] ?? 0,
          part,
          operations,
          seen: memory,
          refunded,
          overLimit,
          reads: reads.filter((read) => shardOfAccount(read.account, shards) === shard),
        },
        bytes: binary && bytesOf([...binary.entries, ...binary.accounts]),
        signal,
      });
    }),
  );
  return merge({ operations, seen, loaded, walked, unplacedReads: unplaced(reads, shards) });
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Balances that were read of accounts that no shard can have. */
function unplaced(reads: readonly BalanceRead[], shards: number): number {
  const isPlaced = ({ account }: BalanceRead): boolean => {
    const shard = shardOfAccount(account, shards);
    return shard >= 0 && shard < shards;
  };
  return reads.length - reads.filter(isPlaced).length;
}

async function loadJournal(
  folder: string,
  money: MoneyRules | undefined,
  {
    availableBytes,
    signal,
  }: { readonly availableBytes: number; readonly signal: AbortSignal | undefined },
): Promise<ScannedJournal | undefined> {
  const parts = journalParts(folder);
  const count = parts.reduce((sum, part) => sum + part.operations, 0);
  const bytes = count * (OPERATION_BYTES + (money?.shards ?? 0) * SEEN_BYTES);
  if (bytes > availableBytes * SHARE_OF_MEMORY) return undefined;
  const firsts = firstOf(parts);
  const operations = allocateOperations(count);
  const loaded = await Promise.all(
    parts.map((part, index) =>
      runOnThread({
        module: LOAD_MODULE,
        run: load,
        data: { part, first: firsts[index] ?? 0, money, memory: operations },
        bytes: part.binary && bytesOf([...part.binary.invokes, ...part.binary.completions]),
        signal,
      }),
    ),
  );
  return { money, operations, loaded };
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
