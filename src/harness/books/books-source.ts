/** Where the books of a target come from: what the conductor asks, whichever way they are read. */
import type { BooksFacts } from '../records/run-layout.js';
import { fetchBooks } from './fetch-books.js';

export interface BooksSource {
  /**
   * Reads the whole books into `<run folder>/books/`. Never rejects for what the target or the disk does: books that could not
   * be had to the end are not complete, and say why. `runId`: of the drill they belong to, written beside them.
   */
  fetch(options: {
    readonly folder: string;
    readonly runId: string;
    readonly signal?: AbortSignal;
  }): Promise<BooksFacts>;
}

/**
 * Read from the ledger shards themselves; `addresses`: `host:port` of each, in order of shard number. `before`: the entries that
 * each has before the drill.
 */
export function shardBooks(
  addresses: readonly string[],
  before: readonly number[] = addresses.map(() => 0),
): BooksSource {
  return { fetch: (options) => fetchBooks({ shardAddresses: addresses, before, ...options }) };
}
