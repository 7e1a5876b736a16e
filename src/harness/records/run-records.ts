/**
 * Where the records of a run lie: in binary as they were written and fetched, or in Parquet once they are converted. The
 * same records either way.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT_BYTES, ENTRY_HEAD_BYTES } from '../../wire/ledger-log.js';
import { accountSlabs, completionSlabs, entrySlabs, invokeSlabs, rowsIn } from './column-slabs.js';
import { COMPLETION_BYTES, completionsFile, INVOKE_BYTES, invokesFile } from './journal-layout.js';
import {
  accountsBinary,
  accountsPart,
  BOOKS_FOLDER,
  type BooksPart,
  entriesBinary,
  JOURNAL_FOLDER,
  JOURNAL_TABLE,
  type JournalPart,
  journalPart,
  transfersPart,
} from './run-layout.js';
import { RecordsError, recordSlabs, type Slab, variableSlabs } from './slabs.js';
import { entryWords } from './words.js';

/** Numbers of the workers that left a journal, ascending. */
export function journalWorkers(folder: string): number[] {
  const workers = new Set([
    ...numbersIn(join(folder, JOURNAL_FOLDER), /^invokes-(\d+)\.bin$/),
    ...numbersIn(join(folder, JOURNAL_TABLE), /^part-(\d+)\.parquet$/),
  ]);
  return [...workers].sort((a, b) => a - b);
}

/**
 * The Parquet files of a table, by name: one file, or, where somebody wrote it again in several as Spark does, those in the folder of
 * its name. The path itself where there is neither.
 */
export function parquetFiles(path: string): string[] {
  if (!isFolder(path)) return [path];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[^._].*\.parquet$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return files.length > 0 ? files.sort() : [path];
}

/** Whether the journal is Parquet of which no part is a worker's: all of it was written again. */
export function isJournalRewritten(folder: string): boolean {
  return journalWorkers(folder).length === 0 && existsSync(join(folder, JOURNAL_TABLE));
}

/** Whether a run left a journal, binary or Parquet, whoever wrote it. */
export function hasJournal(folder: string): boolean {
  return journalWorkers(folder).length > 0 || isJournalRewritten(folder);
}

/** The parts of a run's journal, by worker; empty where it has none. */
export function journalParts(folder: string): JournalPart[] {
  return journalWorkers(folder).map(
    (worker) => binaryPart(folder, worker) ?? tablePart(folder, worker),
  );
}

/** Of these, those that are still binary. */
export function binaryJournalParts(folder: string): JournalPart[] {
  return journalWorkers(folder)
    .map((worker) => binaryPart(folder, worker))
    .filter((part) => part !== undefined);
}

function binaryPart(folder: string, worker: number): JournalPart | undefined {
  const binary = join(folder, JOURNAL_FOLDER);
  const invokes = join(binary, invokesFile(worker));
  if (!existsSync(invokes)) return undefined;
  const operations = Math.floor(statSync(invokes).size / INVOKE_BYTES);
  const completions = join(binary, completionsFile(worker));
  const part = join(folder, JOURNAL_TABLE, journalPart(worker));
  return { worker, operations, invokes, completions, part };
}

/** Throws UnreadableColumnsError for a part that column-file.ts has not written. */
function tablePart(folder: string, worker: number): JournalPart {
  const part = join(folder, JOURNAL_TABLE, journalPart(worker));
  return { worker, operations: rowsIn(part), invokes: undefined, completions: undefined, part };
}

/** The books of one shard. Throws RecordsError where they are neither binary nor Parquet. */
export function booksPart(folder: string, shard: number): BooksPart {
  const books = join(folder, BOOKS_FOLDER);
  const entries = join(books, entriesBinary(shard));
  const accounts = join(books, accountsBinary(shard));
  const transfers = join(books, transfersPart(shard));
  const accountsAsTable = join(books, accountsPart(shard));
  const hasBinary = existsSync(entries) && existsSync(accounts);
  if (!hasBinary)
    for (const path of [transfers, accountsAsTable])
      if (!existsSync(path)) throw new RecordsError(`${path} is missing`);
  return {
    shard,
    entries: hasBinary ? entries : undefined,
    accounts: hasBinary ? accounts : undefined,
    transfersPart: transfers,
    accountsPart: accountsAsTable,
  };
}

export function invokesOf(part: JournalPart): Iterable<Slab> {
  return part.invokes === undefined
    ? invokeSlabs(part.part)
    : recordSlabs(part.invokes, INVOKE_BYTES);
}

/** None where the worker was killed before its first answer. */
export function completionsOf(part: JournalPart): Iterable<Slab> {
  if (part.completions === undefined) return completionSlabs(part.part);
  return existsSync(part.completions) ? recordSlabs(part.completions, COMPLETION_BYTES) : [];
}

export function entriesOf(part: BooksPart): Iterable<Slab> {
  return part.entries === undefined
    ? entrySlabs(part.transfersPart, part.shard)
    : variableSlabs(part.entries, ENTRY_HEAD_BYTES / 4, entryWords);
}

export function accountsOf(part: BooksPart): Iterable<Slab> {
  return part.accounts === undefined
    ? accountSlabs(part.accountsPart)
    : recordSlabs(part.accounts, ACCOUNT_BYTES);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function numbersIn(folder: string, pattern: RegExp): number[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .map((name) => pattern.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number);
}
