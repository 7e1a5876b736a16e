/**
 * Opens a run folder for questions: what is still binary becomes Parquet, as for a verdict, and journal, books, faults and metrics
 * become tables. Judges nothing. Where a part of the run is not there its tables are empty, and a note says why.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DRILL_FILE, readDrillRecord } from '../records/drill-record.js';
import { hasJournal } from '../records/run-records.js';
import { convertRun } from '../records/to-parquet.js';
import { readBooksFacts } from './books-facts.js';
import { readPlan } from './circumstances.js';
import { RunDatabase } from './database.js';
import { drillTimeMacro } from './drill-time.js';
import { assertIsRun } from './no-run.js';
import { FILE_TABLES, fileTable } from './run-tables.js';
import { removeLeftSpills } from './spill.js';
import { isUnreadable, oneLine, UnreadableRunError } from './unreadable.js';

export interface OpenRun {
  readonly folder: string;
  /** On the drill's clock; undefined where the folder does not say. */
  readonly loadStartedUs: number | undefined;
  readonly database: RunDatabase;
  /** What is missing and leaves tables empty, one line each. */
  readonly notes: readonly string[];
  close(): void;
}

/**
 * The tables of database.ts with `faults` and `metrics`, and the macro `drill_us`. Rejects with NoRunError, with UnreadableRunError, with
 * the file system's error, or with the signal's reason. An abort stops whatever the database does, until the run is closed.
 */
export async function openRun(folder: string, signal: AbortSignal): Promise<OpenRun> {
  signal.throwIfAborted();
  assertIsRun(folder);
  removeLeftSpills(folder);
  try {
    return await open(folder, signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (!isUnreadable(cause)) throw cause;
    throw new UnreadableRunError(`${folder}: the run cannot be read: ${oneLine(cause)}`, { cause });
  }
}

async function open(folder: string, signal: AbortSignal): Promise<OpenRun> {
  const { countsSinceUs, loadStartedUs } = drillRecordOf(folder) ?? {};
  const books = readBooksFacts(folder);
  const extent = books.complete ? books : { shards: 0 };
  // A drill that has no summary yet may be about to do the same: what it reads must stay.
  const keepBinary = !existsSync(join(folder, 'summary.json'));
  const { money, neutral } = readPlan(folder) ?? {};
  await convertRun({ folder, shards: extent.shards, keepBinary, signal });
  const database = await RunDatabase.open(folder, extent, { money, neutral, countsSinceUs });
  const stop = (): void => database.interrupt();
  signal.addEventListener('abort', stop);
  const close = (): void => {
    signal.removeEventListener('abort', stop);
    database.close();
  };
  try {
    for (const table of FILE_TABLES)
      for (const statement of fileTable(folder, table, loadStartedUs))
        await database.run(statement);
    signal.throwIfAborted();
    await database.run(await drillTimeMacro(database));
    signal.throwIfAborted();
  } catch (cause) {
    close();
    throw cause;
  }
  const notes = [
    ...(hasJournal(folder) ? [] : ['there is no journal: it was not kept']),
    ...(books.complete ? [] : [`there are no entries and accounts: ${books.reason}`]),
  ];
  return { folder, loadStartedUs, database, notes, close };
}

function drillRecordOf(folder: string): ReturnType<typeof readDrillRecord> {
  try {
    return readDrillRecord(folder);
  } catch (cause) {
    throw new UnreadableRunError(`${DRILL_FILE} cannot be read: ${oneLine(cause)}`, { cause });
  }
}
