/**
 * Turns some of a run's binary files into Parquet tables, one after the other: what one thread of to-parquet.ts does. Each is written
 * beside its place and takes it when it is whole, so that nobody, a drill and a question at the same moment, ever reads half of
 * one. Binary files are read and left alone.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { convertAccounts, convertEntries } from './books-file.js';
import { convertOperations } from './operations-file.js';
import type { Segment } from './record-files.js';
import type { JournalPart } from './run-layout.js';

export type Table =
  | { readonly of: 'operations'; readonly part: JournalPart; readonly to: string }
  | {
      readonly of: 'entries' | 'accounts';
      readonly shard: number;
      readonly from: readonly Segment[];
      readonly to: string;
    };

export interface TablesJob {
  readonly tables: readonly Table[];
  readonly rowGroupRows: number;
}

/** For thread.ts. */
export const TABLES_MODULE = import.meta.url;

/** Rejects with the file system's error; what is beside the tables is the caller's to remove then. */
export async function run({ tables, rowGroupRows }: TablesJob): Promise<void> {
  for (const table of tables) {
    try {
      await convert(table, rowGroupRows);
    } catch (cause) {
      if (!isConvertedMeanwhile(table, cause)) throw cause;
      rmSync(beside(table), { force: true });
      continue;
    }
    renameSync(beside(table), table.to);
  }
}

/** Where the table is until it is whole; no reader takes it for a part. */
export function beside({ to }: Pick<Table, 'to'>): string {
  return join(dirname(to), `.${basename(to)}.${process.pid}`);
}

/** Another process was faster: it removes the binary files when all tables are in their places. */
function isConvertedMeanwhile({ to }: Table, cause: unknown): boolean {
  const isGone = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return isGone && existsSync(to);
}

async function convert(table: Table, rowGroupRows: number): Promise<void> {
  const to = beside(table);
  switch (table.of) {
    case 'operations':
      await convertOperations({ ...table, rowGroupRows, to });
      return;
    case 'entries':
      await convertEntries({ ...table, rowGroupRows, to });
      return;
    case 'accounts':
      convertAccounts({ ...table, rowGroupRows, to });
      return;
    default:
      throw table satisfies never;
  }
}
