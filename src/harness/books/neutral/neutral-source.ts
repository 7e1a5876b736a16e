/**
 * Books in the neutral schema, wherever they stand (books-spec.ts): read before the load for what is there already, and again when all
 * is at rest. They are read twice then, and must be the same both times: books that still change would accuse an honest
 * ledger.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../message-of.js';
import {
  BOOKS_FILE,
  BOOKS_FOLDER,
  type BooksFacts,
  booksFactsText,
} from '../../records/run-layout.js';
import type { Evidence } from '../../records/target-facts.js';
import { UserError } from '../../user-error.js';
import type { BooksSource } from '../books-source.js';
import type { BooksSpec, Command, RowsSource } from './books-spec.js';
import { buildBooks, keepAsBefore } from './build-books.js';
import { RAW, type RawName, RawTables, type ReadRows, type Rows } from './raw-tables.js';
import { fileRows } from './readers/file-rows.js';
import { httpRows } from './readers/http-rows.js';
import type { Snapshot } from './readers/snapshot.js';
import { openSnapshot } from './readers/sql-rows.js';

export interface NeutralOptions {
  readonly spec: BooksSpec;
  /** Connection URLs by name. */
  readonly databases: Readonly<Record<string, string>>;
  /** From which relative paths of files are meant. */
  readonly folder: string;
  readonly allowTargets: readonly string[];
  /** Resolves when the command has ended well. */
  readonly runCommand: (command: Command) => Promise<void>;
}

/** What the books of a target showed before the load. */
export interface NeutralShown {
  readonly evidence: Evidence;
  readonly hasAccounts: boolean;
  readonly ordersByVersion: boolean;
  readonly entries: number;
  readonly accounts: number;
}

interface Reading {
  readonly tables: RawTables;
  readonly entries: ReadRows;
  readonly accounts: ReadRows | undefined;
}

/**
 * Reads what is there before the load into `before`, a folder of the drill's. Rejects with UserError where the books cannot be read or
 * make none.
 */
export async function readBefore(
  options: NeutralOptions,
  { before, signal }: { readonly before: string; readonly signal: AbortSignal },
): Promise<NeutralShown> {
  mkdirSync(before, { recursive: true });
  const reading = await read(options, { folder: before, signal });
  try {
    await keepAsBefore(reading.tables, before);
    return shownBy(reading);
  } finally {
    reading.tables.close();
  }
}

/** Rejects with UserError where the rows have not the columns. */
export function shownBy({
  entries,
  accounts,
}: Pick<Reading, 'entries' | 'accounts'>): NeutralShown {
  const has = (name: string): boolean => entries.columns.has(name);
  return {
    evidence: evidenceOf(has),
    hasAccounts: accounts !== undefined,
    ordersByVersion: has('version') && !has('position'),
    entries: entries.count,
    accounts: accounts?.count ?? 0,
  };
}

function evidenceOf(has: (name: string) => boolean): Evidence {
  if (has('version') && has('balance_after')) return 'versions';
  if (has('position')) return 'order';
  return has('at') ? 'timestamps' : 'ids';
}

/** `before`: the folder that `readBefore` wrote. */
export function neutralBooks(options: NeutralOptions, before: string): BooksSource {
  return {
    fetch: ({ folder, runId, signal }) => fetchNeutral(options, { before, folder, runId, signal }),
  };
}

interface FetchOptions {
  readonly before: string;
  readonly folder: string;
  readonly runId: string;
  readonly signal: AbortSignal | undefined;
}

/** Replaces the books of a run folder. Never rejects, as BooksSource says. */
async function fetchNeutral(
  options: NeutralOptions,
  { before, folder, runId, signal }: FetchOptions,
): Promise<BooksFacts> {
  const books = join(folder, BOOKS_FOLDER);
  const facts: BooksFacts = {
    complete: false,
    shards: 1,
    before: [0],
    entries: [0],
    accounts: [0],
    readAtUs: [0],
  };
  let result: BooksFacts;
  try {
    if (before !== books) rmSync(books, { recursive: true, force: true });
    mkdirSync(books, { recursive: true });
    const how = { folder: books, signal: signal ?? new AbortController().signal };
    const reading = await read(options, how);
    try {
      await refuseChanging(options, reading, how);
      const built = await buildBooks(reading.tables, reading, { before, runFolder: folder, runId });
      result = { ...facts, entries: [built.entries], accounts: [built.accounts], complete: true };
    } finally {
      reading.tables.close();
    }
  } catch (cause) {
    const reason = messageOf(cause).split('\n')[0] ?? 'no reason given';
    result = { ...facts, reason };
  }
  if (existsSync(books)) writeFileSync(join(books, BOOKS_FILE), booksFactsText(runId, result));
  return result;
}

/** The same rows again, in any order? Only their number and the sum of their hashes are kept. */
async function refuseChanging(
  options: NeutralOptions,
  { tables }: Reading,
  how: { readonly folder: string; readonly signal: AbortSignal },
): Promise<void> {
  const again = await read(options, { ...how, folder: join(how.folder, '.again') });
  try {
    for (const name of ['entries', 'accounts'] as const)
      if ((await digestOf(tables, name)) !== (await digestOf(again.tables, name)))
        throw new UserError(
          `the books still change: two readings of the ${name} differ; say in 'settled' when the target is at rest`,
        );
  } finally {
    again.tables.close();
    rmSync(join(how.folder, '.again'), { recursive: true, force: true });
  }
}

async function digestOf(tables: RawTables, name: RawName): Promise<string> {
  const { table, columns } = RAW[name];
  const row = columns.map(({ name: column }) => `"${column}"`).join(', ');
  const reader = await tables.connection.runAndReadAll(
    `select count(*)::text || ' ' || coalesce(sum(hash(${row}))::text, '') as digest from ${table}`,
  );
  return String(reader.getRowObjectsJson()[0]?.digest);
}

/** Entries and accounts of one database from one snapshot. Rejects with UserError. */
async function read(
  options: NeutralOptions,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<Reading> {
  const { spec } = options;
  mkdirSync(folder, { recursive: true });
  const tables = await RawTables.open(folder);
  const snapshots = new Map<string, Snapshot>();
  const onAbort = (): void => {
    for (const snapshot of snapshots.values()) void snapshot.close();
  };
  signal.addEventListener('abort', onAbort);
  const fill = async (name: RawName, source: RowsSource): Promise<ReadRows> => {
    const where = `the ${name} of the books`;
    try {
      const rows = await rowsOf(source, options, { snapshots, signal });
      return await tables.fill(name, rows, { where, signal });
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof UserError) throw cause;
      throw new UserError(`${where} cannot be read: ${messageOf(cause)}`, { cause });
    }
  };
  try {
    const entries = await fill('entries', spec.entries);
    const accounts =
      spec.accounts === undefined ? undefined : await fill('accounts', spec.accounts);
    return { tables, entries, accounts };
  } catch (cause) {
    tables.close();
    throw cause;
  } finally {
    signal.removeEventListener('abort', onAbort);
    for (const snapshot of snapshots.values()) await snapshot.close();
  }
}

async function rowsOf(
  source: RowsSource,
  { databases, folder, allowTargets, runCommand }: NeutralOptions,
  {
    snapshots,
    signal,
  }: { readonly snapshots: Map<string, Snapshot>; readonly signal: AbortSignal },
): Promise<Rows> {
  if ('url' in source) return httpRows(source, { allowTargets, signal });
  if ('file' in source) {
    if (source.command !== undefined) await runCommand(source.command);
    return fileRows(source, folder);
  }
  const url = databases[source.database] ?? source.database;
  let snapshot = snapshots.get(url);
  if (snapshot === undefined) {
    snapshot = await openSnapshot({ url, allowTargets });
    snapshots.set(url, snapshot);
  }
  return snapshot.rows(source.sql);
}
