/**
 * Reads the whole books of one shard into two Parquet files. The next request is under way while an answer is
 * converted. Entries first, then accounts, then whether entries were added meanwhile (a hold that ran out): books whose
 * two halves are from different moments would accuse an honest ledger.
 */
import { join } from 'node:path';
import { AccountsFile, countEntries, EntriesFile } from '../journal/books-file.js';
import { accountsPart, transfersPart } from '../journal/books-layout.js';
import { ShardLink } from './shard-link.js';

const SILENCE_MS = 15_000;
/** Times the accounts are read again because entries came in between. */
const ROUNDS_MAX = 8;

export interface ShardBooksJob {
  readonly address: string;
  readonly shard: number;
  /** The books folder; it exists. */
  readonly folder: string;
}

export interface ShardBooks {
  readonly entries: number;
  readonly accounts: number;
}

/** For thread.ts. */
export const SHARD_BOOKS_MODULE = import.meta.url;

/** Rejects with one line where the shard's books cannot be had to the end. */
export async function run(job: ShardBooksJob): Promise<ShardBooks> {
  const { address, folder, shard } = job;
  const link = new ShardLink({ address, timeoutMs: SILENCE_MS });
  const entries = new EntriesFile({ path: join(folder, transfersPart(shard)), shard });
  try {
    await readEntries(link, entries);
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const accounts = await readAccounts(link, join(folder, accountsPart(shard)), shard);
      const before = entries.entries;
      await readEntries(link, entries);
      if (entries.entries > before) continue;
      entries.finish();
      return { entries: entries.entries, accounts };
    }
    throw new Error(`the books still changed after ${ROUNDS_MAX} readings`);
  } catch (cause) {
    entries.abandon();
    throw cause;
  } finally {
    link.close();
  }
}

async function readEntries(link: ShardLink, file: EntriesFile): Promise<void> {
  let fromLsn = file.entries;
  let chunk = await link.ask({ op: 'entries', fromLsn });
  while (chunk.length > 0) {
    fromLsn += countEntries(chunk);
    const next = link.ask({ op: 'entries', fromLsn });
    next.catch(() => undefined);
    file.push(chunk);
    chunk = await next;
  }
}

/** Returns how many accounts there are. */
async function readAccounts(link: ShardLink, path: string, shard: number): Promise<number> {
  const file = new AccountsFile({ path, shard });
  try {
    for (;;) {
      const chunk = await link.ask({ op: 'accounts', from: file.accounts });
      if (chunk.length === 0) break;
      file.push(chunk);
    }
    file.finish();
    return file.accounts;
  } catch (cause) {
    file.abandon();
    throw cause;
  }
}
