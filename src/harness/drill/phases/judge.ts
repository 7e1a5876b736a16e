/**
 * The books are read and the run is judged, from the folder alone; then what was judged becomes the folder's Parquet files.
 */

import { messageOf } from '../../message-of.js';
import { DRILL_FILE, type DrillRecord, drillRecordText } from '../../records/drill-record.js';
import { removeRecords } from '../../records/remove-records.js';
import type { BooksFacts } from '../../records/run-layout.js';
import { convertRun } from '../../records/to-parquet.js';
import type { Rest } from '../../targets/target.js';
import { unjudged, type VerifyResult } from '../../verify/verdict.js';
import { verifyRunFolder } from '../../verify/verify.js';
import type { DrillRun } from '../context.js';
import { secondsSince } from '../drill-clock.js';
import { weighed } from '../write-report.js';

const NO_BOOKS: BooksFacts = {
  complete: false,
  shards: 0,
  entries: [],
  accounts: [],
  before: [],
  readAtUs: [],
};

export interface Judged {
  readonly judgement: VerifyResult;
  readonly books: BooksFacts;
  /** As it was judged by. */
  readonly record: DrillRecord;
}

/** The journal is scanned while the books are read; nobody waits for the target to end. */
export async function judgePhase(run: DrillRun, rest: Rest): Promise<Judged> {
  const { log, clock, load, ending } = run;
  run.enter('books');
  await run.packer.ended();
  const record = drillRecord(run, rest);
  writeDrillRecord(run, record);
  const booksRead = readBooks(run);
  const [judgement, books] = await Promise.all([verdictOf(run, booksRead), booksRead]);
  const { verdict } = weighed(judgement, ending.end);
  const isPromise = verdict === 'valid' && (run.options.keep ?? 'all') === 'all';
  const words = isPromise ? 'valid, once the records are kept' : verdict;
  log.notice(`verdict ${secondsSince(clock, load.endUs)} s after the end of the load: ${words}`);
  log.log(`verify: ${JSON.stringify(judgement.timings_ms)}`);
  return { judgement, books, record };
}

/**
 * Where the records cannot be kept as Parquet, the binary files stay, and the verdict is not valid: it would rest on less than
 * what the run folder promises. Books that are not complete stay as they came.
 */
export async function keepPhase(run: DrillRun, books: BooksFacts): Promise<void> {
  const { folder, log, ending, clock, target } = run;
  run.enter('keep');
  const beganUs = clock.nowUs();
  const shards = books.complete ? books.shards : 0;
  const kept = async (): Promise<void> => {
    try {
      await convertRun({ folder: folder.path, shards, keepBinary: false });
      log.log(`kept as Parquet in ${secondsSince(clock, beganUs)} s`);
    } catch (error) {
      ending.fail(`journal and books cannot be kept as Parquet: ${messageOf(error)}`);
    }
  };
  // Nobody needs the target any more, and its end is mostly waiting.
  await Promise.all([target.close(), kept()]);
}

/** Nobody wants the records: they go as they are, and nothing is spent on their Parquet files. */
export async function dropPhase({ enter, target, folder, log, ending }: DrillRun): Promise<void> {
  enter('keep');
  await target.close();
  try {
    removeRecords(folder.path);
    log.log('journal and books are not kept (--keep)');
  } catch (error) {
    ending.fail(`journal and books cannot be removed: ${messageOf(error)}`);
  }
}

/**
 * What was lost since drill.json was written, a process of the target that ended meanwhile say, bounds the verdict for ever too. What
 * failed in judging and keeping does not: the records are whole, and judging them again may go better.
 */
export function keepLosses(run: DrillRun, record: DrillRecord): void {
  const { failures } = record;
  const late = run.ending.end.losses.filter((line) => !failures.includes(line));
  if (late.length > 0) writeDrillRecord(run, { ...record, failures: [...failures, ...late] });
}

/** So that whoever judges the folder later knows what bounds the verdict. */
function drillRecord({ ending, load }: DrillRun, rest: Rest): DrillRecord {
  const { atRest, countsSinceMs, missing } = rest;
  const hasBegun = Number.isFinite(load.startUs);
  return {
    atRest,
    notAtRest: missing,
    failures: [...ending.end.failures],
    ...(hasBegun ? { loadStartedUs: Math.round(load.startUs) } : {}),
    ...(countsSinceMs === undefined ? {} : { countsSinceUs: Math.ceil(countsSinceMs * 1000) }),
  };
}

function writeDrillRecord({ folder, ending }: DrillRun, record: DrillRecord): void {
  try {
    folder.write(DRILL_FILE, drillRecordText(record));
  } catch (error) {
    ending.fail(messageOf(error));
  }
}

async function readBooks(run: DrillRun): Promise<BooksFacts> {
  const { target, folder, log, runId } = run;
  const books = (await target.books?.fetch({ folder: folder.path, runId })) ?? NO_BOOKS;
  if (!books.complete)
    log.notice(`the books are not complete: ${books.reason ?? 'the target has none'}`, 'warn');
  run.enter('verify');
  return books;
}

async function verdictOf(run: DrillRun, booksRead: Promise<BooksFacts>): Promise<VerifyResult> {
  try {
    return await verifyRunFolder(run.folder.path, {
      nowUs: run.clock.nowUs,
      booksRead,
      onLaw: (law) => void run.judged.push(law),
    });
  } catch (error) {
    run.ending.fail(`the run folder cannot be judged: ${messageOf(error)}`);
    return unjudged(messageOf(error));
  }
}
