/**
 * Judges a run folder from its files alone: journal and books in, a verdict out. Nothing here knows a live object,
 * so a verdict can be made again on another machine. Where the books are missing or not complete nothing can be said
 * about what is not in them: the verdict is unknown, never valid.
 *
 *   journal, books --> scan (fast, may only suspect) --> each law's query where there is suspicion --> witness
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { convertJournal, JOURNAL_FOLDER, JOURNAL_TABLE, workersIn } from '../journal/to-parquet.js';
import { readBooksFacts } from './books-facts.js';
import { type Counted, countByQuery, countTallied } from './counts.js';
import { RunDatabase } from './database.js';
import type { Law } from './law.js';
import { LAWS } from './laws/registry.js';
import type { ScanFacts } from './scan/facts.js';
import { scanRun } from './scan/scan.js';
import { userLaws } from './user-laws.js';
import { type LawResult, type VerifyResult, verdictOf } from './verdict.js';
import { witnessOf } from './witness.js';

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Monotonic microseconds, for the timings. Default: no timings. */
  readonly nowUs?: () => number;
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
 * Judges the run in `folder`. Journals still in binary form are converted first (the binary files stay). Rejects with
 * NoRunError, with the file system's error, or with the signal's reason.
 */
export async function verifyRunFolder(
  folder: string,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  const clock = new Stopwatch(options.nowUs ?? (() => 0));
  options.signal?.throwIfAborted();
  await ensureJournal(folder, options.signal);
  clock.lap('journal');
  const books = readBooksFacts(folder);
  const laws = [...LAWS, ...userLaws(folder)];
  if (!books.complete) return undecided(folder, laws, books.reason, clock);
  const database = await RunDatabase.open(folder, books.shards).catch(oneLine);
  if (typeof database === 'string')
    return undecided(folder, laws, `the books cannot be read: ${database}`, clock);
  const stop = (): void => database.interrupt();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const difference = await countDifference(database, books.entries);
    if (difference !== undefined) return await undecided(folder, laws, difference, clock);
    const facts =
      options.exact === true ? undefined : await scanRun(folder, books.shards, options.signal);
    clock.lap('scan');
    options.signal?.throwIfAborted();
    return await judge(database, laws, facts, clock);
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw cause;
  } finally {
    options.signal?.removeEventListener('abort', stop);
    database.close();
  }
}

async function judge(
  database: RunDatabase,
  laws: readonly Law[],
  facts: ScanFacts | undefined,
  clock: Stopwatch,
): Promise<VerifyResult> {
  const results: LawResult[] = [];
  for (const law of laws) {
    results.push(await askLaw(database, law, facts));
    clock.lap(law.name);
  }
  const counted =
    facts === undefined || facts.ambiguous > 0
      ? await countByQuery(database, true)
      : countTallied(facts.tally, facts);
  const verdict = verdictOf(results);
  const broken = results.filter((law) => law.status === 'broken').map((law) => law.name);
  return {
    verdict,
    ...(broken.length === 0 ? {} : { reason: `broken: ${broken.join(', ')}` }),
    laws: results,
    ...withLaws(counted, results, clock),
  };
}

async function askLaw(
  database: RunDatabase,
  law: Law,
  facts: ScanFacts | undefined,
): Promise<LawResult> {
  const { name } = law;
  const proven = facts !== undefined && law.suspicions(facts) === 0;
  const found = proven ? NONE : await violations(database, law, facts);
  const checked = facts === undefined ? await database.number(law.checkedSql) : law.checked(facts);
  if (found.first !== undefined) {
    const witness = await witnessOf(database, found.first);
    return { name, status: 'broken', checked, violations: found.count, witness };
  }
  if (checked > 0) return { name, status: 'holds', checked, violations: 0, witness: null };
  return { name, status: 'not_exercised', checked, violations: 0, witness: law.exercisedBy };
}

type Found = Awaited<ReturnType<RunDatabase['violations']>>;

const NONE: Found = { count: 0, first: undefined };

async function violations(
  database: RunDatabase,
  law: Law,
  facts: ScanFacts | undefined,
): Promise<Found> {
  if (law.byAccount !== true || facts?.suspectAccounts === undefined)
    return database.violations(law.sql);
  await database.narrowLegs(facts.suspectAccounts);
  const found = await database.violations(law.sql);
  await database.narrowLegs(undefined);
  return found;
}

/** What the journal alone tells, with no law decided. */
async function undecided(
  folder: string,
  laws: readonly Law[],
  reason: string,
  clock: Stopwatch,
): Promise<VerifyResult> {
  const database = await RunDatabase.open(folder, 0);
  try {
    const results = laws.map(
      ({ name }): LawResult => ({
        name,
        status: 'undecided',
        checked: 0,
        violations: 0,
        witness: null,
      }),
    );
    const counted = await countByQuery(database, false);
    return { verdict: 'unknown', reason, laws: results, ...withLaws(counted, results, clock) };
  } finally {
    database.close();
  }
}

function withLaws(
  counted: Counted,
  laws: readonly LawResult[],
  clock: Stopwatch,
): Pick<VerifyResult, 'operations' | 'throughput' | 'declines_by_code' | 'timings_ms'> {
  const found = (name: string): number => laws.find((law) => law.name === name)?.violations ?? 0;
  clock.lap('counts');
  return {
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
async function countDifference(
  database: RunDatabase,
  expected: readonly number[],
): Promise<string | undefined> {
  const rows = await database.rows('select shard, count(*) as entries from entries group by shard');
  for (const [shard, entries] of expected.entries()) {
    const row = rows.find((one) => Number(one.shard) === shard);
    const found = Number(row?.entries ?? 0);
    if (found !== entries)
      return `the books of shard ${shard} hold ${found} entries where ${entries} were read`;
  }
  return undefined;
}

async function ensureJournal(folder: string, signal: AbortSignal | undefined): Promise<void> {
  if (!existsSync(folder)) throw new NoRunError(folder, 'no such folder');
  const table = join(folder, JOURNAL_TABLE);
  const hasParts = existsSync(table) && readdirSync(table).length > 0;
  const binary = join(folder, JOURNAL_FOLDER);
  const hasBinary = existsSync(binary) && workersIn(binary).length > 0;
  if (!hasParts && !hasBinary)
    throw new NoRunError(folder, `it has neither ${JOURNAL_TABLE} nor ${JOURNAL_FOLDER}/`);
  if (!hasBinary) return;
  await convertJournal({ folder, keepBinary: true, ...(signal === undefined ? {} : { signal }) });
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
