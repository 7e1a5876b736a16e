/**
 * Turns some of a run's binary files into Parquet tables, one after the other: what one thread of to-parquet.ts does. One that
 * fails leaves no half of a Parquet file, and ends the work. Binary files are read and left alone.
 */
import { rmSync } from 'node:fs';
import { convertAccounts, convertEntries } from './books-file.js';
import { run as convertOperations } from './operations-file.js';
import type { JournalPart } from './run-layout.js';

export type Table =
  | { readonly of: 'operations'; readonly part: JournalPart; readonly to: string }
  | {
      readonly of: 'entries' | 'accounts';
      readonly shard: number;
      readonly from: string;
      readonly to: string;
    };

/** For thread.ts. */
export const TABLES_MODULE = import.meta.url;

/** Throws the file system's error. */
export function run(job: {
  readonly tables: readonly Table[];
  readonly rowGroupRows: number;
}): void {
  for (const table of job.tables) {
    try {
      convert(table, job.rowGroupRows);
    } catch (cause) {
      rmSync(table.to, { force: true });
      throw cause;
    }
  }
}

function convert(table: Table, rowGroupRows: number): void {
  switch (table.of) {
    case 'operations':
      convertOperations({ part: table.part, rowGroupRows });
      return;
    case 'entries':
      convertEntries({ ...table, rowGroupRows });
      return;
    case 'accounts':
      convertAccounts({ ...table, rowGroupRows });
      return;
    default:
      throw table satisfies never;
  }
}
