/**
 * The binary records of a run become Parquet, for people, for queries and to keep: `journal.parquet/*.parquet` is one table,
 * `books/transfers-*.parquet` and `books/accounts-*.parquet` one each. A part is a worker or a shard, each on its own
 * thread. The binary files of a part go away when it is done.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BOOKS_MODULE, run as convertBooksPart } from './books-file.js';
import { ROW_GROUP_ROWS } from './column-file.js';
import { run as convertJournalPart, OPERATIONS_MODULE } from './operations-file.js';
import { JOURNAL_FOLDER, JOURNAL_TABLE } from './run-layout.js';
import { booksPart, journalParts } from './run-records.js';
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

export interface JournalFacts {
  readonly operations: number;
  readonly completions: number;
}

/** Converts what is still binary of journal and books. Rejects with the file system's error; nothing is lost then. */
export async function convertRun(
  options: ConvertOptions & { readonly shards: number },
): Promise<void> {
  await Promise.all([convertJournal(options), convertBooks(options)]);
}

export async function convertJournal(options: ConvertOptions): Promise<JournalFacts> {
  const binary = join(options.folder, JOURNAL_FOLDER);
  mkdirSync(join(options.folder, JOURNAL_TABLE), { recursive: true });
  const parts = journalParts(options.folder).filter((part) => part.invokes !== undefined);
  const converted = await Promise.all(
    parts.map(async (part) => {
      const facts = await runOnThread({
        module: OPERATIONS_MODULE,
        run: convertJournalPart,
        data: { part, rowGroupRows: options.rowGroupRows ?? ROW_GROUP_ROWS },
        signal: options.signal,
      });
      if (!options.keepBinary) remove(part.invokes, part.completions);
      return facts;
    }),
  );
  const isEmpty = existsSync(binary) && readdirSync(binary).length === 0;
  if (!options.keepBinary && isEmpty) rmSync(binary, { recursive: true });
  return {
    operations: converted.reduce((sum, part) => sum + part.operations, 0),
    completions: converted.reduce((sum, part) => sum + part.completions, 0),
  };
}

async function convertBooks(options: ConvertOptions & { readonly shards: number }): Promise<void> {
  const parts = Array.from({ length: options.shards }, (_, shard) =>
    booksPart(options.folder, shard),
  ).filter((part) => part.entries !== undefined);
  await Promise.all(
    parts.map(async (part) => {
      await runOnThread({
        module: BOOKS_MODULE,
        run: convertBooksPart,
        data: { part, rowGroupRows: options.rowGroupRows ?? ROW_GROUP_ROWS },
        signal: options.signal,
      });
      if (!options.keepBinary) remove(part.entries, part.accounts);
    }),
  );
}

function remove(...paths: readonly (string | undefined)[]): void {
  for (const path of paths) if (path !== undefined) rmSync(path, { force: true });
}
