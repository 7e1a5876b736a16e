/**
 * Fetches the books of all shards at once into `<run folder>/books/`, each shard on its own thread, and writes
 * `books.json` last. Never rejects for what a shard or the disk does: books that could not be had to the end are not
 * complete, and say why; a verdict without them is unknown.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../message-of.js';
import {
  BOOKS_FILE,
  BOOKS_FOLDER,
  type BooksFacts,
  booksFactsText,
} from '../records/run-layout.js';
import { runOnThread } from '../records/thread.js';
import { PLAIN_BYTES_MAX } from './entries-writer.js';
import { run, SHARD_BOOKS_MODULE, type ShardBooks } from './shard-books.js';

const NOTHING = { entries: [], accounts: [], readAtUs: [] } as const;

export async function fetchBooks(options: {
  /** `host:port` of each shard, in order of shard number. */
  readonly shardAddresses: readonly string[];
  /** Entries that each had before the drill. */
  readonly before: readonly number[];
  /** The run folder; `books/` in it is replaced. */
  readonly folder: string;
  /** Of the drill whose books they are. */
  readonly runId: string;
  /** What the entries of all shards may take before they are packed; default PLAIN_BYTES_MAX. */
  readonly plainBytesMax?: number;
  readonly signal?: AbortSignal;
}): Promise<BooksFacts> {
  const { shardAddresses, before, runId, plainBytesMax = PLAIN_BYTES_MAX, signal } = options;
  const folder = join(options.folder, BOOKS_FOLDER);
  const shards = shardAddresses.length;
  const facts: BooksFacts = { complete: false, shards, before, ...NOTHING };
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const read = await Promise.allSettled(
      shardAddresses.map((address, shard) =>
        runOnThread({
          module: SHARD_BOOKS_MODULE,
          run,
          data: { address, shard, folder, runId, plainBytesMax: plainBytesMax / shards },
          signal,
        }),
      ),
    );
    const count = (of: (books: ShardBooks) => number): number[] =>
      read.map((one) => (one.status === 'fulfilled' ? of(one.value) : 0));
    const counts = {
      entries: count((books) => books.entries),
      accounts: count((books) => books.accounts),
      readAtUs: count((books) => books.readAtUs),
    };
    const idsLeft = read.flatMap((one) =>
      one.status === 'fulfilled' && one.value.idsLeft !== undefined ? [one.value.idsLeft] : [],
    );
    const told = idsLeft.length > 0 ? { idsLeft } : {};
    const failed = read.findIndex((one) => one.status === 'rejected');
    const result: BooksFacts =
      failed < 0
        ? { ...facts, ...counts, ...told, complete: true }
        : { ...facts, ...counts, ...told, reason: `shard ${failed}: ${reasonOf(read[failed])}` };
    writeFileSync(join(folder, BOOKS_FILE), booksFactsText(runId, result));
    return result;
  } catch (cause) {
    return { ...facts, reason: oneLine(cause) };
  }
}

function reasonOf(settled: PromiseSettledResult<ShardBooks> | undefined): string {
  return settled?.status === 'rejected' ? oneLine(settled.reason) : 'no reason given';
}

function oneLine(cause: unknown): string {
  const text = messageOf(cause);
  return text.split('\n')[0] ?? text;
}
