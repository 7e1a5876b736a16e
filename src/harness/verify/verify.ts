/**
 * Judges a run folder from its files alone: journal and books in, a verdict out. Nothing here knows a live object,
 * so a verdict can be made again on another machine. Where the books are missing or not complete nothing can be said
 * about what is not in them: the verdict is unknown, never valid.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOOKS_FILE, BOOKS_FOLDER, type BooksFacts } from '../journal/books-layout.js';
import { convertJournal, JOURNAL_FOLDER, JOURNAL_TABLE, workersIn } from '../journal/to-parquet.js';
import { countOperations, declinesByCode, throughput } from './counts.js';
import { RunDatabase } from './database.js';
import type { Law } from './law.js';
import { LAWS } from './laws/registry.js';
import type { ScanFacts } from './scan/facts.js';
import { scanRun } from './scan/scan.js';
import {
  type LawResult,
  type LawStatus,
  type Verdict,
  type VerifyResult,
  verdictOf,
} from './verdict.js';
import { witnessOf } from './witness.js';

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Monotonic microseconds, for the timings. Default: no timings. */
  readonly nowUs?: () => number;
  /** Asks every law's query, also where the scan proves that it returns nothing. Default false. */
  readonly exact?: boolean;
  /** Laws to judge by. Default: all. */
  readonly laws?: readonly Law[];
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
  await ensureJournal(folder, options.signal);
  clock.lap('journal');
  const books = readBooksFacts(folder);
  if (books === undefined) return withoutBooks('the books were never read');
  if (books.shards === 0) return withoutBooks(books.reason ?? 'the books hold no shard');
  const database = await openTables(folder, books.shards);
  if (typeof database === 'string') return withoutBooks(database);
  const stop = (): void => database.interrupt();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    options.signal?.throwIfAborted();
    const skipsScan = options.exact === true || !books.complete;
    const facts = skipsScan ? undefined : await scanRun(folder, books.shards, options.signal);
    clock.lap('scan');
    return await judge(database, books, facts, options, clock);
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
  books: BooksFacts,
  facts: ScanFacts | undefined,
  options: VerifyOptions,
  clock: Stopwatch,
): Promise<VerifyResult> {
  const laws: LawResult[] = [];
  for (const law of options.laws ?? LAWS) {
    laws.push(await askLaw(database, law, facts, books));
    clock.lap(law.name);
  }
  const violations = (name: string): number =>
    laws.find((law) => law.name === name)?.violations ?? 0;
  const operations = await countOperations(database, violations);
  const rates = await throughput(database);
  const declines = await declinesByCode(database);
  clock.lap('counts');
  const verdict = verdictOf(laws);
  const reason = reasonFor(verdict, laws, books);
  return {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    laws,
    operations,
    throughput: rates,
    declines_by_code: declines,
    timings_ms: clock.laps,
  };
}

/** Of incomplete books only what is in them counts: a law may be broken by it, and holds for nothing. */
async function askLaw(
  database: RunDatabase,
  law: Law,
  facts: ScanFacts | undefined,
  books: BooksFacts,
): Promise<LawResult> {
  const { name } = law;
  if (!books.complete)
    return { name, status: 'undecided', checked: 0, violations: 0, witness: null };
  const proven = facts !== undefined && law.suspicions(facts) === 0;
  const rows = proven ? [] : await database.rows(law.sql);
  const checked = facts === undefined ? await database.number(law.checkedSql) : law.checked(facts);
  const [first] = rows;
  if (first !== undefined) {
    const witness = await witnessOf(database, first);
    return { name, status: 'broken', checked, violations: rows.length, witness };
  }
  const status: LawStatus = checked > 0 ? 'holds' : 'not_exercised';
  return { name, status, checked, violations: 0, witness: checked > 0 ? null : law.exercisedBy };
}

function reasonFor(
  verdict: Verdict,
  laws: readonly LawResult[],
  books: BooksFacts,
): string | undefined {
  if (!books.complete) return `the books are not complete: ${books.reason ?? 'no reason given'}`;
  if (verdict === 'valid') return undefined;
  const broken = laws.filter((law) => law.status === 'broken').map((law) => law.name);
  return `broken: ${broken.join(', ')}`;
}

async function ensureJournal(folder: string, signal: AbortSignal | undefined): Promise<void> {
  if (!existsSync(folder)) throw new NoRunError(folder, 'no such folder');
  const table = join(folder, JOURNAL_TABLE);
  const hasParts = existsSync(table) && readdirSync(table).length > 0;
  if (hasParts) return;
  const binary = join(folder, JOURNAL_FOLDER);
  if (!existsSync(binary) || workersIn(binary).length === 0)
    throw new NoRunError(folder, `it has neither ${JOURNAL_TABLE} nor ${JOURNAL_FOLDER}/`);
  await convertJournal({ folder, keepBinary: true, ...(signal === undefined ? {} : { signal }) });
}

function readBooksFacts(folder: string): BooksFacts | undefined {
  const path = join(folder, BOOKS_FOLDER, BOOKS_FILE);
  if (!existsSync(path)) return undefined;
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof value !== 'object' || value === null) return undefined;
  const complete = 'complete' in value && value.complete === true;
  const shards = 'shards' in value && typeof value.shards === 'number' ? value.shards : 0;
  const entries =
    'entries' in value && Array.isArray(value.entries) ? value.entries.map(Number) : [];
  const reason = 'reason' in value && typeof value.reason === 'string' ? value.reason : undefined;
  return { complete, shards, entries, ...(reason === undefined ? {} : { reason }) };
}

/** The database, or why there is none. */
async function openTables(folder: string, shards: number): Promise<RunDatabase | string> {
  try {
    return await RunDatabase.open(folder, shards);
  } catch (cause) {
    return `the books cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

function withoutBooks(reason: string): VerifyResult {
  const none = LAWS.map(
    ({ name }): LawResult => ({
      name,
      status: 'undecided',
      checked: 0,
      violations: 0,
      witness: null,
    }),
  );
  return {
    verdict: 'unknown',
    reason,
    laws: none,
    operations: {
      attempted: 0,
      ok: 0,
      declined: 0,
      unknown: 0,
      unknown_resolved_ok: 0,
      unknown_resolved_absent: 0,
      retried: 0,
      lost: 0,
      doubled: 0,
      phantom: 0,
      cross_shard: 0,
    },
    throughput: { peak_1s: 0, best_5s_mean: 0, mean: 0 },
    declines_by_code: {},
    timings_ms: {},
  };
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
