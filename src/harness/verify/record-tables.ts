/** The tables of a run folder: in which files each is, and which columns it has. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LEGS_MAX } from '../../wire/ledger-commands.js';
import type { ColumnSpec } from '../records/column-spec.js';
import { DECISIONS_PART } from '../records/decisions-file.js';
import { accountsPart, BOOKS_FOLDER, JOURNAL_TABLE, transfersPart } from '../records/run-layout.js';
import { parquetFiles } from '../records/run-records.js';
import {
  ACCOUNT_COLUMNS,
  DECISION_COLUMNS,
  ENTRY_COLUMNS,
  entryColumns,
  OPERATION_COLUMNS,
} from '../records/table-columns.js';
import { legsOf } from './run-views.js';
import type { Described } from './table-view.js';

export interface Table {
  readonly name: string;
  readonly files: readonly string[];
  /** What it has at least; what its parts lack of it at the end is nothing in every row. */
  readonly all: readonly ColumnSpec[];
  /** By the columns that its first part has. */
  readonly specs: (columns: readonly Described[]) => readonly ColumnSpec[];
}

/** Of a run with books of so many shards. */
export function tablesOf(folder: string, shards: number): Table[] {
  const books = join(folder, BOOKS_FOLDER);
  const journal = join(folder, JOURNAL_TABLE);
  const decisions = join(books, DECISIONS_PART);
  const ofShards = (part: (shard: number) => string): string[] =>
    Array.from({ length: shards }, (_, shard) => parquetFiles(join(books, part(shard)))).flat();
  const ofWorkers = existsSync(journal) ? parquetFiles(journal) : [];
  return [
    { name: 'journal', files: ofWorkers, all: [], specs: () => OPERATION_COLUMNS },
    {
      name: 'entries',
      all: ENTRY_COLUMNS,
      files: ofShards(transfersPart),
      specs: (columns) => entryColumns(columns.length === 0 ? LEGS_MAX : legsOf(columns)),
    },
    { name: 'accounts', files: ofShards(accountsPart), all: [], specs: () => ACCOUNT_COLUMNS },
    {
      name: 'decisions',
      files: existsSync(decisions) ? parquetFiles(decisions) : [],
      all: [],
      specs: () => DECISION_COLUMNS,
    },
  ];
}
