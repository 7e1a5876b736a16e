/** Takes the records out of a run folder, binary and Parquet: what is left is what people and programs read of it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_FILE } from './journal-record.js';
import { BOOKS_FOLDER, JOURNAL_FOLDER, JOURNAL_TABLE, LISTS_FOLDER } from './run-layout.js';

/** Throws the file system's error. */
export function removeRecords(folder: string): void {
  for (const name of [JOURNAL_FOLDER, JOURNAL_TABLE, JOURNAL_FILE, BOOKS_FOLDER, LISTS_FOLDER])
    rmSync(join(folder, name), { recursive: true, force: true });
}
