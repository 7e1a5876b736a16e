/** Reads what `books.json` says of the books in a run folder, and why there is nothing to judge by where there is not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARDS_MAX } from '../../wire/accounts.js';
import { BOOKS_FILE, BOOKS_FOLDER, type BooksFacts } from '../records/run-layout.js';

export interface NoBooks {
  readonly complete: false;
  readonly reason: string;
}

/** Complete books, or why they are not. Anything that cannot be read counts as not complete. */
export function readBooksFacts(folder: string): (BooksFacts & { complete: true }) | NoBooks {
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
  // Run folders of before this was told began with empty books.
  const before = 'before' in value ? counts(value.before) : entries.map(() => 0);
  const isWhole = Number.isInteger(shards) && shards >= 1 && shards <= SHARDS_MAX;
  if (!(isWhole && entries.length === shards && accounts.length === shards))
    return noBooks(
      `${BOOKS_FOLDER}/${BOOKS_FILE} does not say how many entries and accounts each shard has`,
    );
  if (before.length !== shards || before.some((count, shard) => !(count <= (entries[shard] ?? 0))))
    return noBooks(`${BOOKS_FOLDER}/${BOOKS_FILE} does not say how many entries were there before`);
  return { complete: true, shards, entries, accounts, before };
}

/** Why the books are not what was fetched; undefined where they are. `entries`, `accounts`: found, by shard. */
export function shortBooks(
  books: BooksFacts,
  entries: readonly number[],
  accounts: readonly number[],
): string | undefined {
  return (
    difference('entries', entries, books.entries) ??
    difference('accounts', accounts, books.accounts)
  );
}

function difference(
  what: string,
  found: readonly number[],
  expected: readonly number[],
): string | undefined {
  const shard = expected.findIndex((count, index) => count !== found[index]);
  if (shard < 0) return undefined;
  return `the books of shard ${shard} hold ${found[shard] ?? 0} ${what} where ${expected[shard]} were read`;
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
