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

export interface JournalFacts {
  readonly operations: number;
  readonly completions: number;
}

/** For thread.ts. */
export const TABLES_MODULE = import.meta.url;

/** What was in the journals among the tables. Throws the file system's error. */
export function run(job: {
  readonly tables: readonly Table[];
  readonly rowGroupRows: number;
}): JournalFacts {
  const facts = { operations: 0, completions: 0 };
  for (const table of job.tables) {
    try {
      const { operations, completions } = convert(table, job.rowGroupRows);
      facts.operations += operations;
      facts.completions += completions;
    } catch (cause) {
      rmSync(table.to, { force: true });
      throw cause;
    }
  }
  return facts;
}

const NONE: JournalFacts = { operations: 0, completions: 0 };

function convert(table: Table, rowGroupRows: number): JournalFacts {
  switch (table.of) {
    case 'operations':
      return convertOperations({ part: table.part, rowGroupRows });
    case 'entries':
      convertEntries({ ...table, rowGroupRows });
      return NONE;
    case 'accounts':
      convertAccounts({ ...table, rowGroupRows });
      return NONE;
    default:
      return table satisfies never;
  }
}
