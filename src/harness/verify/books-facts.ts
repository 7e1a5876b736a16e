/** Reads what `books.json` says of the books in a run folder, and why there is nothing to judge by where there is not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  if (!(shards >= 1 && entries.length === shards && accounts.length === shards))
    return noBooks(
      `${BOOKS_FOLDER}/${BOOKS_FILE} does not say how many entries and accounts each shard has`,
    );
  return { complete: true, shards, entries, accounts };
}

function counts(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function noBooks(reason: string): NoBooks {
  return { complete: false, reason };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
