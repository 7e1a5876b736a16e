/**
 * The books in a run folder: `books/transfers-<shard>.parquet`, `books/accounts-<shard>.parquet` and `books/books.json`,
 * which is written last and says whether they are complete.
 */

export const BOOKS_FOLDER = 'books';
export const BOOKS_FILE = 'books.json';

export interface BooksFacts {
  /** Whether every entry and account of every shard is there. */
  readonly complete: boolean;
  /** One line; only where they are not. */
  readonly reason?: string;
  readonly shards: number;
  /** Entries of each shard. */
  readonly entries: readonly number[];
}

export function transfersPart(shard: number): string {
  return `transfers-${shard}.parquet`;
}

export function accountsPart(shard: number): string {
  return `accounts-${shard}.parquet`;
}
