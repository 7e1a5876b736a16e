/**
 * Where the records of a run lie: in binary as they were written and fetched, or in Parquet once they are converted. The
 * same records either way.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT_BYTES } from '../../wire/ledger-log.js';
import { accountSlabs, completionSlabs, entrySlabs, invokeSlabs, rowsIn } from './column-slabs.js';
import { COMPLETION_BYTES, INVOKE_BYTES } from './journal-layout.js';
import { partsIn, type Segment, segmentsOf } from './record-files.js';
import {
  accountsPart,
  BOOKS_FOLDER,
  type BooksPart,
  JOURNAL_FOLDER,
  JOURNAL_TABLE,
  type JournalPart,
  journalPart,
  transfersPart,
} from './run-layout.js';
import { SegmentReader } from './segment-reader.js';
import { entrySlabs as binaryEntrySlabs, recordSlabs, type Slab } from './slabs.js';
import { RecordsError } from './unreadable.js';

/** Numbers of the workers that left a journal, ascending. */
export function journalWorkers(folder: string): number[] {
  const workers = new Set([
    ...partsIn(join(folder, JOURNAL_FOLDER), 'invokes'),
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
  const of = (kind: 'invokes' | 'completions'): Segment[] =>
    segmentsOf(join(folder, JOURNAL_FOLDER), { kind, part: worker });
  const invokes = of('invokes');
  if (invokes.length === 0) return undefined;
  const part = join(folder, JOURNAL_TABLE, journalPart(worker));
  const binary = { invokes, completions: of('completions') };
  return { worker, operations: recordsIn(invokes, INVOKE_BYTES), binary, part };
}

function recordsIn(segments: readonly Segment[], recordBytes: number): number {
  const reader = new SegmentReader(segments, recordBytes);
  reader.close();
  return reader.records;
}

/** Throws UnreadableColumnsError for a part that column-file.ts has not written. */
function tablePart(folder: string, worker: number): JournalPart {
  const part = join(folder, JOURNAL_TABLE, journalPart(worker));
  return { worker, operations: rowsIn(part), binary: undefined, part };
}

/** The books of one shard. Throws RecordsError where they are neither binary nor Parquet. */
export function booksPart(folder: string, shard: number): BooksPart {
  const books = join(folder, BOOKS_FOLDER);
  const of = (kind: 'entries' | 'accounts'): Segment[] => segmentsOf(books, { kind, part: shard });
  const binary = { entries: of('entries'), accounts: of('accounts') };
  const transfers = join(books, transfersPart(shard));
  const accountsAsTable = join(books, accountsPart(shard));
  const hasBinary = binary.entries.length > 0 && binary.accounts.length > 0;
  if (!hasBinary)
    for (const path of [transfers, accountsAsTable])
      if (!existsSync(path)) throw new RecordsError(`${path} is missing`);
  return {
    shard,
    binary: hasBinary ? binary : undefined,
    transfersPart: transfers,
    accountsPart: accountsAsTable,
  };
}

export function invokesOf({ binary, part }: JournalPart): Iterable<Slab> {
  return binary === undefined ? invokeSlabs(part) : recordSlabs(binary.invokes, INVOKE_BYTES);
}

export function completionsOf({ binary, part }: JournalPart): Iterable<Slab> {
  return binary === undefined
    ? completionSlabs(part)
    : recordSlabs(binary.completions, COMPLETION_BYTES);
}

export function entriesOf({ binary, shard, transfersPart: part }: BooksPart): Iterable<Slab> {
  return binary === undefined ? entrySlabs(part, shard) : binaryEntrySlabs(binary.entries);
}

export function accountsOf({ binary, accountsPart: part }: BooksPart): Iterable<Slab> {
  return binary === undefined ? accountSlabs(part) : recordSlabs(binary.accounts, ACCOUNT_BYTES);
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
