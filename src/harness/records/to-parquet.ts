/**
 * The binary records of a run become Parquet, for people, for queries and to keep: `journal.parquet/*.parquet` is one table,
 * `books/transfers-*.parquet` and `books/accounts-*.parquet` one each. A part is a worker or a shard, each on its own
 * thread, as many at once as there are cores. The binary files of a part go away when it is done, so that only the parts
 * under way are on the disk twice. A part that fails leaves its binary files and no half of a Parquet file.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { BOOKS_MODULE, run as convertBooksPart } from './books-file.js';
import { ROW_GROUP_ROWS } from './column-file.js';
import {
  run as convertJournalPart,
  OPERATIONS_MODULE,
  type OperationsPart,
} from './operations-file.js';
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

export interface JournalFacts {
  readonly operations: number;
  readonly completions: number;
}

/** Converts what is still binary of journal and books. Rejects with the file system's error; nothing is lost then. */
export async function convertRun(
  options: ConvertOptions & { readonly shards: number },
): Promise<void> {
  mkdirSync(join(options.folder, JOURNAL_TABLE), { recursive: true });
  const jobs: Job<unknown>[] = [...booksJobs(options), ...journalJobs(options)];
  await runAll(jobs);
  removeEmptyJournal(options);
}

export async function convertJournal(options: ConvertOptions): Promise<JournalFacts> {
  mkdirSync(join(options.folder, JOURNAL_TABLE), { recursive: true });
  const converted = await runAll(journalJobs(options));
  removeEmptyJournal(options);
  return {
    operations: converted.reduce((sum, part) => sum + part.operations, 0),
    completions: converted.reduce((sum, part) => sum + part.completions, 0),
  };
}

type Job<Answer> = () => Promise<Answer>;

function journalJobs(options: ConvertOptions): Job<OperationsPart>[] {
  return binaryJournalParts(options.folder).map((part) => () => {
    const thread = runOnThread({
      module: OPERATIONS_MODULE,
      run: convertJournalPart,
      data: { part, rowGroupRows: options.rowGroupRows ?? ROW_GROUP_ROWS },
      signal: options.signal,
    });
    return replacing(thread, options, [part.invokes, part.completions], [part.part]);
  });
}

function booksJobs(options: ConvertOptions & { readonly shards: number }): Job<void>[] {
  const parts = Array.from({ length: options.shards }, (_, shard) =>
    booksPart(options.folder, shard),
  ).filter((part) => part.entries !== undefined);
  return parts.map((part) => () => {
    const thread = runOnThread({
      module: BOOKS_MODULE,
      run: convertBooksPart,
      data: { part, rowGroupRows: options.rowGroupRows ?? ROW_GROUP_ROWS },
      signal: options.signal,
    });
    const parquet = [part.transfersPart, part.accountsPart];
    return replacing(thread, options, [part.entries, part.accounts], parquet);
  });
}

/** Only one of both stays: the Parquet files where they were written to the end, else the binary ones. */
async function replacing<Answer>(
  written: Promise<Answer>,
  { keepBinary }: ConvertOptions,
  binary: readonly (string | undefined)[],
  parquet: readonly string[],
): Promise<Answer> {
  try {
    const answer = await written;
    if (!keepBinary) remove(binary);
    return answer;
  } catch (cause) {
    remove(parquet);
    throw cause;
  }
}

/** As many at once as there are cores. Rejects with the first failure, when nothing is under way any more. */
async function runAll<Answer>(jobs: readonly Job<Answer>[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = [...jobs.entries()];
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !failed; next = waiting.shift()) {
      const [index, job] = next;
      try {
        answers[index] = await job();
      } catch (cause) {
        failed = true;
        throw cause;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: availableParallelism() }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return answers;
}

function removeEmptyJournal({ folder, keepBinary }: ConvertOptions): void {
  const binary = join(folder, JOURNAL_FOLDER);
  const isEmpty = existsSync(binary) && readdirSync(binary).length === 0;
  if (!keepBinary && isEmpty) rmSync(binary, { recursive: true });
}

function remove(paths: readonly (string | undefined)[]): void {
  for (const path of paths) if (path !== undefined) rmSync(path, { force: true });
}
