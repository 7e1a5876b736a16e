/**
 * The journal's binary files become `journal.parquet/part-<worker>.parquet`, one part a load worker, each on its
 * own thread. Names the part files' folder as Parquet readers expect: `journal.parquet/*.parquet` is one table.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROW_GROUP_ROWS } from './column-file.js';
import { completionsFile, invokesFile } from './layout.js';
import { OPERATIONS_MODULE, run } from './operations-file.js';
import { runOnThread } from './thread.js';

export const JOURNAL_FOLDER = 'journal';
export const JOURNAL_TABLE = 'journal.parquet';

export interface JournalFacts {
  readonly operations: number;
  readonly completions: number;
}

/**
 * Converts `<folder>/journal/*.bin`. The binary files are removed as their part is done unless `keepBinary`.
 * Rejects with the file system's error; what was binary then still is.
 */
export async function convertJournal(options: {
  readonly folder: string;
  readonly keepBinary: boolean;
  /** Default: ROW_GROUP_ROWS. */
  readonly rowGroupRows?: number;
  readonly signal?: AbortSignal;
}): Promise<JournalFacts> {
  const source = join(options.folder, JOURNAL_FOLDER);
  const target = join(options.folder, JOURNAL_TABLE);
  mkdirSync(target, { recursive: true });
  const parts = await Promise.all(
    workersIn(source).map(async (worker) => {
      const part = await runOnThread({
        module: OPERATIONS_MODULE,
        run,
        data: {
          folder: source,
          worker,
          target: join(target, `part-${worker}.parquet`),
          rowGroupRows: options.rowGroupRows ?? ROW_GROUP_ROWS,
        },
        signal: options.signal,
      });
      if (!options.keepBinary)
        for (const name of [invokesFile(worker), completionsFile(worker)])
          rmSync(join(source, name), { force: true });
      return part;
    }),
  );
  if (!options.keepBinary && readdirSync(source).length === 0) rmSync(source, { recursive: true });
  return {
    operations: parts.reduce((sum, part) => sum + part.operations, 0),
    completions: parts.reduce((sum, part) => sum + part.completions, 0),
  };
}

/** Numbers of the workers whose journal lies in the folder, ascending. */
export function workersIn(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => /^invokes-(\d+)\.bin$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}
