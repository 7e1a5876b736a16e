/**
 * Reads the whole books of one shard into two binary files, as the shard sends them. The next request is under way while an
 * answer is written. Entries first, then accounts, then whether entries were added meanwhile (a hold that ran out): books
 * whose two halves are from different moments would accuse an honest ledger.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LEGS_MAX } from '../../wire/acks.js';
import { ACCOUNT_BYTES, ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';
import { accountsBinary, entriesBinary } from '../records/run-layout.js';
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
  const entriesFile = openSync(join(folder, entriesBinary(shard)), 'w');
  const accountsFile = openSync(join(folder, accountsBinary(shard)), 'w');
  try {
    let entries = await readEntries(link, entriesFile, 0);
    for (let round = 0; round < ROUNDS_MAX; round++) {
      ftruncateSync(accountsFile);
      const accounts = await readAccounts(link, accountsFile);
      const before = entries;
      entries = await readEntries(link, entriesFile, before);
      if (entries === before) return { entries, accounts };
    }
    throw new Error(`the books still changed after ${ROUNDS_MAX} readings`);
  } finally {
    closeSync(entriesFile);
    closeSync(accountsFile);
    link.close();
  }
}

/** Appends all entries from `fromLsn` on; returns how many there are then. */
async function readEntries(link: ShardLink, file: number, fromLsn: number): Promise<number> {
  let lsn = fromLsn;
  let chunk = await link.ask({ op: 'entries', fromLsn: lsn });
  while (chunk.length > 0) {
    lsn += countEntries(chunk);
    const next = link.ask({ op: 'entries', fromLsn: lsn });
    next.catch(() => undefined);
    writeFully(file, chunk, undefined);
    chunk = await next;
  }
  return lsn;
}

/** Writes all accounts; returns how many there are. */
async function readAccounts(link: ShardLink, file: number): Promise<number> {
  let accounts = 0;
  for (;;) {
    const chunk = await link.ask({ op: 'accounts', from: accounts });
    if (chunk.length === 0) return accounts;
    if (chunk.length % ACCOUNT_BYTES !== 0) throw new Error('an export ends inside an account');
    writeFully(file, chunk, accounts * ACCOUNT_BYTES);
    accounts += chunk.length / ACCOUNT_BYTES;
  }
}

/** Whole entries in a chunk. Throws on a cut or impossible one: such books are not complete. */
function countEntries(chunk: Uint8Array): number {
  let entries = 0;
  let at = 0;
  while (at < chunk.length) {
    const legs = chunk[at + ENTRY.legs] ?? LEGS_MAX + 1;
    if (at + ENTRY_HEAD_BYTES > chunk.length) throw new Error('an export ends inside an entry');
    if (legs > LEGS_MAX) throw new Error(`an entry claims ${legs} legs`);
    at += ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES;
    entries++;
  }
  if (at > chunk.length) throw new Error('an export ends inside an entry');
  return entries;
}

/** `at`: where; undefined = at the end of what was written. */
function writeFully(file: number, chunk: Uint8Array, at: number | undefined): void {
  let done = 0;
  while (done < chunk.length)
    done += writeSync(file, chunk, done, chunk.length - done, at === undefined ? null : at + done);
}
