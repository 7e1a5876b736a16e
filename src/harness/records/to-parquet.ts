/**
 * The binary records of a run become Parquet, for people, for queries and to keep: `journal.parquet/*.parquet` is one table,
 * `books/transfers-*.parquet` and `books/accounts-*.parquet` one each. There are as many threads as cores, each with files of
 * about as many bytes, so that all end together and what a thread has warmed up for one file serves the next. Where all
 * are written the binary files go; where one fails they all stay, and are what is read.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ROW_GROUP_ROWS } from './column-file.js';
import { beside, run as convertTables, TABLES_MODULE, type Table } from './convert-tables.js';
import { bytesOf, type Segment } from './record-files.js';
import { JOURNAL_FOLDER, JOURNAL_TABLE } from './run-layout.js';
import { binaryJournalParts, booksPart } from './run-records.js';
import { runOnThread } from './thread.js';

export interface ConvertOptions {
  /** The run folder. */
  readonly folder: string;
  /** Keeps the binary files too. */
  readonly keepBinary: boolean;
  /** Default: ROW_GROUP_ROWS. */
  readonly rowGroupRows?: number;
  readonly signal?: AbortSignal;
}

/** Converts what is still binary of journal and books. Rejects with the file system's error; nothing is lost then. */
export async function convertRun(
  options: ConvertOptions & { readonly shards: number },
): Promise<void> {
  await convert([...journalFiles(options), ...booksFiles(options)], options);
}

/** A table to be written, and the binary files that it is made of. */
interface BinaryFiles {
  readonly table: Table;
  readonly binary: readonly Segment[];
}

/** Rejects with the first failure, when nothing is under way any more. */
async function convert(files: readonly BinaryFiles[], options: ConvertOptions): Promise<void> {
  const { folder, keepBinary, rowGroupRows = ROW_GROUP_ROWS, signal } = options;
  if (files.length > 0) mkdirSync(join(folder, JOURNAL_TABLE), { recursive: true });
  const threads = dealt(files, availableParallelism()).map(({ tables, bytes }) =>
    runOnThread({
      module: TABLES_MODULE,
      run: convertTables,
      data: { tables, rowGroupRows },
      bytes,
      signal,
    }),
  );
  for (const ended of await Promise.allSettled(threads)) {
    if (ended.status !== 'rejected') continue;
    for (const { table } of files) rmSync(beside(table), { force: true });
    throw ended.reason;
  }
  if (!keepBinary) {
    for (const { path } of files.flatMap(({ binary }) => binary)) rmSync(path, { force: true });
    // All of it was converted; of a harness that was killed while it packed, a file may be there twice.
    rmSync(join(folder, JOURNAL_FOLDER), { recursive: true, force: true });
  }
}

interface Lane {
  readonly tables: readonly Table[];
  readonly bytes: number;
}

/** The largest first, each to the thread that has the least to do so far. */
function dealt(files: readonly BinaryFiles[], threads: number): readonly Lane[] {
  const lanes = Array.from({ length: threads }, () => ({ bytes: 0, tables: [] as Table[] }));
  const sized = files.map(({ table, binary }) => ({ table, bytes: bytesOf(binary) }));
  for (const { table, bytes } of sized.sort((a, b) => b.bytes - a.bytes)) {
    const lane = lanes.reduce((least, one) => (one.bytes < least.bytes ? one : least));
    lane.tables.push(table);
    lane.bytes += bytes;
  }
  return lanes.filter((lane) => lane.tables.length > 0);
}

function journalFiles({ folder }: ConvertOptions): BinaryFiles[] {
  return binaryJournalParts(folder).flatMap((part) => {
    const { binary, part: to } = part;
    if (binary === undefined) return [];
    const segments = [...binary.invokes, ...binary.completions];
    return { table: { of: 'operations', part, to }, binary: segments };
  });
}

function booksFiles({
  folder,
  shards,
}: ConvertOptions & { readonly shards: number }): BinaryFiles[] {
  return Array.from({ length: shards }, (_, shard) => booksPart(folder, shard)).flatMap((part) => {
    const { shard, binary, transfersPart, accountsPart } = part;
    if (binary === undefined) return [];
    const files = (
      of: 'entries' | 'accounts',
      from: readonly Segment[],
      to: string,
    ): BinaryFiles => ({
      table: { of, shard, from, to },
      binary: from,
    });
    return [
      files('entries', binary.entries, transfersPart),
      files('accounts', binary.accounts, accountsPart),
    ];
  });
}
