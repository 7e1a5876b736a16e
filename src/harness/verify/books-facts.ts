/** Reads what `books.json` says of the books in a run folder, and why there is nothing to judge by where there is not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARDS_MAX } from '../../wire/accounts.js';
import { BOOKS_FILE, BOOKS_FOLDER, type BooksFacts } from '../records/run-layout.js';
import type { Circumstances } from './circumstances.js';

export interface NoBooks {
  readonly complete: false;
  readonly reason: string;
}

/** Complete books of a run. */
export interface WholeBooks extends BooksFacts {
  readonly complete: true;
  /** Undefined where it is not told. */
  readonly runId: string | undefined;
}

/** What the books of a run hold, by shard. */
export interface FoundBooks {
  readonly entries: readonly number[];
  readonly accounts: readonly number[];
}

/** Complete books, or why they are not. Anything that cannot be read counts as not complete. */
export function readBooksFacts(folder: string): WholeBooks | NoBooks {
  const path = join(folder, BOOKS_FOLDER, BOOKS_FILE);
  if (!existsSync(path)) return noBooks('the books were never read');
  const value = parse(readFileSync(path, 'utf8'));
  if (typeof value !== 'object' || value === null || !('complete' in value))
    return noBooks(`${BOOKS_FOLDER}/${BOOKS_FILE} cannot be read`);
  if (value.complete !== true) {
    const reason = 'reason' in value ? String(value.reason) : 'no reason given';
    return noBooks(`the books are not complete: ${reason}`);
  }
  const shards = 'shards' in value ? Number(value.shards) : 0;
  const entries = 'entries' in value ? counts(value.entries) : [];
  const accounts = 'accounts' in value ? counts(value.accounts) : [];
  const runId = 'run_id' in value ? String(value.run_id) : undefined;
  // Run folders of before this was told began with empty books.
  const before = 'before' in value ? counts(value.before) : entries.map(() => 0);
  // Of before it was told, or of shards that do not tell: 0.
  const readAtUs = 'readAtUs' in value ? counts(value.readAtUs) : entries.map(() => 0);
  const isWhole = Number.isInteger(shards) && shards >= 1 && shards <= SHARDS_MAX;
  if (!(isWhole && entries.length === shards && accounts.length === shards))
    return noBooks(
      `${BOOKS_FOLDER}/${BOOKS_FILE} does not say how many entries and accounts each shard has`,
    );
  if (before.length !== shards || before.some((count, shard) => !(count <= (entries[shard] ?? 0))))
    return noBooks(`${BOOKS_FOLDER}/${BOOKS_FILE} does not say how many entries were there before`);
  if (readAtUs.length !== shards)
    return noBooks(
      `${BOOKS_FOLDER}/${BOOKS_FILE} does not say when the books of each shard were read`,
    );
  return { complete: true, runId, shards, entries, accounts, before, readAtUs };
}

/** Why these are not the books of the run that is judged, in one line; undefined where they are. */
export function foreignBooks(
  { runId }: WholeBooks,
  { plan, journal, isDrill }: Circumstances,
): string | undefined {
  const expected = isDrill ? plan.runId : (journal?.runId ?? runId);
  return runId === expected ? undefined : 'the books are of another run than the journal';
}

/** Why the books are not what was fetched, in one line; undefined where they are. */
export function shortBooks(books: BooksFacts, found: FoundBooks): string | undefined {
  for (let shard = 0; shard < books.shards; shard++) {
    const line = shortShard(books, found, shard);
    if (line !== undefined) return `the books of shard ${shard} ${line}`;
  }
  return undefined;
}

function shortShard(books: BooksFacts, found: FoundBooks, shard: number): string | undefined {
  for (const what of ['entries', 'accounts'] as const)
    if (found[what][shard] !== books[what][shard])
      return `hold ${found[what][shard]} ${what} where ${books[what][shard]} were read`;
  return undefined;
}

/** Whole numbers; empty where there is anything else among them. */
function counts(value: unknown): number[] {
  if (!Array.isArray(value)) return [];
  return value.every((count) => Number.isSafeInteger(count) && count >= 0) ? value : [];
}

function noBooks(reason: string): NoBooks {
  return { complete: false, reason: reason.split('\n')[0] ?? reason };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
