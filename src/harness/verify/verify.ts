/**
 * Judges a run folder from its files alone: journal and books in, a verdict out. Nothing here knows a live object,
 * so a verdict can be made again on another machine. Where the books are missing or not complete nothing can be said
 * about what is not in them: the verdict is unknown, never valid.
 *
 *   journal, then books --> scan: nothing suspicious --------------------------> valid
 *                             | suspicious, or not in the layout it knows
 *                             +--> to Parquet --> the laws' queries --> witnesses --> valid or invalid
 *
 * The journal is scanned first: it is there as soon as the load has settled, while the books are still being fetched.
 */
import { existsSync } from 'node:fs';
import { UnreadableColumnsError } from '../records/column-reader.js';
import { DRILL_FILE, readDrillRecord } from '../records/drill-record.js';
import type { BooksFacts } from '../records/run-layout.js';
import { journalWorkers } from '../records/run-records.js';
import { RecordsError } from '../records/slabs.js';
import { convertRun } from '../records/to-parquet.js';
import { readBooksFacts } from './books-facts.js';
import { type Counted, countByQuery, countTallied } from './counts.js';
import { RunDatabase } from './database.js';
import type { Law } from './law.js';
import { LAWS } from './laws/registry.js';
import type { ScanFacts } from './scan/facts.js';
import { type ScannedJournal, scanBooks, scanJournal, tallyOf } from './scan/scan.js';
import { emptyTally } from './scan/tally.js';
import { userLaws } from './user-laws.js';
import { type LawResult, type VerifyResult, verdictOf } from './verdict.js';
import { witnessOf } from './witness.js';

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Monotonic microseconds, for the timings. Default: no timings. */
  readonly nowUs?: () => number;
  /** Resolves when the books are in the folder, complete or not. Default: they are. Must not reject. */
  readonly booksRead?: Promise<unknown>;
  /** Asks every law's query, also where the scan proves that it returns nothing. Default false. */
  readonly exact?: boolean;
}

/** Raised for a folder that no run has left. */
export class NoRunError extends Error {
  constructor(folder: string, what: string) {
    super(`${folder} is not a run folder: ${what}`);
    this.name = 'NoRunError';
  }
}

/**
 * Judges the run in `folder`. Where a query must be asked, what is still binary is turned into Parquet first, and the binary
 * files go. Rejects with NoRunError, with the file system's error, or with the signal's reason.
 */
export async function verifyRunFolder(
  folder: string,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  return bounded(await judgeFolder(folder, options), folder);
}

/** What failed while the drill ran leaves its verdict undecided, however often it is judged. */
function bounded(result: VerifyResult, folder: string): VerifyResult {
  if (result.verdict !== 'valid') return result;
  try {
    const [failure] = readDrillRecord(folder)?.failures ?? [];
    return failure === undefined ? result : { ...result, verdict: 'unknown', reason: failure };
  } catch (cause) {
    return {
      ...result,
      verdict: 'unknown',
      reason: `${DRILL_FILE} cannot be read: ${oneLine(cause)}`,
    };
  }
}

async function judgeFolder(folder: string, options: VerifyOptions): Promise<VerifyResult> {
  const clock = new Stopwatch(options.nowUs ?? (() => 0));
  options.signal?.throwIfAborted();
  if (!existsSync(folder)) throw new NoRunError(folder, 'no such folder');
  const laws = [...LAWS, ...userLaws(folder)];
  let journal: ScannedJournal | undefined;
  try {
    if (journalWorkers(folder).length === 0) throw new NoRunError(folder, 'it has no journal');
    journal = await scanJournal(folder, options.signal);
    clock.lap('journal');
    await options.booksRead;
    clock.lap('waiting for the books');
    const books = readBooksFacts(folder);
    if (!books.complete) return undecided(journal, laws, books.reason, clock);
    const scanned = options.exact === true ? undefined : journal;
    const facts = scanned && (await scanBooks(scanned, folder, books.shards, options.signal));
    clock.lap('books');
    const cut = facts && shortBooks(books, facts.entriesByShard, facts.accountsByShard);
    if (cut !== undefined) return undecided(journal, laws, cut, clock);
    return await judge({ folder, books, laws, facts, options, clock });
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (!isUnreadable(cause)) throw cause;
    return undecided(journal, laws, `the run cannot be read: ${oneLine(cause)}`, clock);
  }
}

/** The files are there and are not what they must be. */
class UnreadableRunError extends Error {}

/** By name: an error that comes from a thread has lost its class. */
function isUnreadable(cause: unknown): boolean {
  if (cause instanceof UnreadableRunError) return true;
  const names = [RecordsError.name, UnreadableColumnsError.name];
  return cause instanceof Error && names.includes(cause.name);
}

interface Case {
  readonly folder: string;
  readonly books: BooksFacts;
  readonly laws: readonly Law[];
  readonly facts: ScanFacts | undefined;
  readonly options: VerifyOptions;
  readonly clock: Stopwatch;
}

async function judge(run: Case): Promise<VerifyResult> {
  const { facts, laws } = run;
  const isOpen = (law: Law): boolean => facts === undefined || law.suspicions(facts) > 0;
  if (facts !== undefined && facts.ambiguous === 0 && !laws.some(isOpen)) {
    const results = laws.map((law) => proven(law, law.checked(facts)));
    return conclude(results, countTallied(facts.tally, facts), run.clock);
  }
  return withDatabase(run, async (database) => {
    const results: LawResult[] = [];
    for (const law of laws) {
      const checked = facts ? law.checked(facts) : await database.number(law.checkedSql);
      results.push(isOpen(law) ? await ask(database, law, facts, checked) : proven(law, checked));
      run.clock.lap(law.name);
    }
    const isExact = facts === undefined || facts.ambiguous > 0;
    const counted = isExact ? await countByQuery(database) : countTallied(facts.tally, facts);
    return conclude(results, counted, run.clock);
  });
}

async function withDatabase(
  run: Case,
  work: (database: RunDatabase) => Promise<VerifyResult>,
): Promise<VerifyResult> {
  const { books, folder } = run;
  const { signal } = run.options;
  const { shards } = books;
  await convertRun({
    folder,
    shards,
    keepBinary: false,
    ...(signal === undefined ? {} : { signal }),
  });
  run.clock.lap('to parquet');
  const database = await RunDatabase.open(folder, shards).catch((cause: unknown) => {
    throw new UnreadableRunError(oneLine(cause));
  });
  const stop = (): void => database.interrupt();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const count = async (table: 'entries' | 'accounts'): Promise<number[]> => {
      const found = await database.rows(
        `select shard, count(*) as n from ${table} group by shard order by shard`,
      );
      return books[table].map((_, shard) =>
        Number(found.find((row) => Number(row.shard) === shard)?.n ?? 0),
      );
    };
    const cut = shortBooks(books, await count('entries'), await count('accounts'));
    if (cut !== undefined) throw new UnreadableRunError(cut);
    return await work(database);
  } finally {
    signal?.removeEventListener('abort', stop);
    database.close();
  }
}

async function ask(
  database: RunDatabase,
  law: Law,
  facts: ScanFacts | undefined,
  checked: number,
): Promise<LawResult> {
  const narrowed = law.byAccount === true ? facts?.suspectAccounts : undefined;
  if (narrowed !== undefined) await database.narrowLegs(narrowed);
  const { count, first } = await database.violations(law.sql);
  if (narrowed !== undefined) await database.narrowLegs(undefined);
  if (first === undefined) return proven(law, checked);
  const witness = await witnessOf(database, first);
  return { name: law.name, status: 'broken', checked, violations: count, witness };
}

/** Nothing breaks the law; it holds if there was anything to break it. */
function proven({ exercisedBy, name }: Law, checked: number): LawResult {
  return checked > 0
    ? { name, status: 'holds', checked, violations: 0, witness: null }
    : { name, status: 'not_exercised', checked, violations: 0, witness: exercisedBy };
}

/** What the journal alone tells, with no law decided. */
function undecided(
  journal: ScannedJournal | undefined,
  laws: readonly Law[],
  reason: string,
  clock: Stopwatch,
): VerifyResult {
  const results = laws.map(
    ({ name }): LawResult => ({
      name,
      status: 'undecided',
      checked: 0,
      violations: 0,
      witness: null,
    }),
  );
  const tally = journal === undefined ? emptyTally() : tallyOf(journal);
  const result = conclude(results, countTallied(tally, undefined), clock);
  return { ...result, verdict: 'unknown', reason };
}

function conclude(laws: readonly LawResult[], counted: Counted, clock: Stopwatch): VerifyResult {
  const found = (name: string): number => laws.find((law) => law.name === name)?.violations ?? 0;
  const broken = laws.filter((law) => law.status === 'broken').map((law) => law.name);
  clock.lap('counts');
  return {
    verdict: verdictOf(laws),
    ...(broken.length === 0 ? {} : { reason: `broken: ${broken.join(', ')}` }),
    laws,
    ...counted,
    operations: {
      ...counted.operations,
      lost: found('no-lost-ack'),
      doubled: found('once-per-id'),
      phantom: found('no-phantom'),
    },
    timings_ms: clock.laps,
  };
}

/** Why the books are not what was fetched; undefined where they are. */
function shortBooks(
  books: BooksFacts,
  entries: readonly number[],
  accounts: readonly number[],
): string | undefined {
  return (
    difference('entries', entries, books.entries) ??
    difference('accounts', accounts, books.accounts)
  );
}

function difference(
  what: string,
  found: readonly number[],
  expected: readonly number[],
): string | undefined {
  const shard = expected.findIndex((count, index) => count !== found[index]);
  if (shard < 0) return undefined;
  return `the books of shard ${shard} hold ${found[shard] ?? 0} ${what} where ${expected[shard]} were read`;
}

function oneLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n')[0] ?? text;
}

class Stopwatch {
  readonly laps: Record<string, number> = {};
  readonly #nowUs: () => number;
  #lastUs: number;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
    this.#lastUs = nowUs();
  }

  lap(name: string): void {
    const now = this.#nowUs();
    this.laps[name] = (now - this.#lastUs) / 1000;
    this.#lastUs = now;
  }
}
