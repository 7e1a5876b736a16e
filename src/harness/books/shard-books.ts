/**
 * Reads the whole books of one shard into binary files, as the shard sends them. The next request is under way while an
 * answer is written. Entries first, then accounts, then whether entries were added meanwhile (a hold that ran out): books
 * whose two halves are from different moments would accuse an honest ledger. Before all of it the shard is asked for its time,
 * and given its turn to end the holds whose time is over.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { idMemoryWords, readIdMemory } from '../../wire/id-memory.js';
import { EXPIRY_LOOK_MS, LEGS_MAX } from '../../wire/ledger-commands.js';
import { ACCOUNT_BYTES, ENTRY, ENTRY_HEAD_BYTES } from '../../wire/ledger-log.js';
import { HEAD_BYTES, headBytes, recordFile } from '../records/record-files.js';
import { asWords, entryWords } from '../records/words.js';
import { EntriesWriter } from './entries-writer.js';
import { ShardLink } from './shard-link.js';

const SILENCE_MS = 15_000;
/** Times the accounts are read again because entries came in between. */
const ROUNDS_MAX = 8;
/** Looks at the holds that are open, and how many must be alike. */
const LOOKS_MAX = 100;
const LOOKS_ALIKE = 3;

export interface ShardBooksJob {
  readonly address: string;
  readonly shard: number;
  /** The books folder; it exists. */
  readonly folder: string;
  readonly runId: string;
  /** What entries may take before they are packed. */
  readonly plainBytesMax: number;
}

export interface ShardBooks {
  readonly entries: number;
  readonly accounts: number;
  /** See BooksFacts. */
  readonly readAtUs: number;
  /** Undefined where no id left the shard's memory, or it does not tell. */
  readonly idsLeft: string | undefined;
}

/** For thread.ts. */
export const SHARD_BOOKS_MODULE = import.meta.url;

/** Rejects with one line where the shard's books cannot be had to the end. */
export async function run(job: ShardBooksJob): Promise<ShardBooks> {
  const { address, folder, shard, runId } = job;
  const link = new ShardLink({ address, timeoutMs: SILENCE_MS });
  const entriesFile = new EntriesWriter(job);
  const name = { kind: 'accounts', isPacked: false, part: shard, segment: 0 } as const;
  const accountsFile = openSync(join(folder, recordFile(name)), 'w');
  writeFully(accountsFile, headBytes({ ...name, runId }), 0);
  try {
    const readAtUs = await readTime(link);
    let entries = await readEntries(link, entriesFile, 0);
    for (let round = 0; round < ROUNDS_MAX; round++) {
      ftruncateSync(accountsFile, HEAD_BYTES);
      const accounts = await readAccounts(link, accountsFile);
      const before = entries;
      entries = await readEntries(link, entriesFile, before);
      if (entries > before) continue;
      return { entries, accounts, readAtUs, idsLeft: await readIdsLeft(link, shard) };
    }
    throw new Error(`the books still changed after ${ROUNDS_MAX} readings`);
  } finally {
    entriesFile.close();
    closeSync(accountsFile);
    link.close();
  }
}

/**
 * Ledger time of the shard, once no hold is ended any more: three answers in a row with as many open, each some time after
 * the one before it. Between two of them the shard has looked for holds to end, whatever kept it busy before. 0 where it does
 * not tell its time, or where holds still come and go.
 */
async function readTime(link: ShardLink): Promise<number> {
  let first = await holdsOf(link);
  for (let look = 1, same = 1; look < LOOKS_MAX; look++) {
    if (first === undefined) return 0;
    if (first.open === 0 || same === LOOKS_ALIKE) return first.ledgerUs;
    await delay(2 * EXPIRY_LOOK_MS);
    const next = await holdsOf(link);
    same = next?.open === first.open ? same + 1 : 1;
    if (same === 1) first = next;
  }
  return 0;
}

async function readIdsLeft(link: ShardLink, shard: number): Promise<string | undefined> {
  const stats: unknown = JSON.parse(Buffer.from(await link.ask({ op: 'stats' })).toString());
  if (typeof stats !== 'object' || stats === null || !('idMemory' in stats)) return undefined;
  const memory = readIdMemory(stats.idMemory);
  if (memory === undefined || memory.left === 0) return undefined;
  const left = memory.left.toLocaleString('en');
  return `shard ${shard}: ${left} left its memory of ${idMemoryWords(memory)}`;
}

async function holdsOf(
  link: ShardLink,
): Promise<{ readonly open: number; readonly ledgerUs: number } | undefined> {
  const stats: unknown = JSON.parse(Buffer.from(await link.ask({ op: 'stats' })).toString());
  if (typeof stats !== 'object' || stats === null) return undefined;
  const { openHolds: open, ledgerUs }: { openHolds?: unknown; ledgerUs?: unknown } = stats;
  if (typeof open !== 'number' || typeof ledgerUs !== 'number') return undefined;
  return Number.isSafeInteger(ledgerUs) && ledgerUs > 0 ? { open, ledgerUs } : undefined;
}

/** Appends all entries after those that were read; returns what there is then. */
async function readEntries(link: ShardLink, file: EntriesWriter, before: number): Promise<number> {
  let read = before;
  let chunk = await link.ask({ op: 'entries', fromLsn: read });
  while (chunk.length > 0) {
    read += entriesIn(chunk);
    const next = link.ask({ op: 'entries', fromLsn: read });
    next.catch(() => undefined);
    file.append(chunk);
    chunk = await next;
  }
  return read;
}

/** Writes all accounts. */
async function readAccounts(link: ShardLink, file: number): Promise<number> {
  let count = 0;
  for (;;) {
    const chunk = await link.ask({ op: 'accounts', from: count });
    if (chunk.length === 0) return count;
    if (chunk.length % ACCOUNT_BYTES !== 0) throw new Error('an export ends inside an account');
    writeFully(file, chunk, HEAD_BYTES + count * ACCOUNT_BYTES);
    count += chunk.length / ACCOUNT_BYTES;
  }
}

/** How many entries a chunk holds. Throws on a cut or impossible one: such books are not complete. */
function entriesIn(chunk: Uint8Array): number {
  if (chunk.length % 4 !== 0) throw new Error('an export ends inside an entry');
  const words = asWords(chunk);
  let entries = 0;
  let at = 0;
  while (at < words.length) {
    if (at + ENTRY_HEAD_BYTES / 4 > words.length) throw new Error('an export ends inside an entry');
    const legs = words[at + ENTRY.legs / 4] & 255;
    if (legs > LEGS_MAX) throw new Error(`an entry claims ${legs} legs`);
    at += entryWords(words, at);
    entries++;
  }
  if (at > words.length) throw new Error('an export ends inside an entry');
  return entries;
}

function writeFully(file: number, chunk: Uint8Array, at: number): void {
  let done = 0;
  while (done < chunk.length) done += writeSync(file, chunk, done, chunk.length - done, at + done);
}
