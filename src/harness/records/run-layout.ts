/**
 * Journal and books in a run folder. While the drill runs and until it is judged they are binary (record-files.ts): `journal/` as the
 * load workers write it (journal-layout.ts), entries and accounts in `books/` as the shards send them (wire/ledger-log.ts). After that they are Parquet: `journal.parquet/part-<worker>.parquet`,
 * `books/transfers-<shard>.parquet`, `books/accounts-<shard>.parquet`. `books/books.json` is written last and says whether the
 * books are complete.
 */
import type { Segment } from './record-files.js';

export const JOURNAL_FOLDER = 'journal';
export const JOURNAL_TABLE = 'journal.parquet';
/** Names of accounts that a script calls by names of its own: `part-<worker>.jsonl`, a line each. */
export const NAMES_FOLDER = 'names';
/** The legs of bookings that a script asked for leg by leg: `part-<worker>.jsonl`, a line each. */
export const LEGS_FOLDER = 'legs';
/** What a script told of transactions on lists (`k6/x/lists`): `part-<worker>.jsonl`. */
export const LISTS_FOLDER = 'lists';
export const BOOKS_FOLDER = 'books';
export const BOOKS_FILE = 'books.json';
/** Laws that users added, a query a file. */
export const LAWS_FOLDER = 'laws';

export interface BooksFacts {
  /** Whether every entry and account of every shard is there. */
  readonly complete: boolean;
  /** One line; only where they are not. */
  readonly reason?: string;
  readonly shards: number;
  /** Entries of each shard. */
  readonly entries: readonly number[];
  /** Accounts of each shard. */
  readonly accounts: readonly number[];
  /** Entries that each shard had before the drill, the first of its log: no affair of the drill's. */
  readonly before: readonly number[];
  /**
   * Ledger time of each shard when the reading of its books began, microseconds since the Unix epoch; 0 where it did not tell.
   * What was due at that time had been given its turn before the books were read.
   */
  readonly readAtUs: readonly number[];
  /** How many ids left the memory of which shard since its process began, one line a shard; only where some did. */
  readonly idsLeft?: readonly string[];
  /** Only where a risk engine was in line. */
  readonly riskEngine?: RiskEngineFacts;
}

/** What a risk engine in line decided, by its log; undefined in place of it where that could not be read. */
export interface RiskEngineFacts {
  /** Operations that it was told of. */
  readonly decisions: number;
  /** Of those of kinds that may be denied: how many were decided how, by name. */
  readonly decided: Readonly<Record<string, number>>;
  /** Of them, those whose walk was cut. */
  readonly cut: number;
  /** Times in which decisions were lost, or none was made. */
  readonly gaps: number;
}

/**
 * How many shards there are, how many entries each had before the drill (none where it is not told) and when its books were
 * read.
 */
export type BooksExtent = Pick<BooksFacts, 'shards'> &
  Partial<Pick<BooksFacts, 'before' | 'readAtUs'>>;

/** `books.json` of the books that were read of this run. */
export function booksFactsText(runId: string, facts: BooksFacts): string {
  return `${JSON.stringify({ run_id: runId, ...facts })}\n`;
}

export function transfersPart(shard: number): string {
  return `transfers-${shard}.parquet`;
}

export function accountsPart(shard: number): string {
  return `accounts-${shard}.parquet`;
}

export function journalPart(worker: number): string {
  return `part-${worker}.parquet`;
}

/** The segments of one worker's journal; it has no completions where it was killed before its first answer. */
export interface BinaryJournal {
  readonly invokes: readonly Segment[];
  readonly completions: readonly Segment[];
}

/** The segments of one shard's books. */
export interface BinaryBooks {
  readonly entries: readonly Segment[];
  readonly accounts: readonly Segment[];
}

/** One worker's journal; plain data, to hand to a thread. */
export interface JournalPart {
  readonly worker: number;
  readonly operations: number;
  /** Undefined where there is only the Parquet part. */
  readonly binary: BinaryJournal | undefined;
  readonly part: string;
}

/** One shard's books. */
export interface BooksPart {
  readonly shard: number;
  /** Undefined where there are only the Parquet parts. */
  readonly binary: BinaryBooks | undefined;
  readonly transfersPart: string;
  readonly accountsPart: string;
}
