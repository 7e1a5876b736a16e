/**
 * Journal and books in a run folder. While the drill runs and until it is judged they are binary: `journal/` as the load
 * workers write it (layout.ts), `books/entries-<shard>.bin` and `books/accounts-<shard>.bin` as the shards send them
 * (wire/ledger-log.ts). After that they are Parquet: `journal.parquet/part-<worker>.parquet`,
 * `books/transfers-<shard>.parquet`, `books/accounts-<shard>.parquet`. `books/books.json` is written last and says whether the
 * books are complete.
 */

export const JOURNAL_FOLDER = 'journal';
export const JOURNAL_TABLE = 'journal.parquet';
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

export function entriesBinary(shard: number): string {
  return `entries-${shard}.bin`;
}

export function accountsBinary(shard: number): string {
  return `accounts-${shard}.bin`;
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

/** One worker's journal; plain data, to hand to a thread. */
export interface JournalPart {
  readonly worker: number;
  readonly operations: number;
  /** The binary files, or undefined where there is only the Parquet part. */
  readonly invokes: string | undefined;
  readonly completions: string | undefined;
  readonly part: string;
}

/** One shard's books. */
export interface BooksPart {
  readonly shard: number;
  /** The binary files, or undefined where there are only the Parquet parts. */
  readonly entries: string | undefined;
  readonly accounts: string | undefined;
  readonly transfersPart: string;
  readonly accountsPart: string;
}
