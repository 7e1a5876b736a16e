/**
 * Judges a run folder from its files alone: journal and books in, a verdict out. Nothing here knows a live object,
 * so a verdict can be made again on another machine. Where the books are missing or not complete nothing can be said
 * about what is not in them: the verdict is unknown, never valid.
 *
 *   journal, then books --> prefilter: nothing suspicious ----------------------> valid
 *                             | suspicious, or not in the layout it knows
 *                             +--> to Parquet --> the laws' queries --> witnesses --> valid or invalid
 *
 * The journal is scanned first: it is there as soon as the load has settled, while the books are still being fetched.
 */
import { REFERENCE_RECORD } from '../records/plan-record.js';
import { hasJournal, isJournalRewritten, journalWorkers } from '../records/run-records.js';
import type { MoneyRules } from '../records/target-facts.js';
import { convertRun } from '../records/to-parquet.js';
import { boundsOf, notAsked } from './asked-of.js';
import { foreignBooks, readBooksFacts, shortBooks, type WholeBooks } from './books-facts.js';
import { rankCauses } from './causes.js';
import { type Circumstances, readCircumstances, readPlan } from './circumstances.js';
import { type Counted, countByQuery, countTallied } from './counts.js';
import { QueryError, RunDatabase } from './database.js';
import { foreignBooksPart, foreignJournalPart } from './foreign-parts.js';
import { booksByQuery, journalByQuery, otherValues } from './found-by-query.js';
import { foreignJournal, otherParts, spoiltJournal } from './journal-found.js';
import { type Case, type Judged, judgeByQuery, judgeCleared } from './judge.js';
import { formOf, type Law } from './law.js';
import { judgeListsOf, type ListsFound, withLists } from './lists/list-law.js';
import { assertIsRun } from './no-run.js';
import { ourLaws } from './our-laws.js';
import { type ScannedJournal, scanBooks, scanJournal, tallyOf } from './prefilter/scan.js';
import { emptyTally } from './prefilter/tally.js';
import { removeLeftSpills } from './spill.js';
import { Stopwatch } from './stopwatch.js';
import { isUnreadable, oneLine, SpoiltRunError, UnreadableRunError } from './unreadable.js';
import { type UserLawOptions, userLaws } from './user-laws.js';
import { boundBy, type LawResult, type VerifyResult, weigh } from './verdict.js';

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Monotonic microseconds, for the timings. Default: no timings. */
  readonly nowUs?: () => number;
  /** Resolves when the books are in the folder, complete or not. Default: they are. Must not reject. */
  readonly booksRead?: Promise<unknown>;
  /** Asks every law's query over everything, without the prefilter. Default false. */
  readonly exact?: boolean;
  /** Told of each law as soon as it is judged, in no order that means anything. Must not throw. */
  readonly onLaw?: (law: LawResult) => void;
  /** Laws that users added, beside those in the run folder. */
  readonly userLaws?: UserLawOptions;
}

/**
 * Judges the run in `folder`. Where a query must be asked, what is still binary is turned into Parquet first, and the binary
 * files go. Rejects with NoRunError, with UserError for laws that cannot be read, with the file system's error, or with the
 * signal's reason.
 */
export async function verifyRunFolder(
  folder: string,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  options.signal?.throwIfAborted();
  assertIsRun(folder);
  removeLeftSpills(folder);
  const run = new Judging(folder, options);
  const ledger = await ofLedger(run, options.signal);
  return withLists(ledger, await run.lists());
}

async function ofLedger(run: Judging, signal: AbortSignal | undefined): Promise<VerifyResult> {
  try {
    return await run.judge();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof SpoiltRunError) return run.undecided(cause.message);
    if (!isUnreadable(cause)) throw cause;
    return run.undecided(`the run cannot be read: ${oneLine(cause)}`);
  }
}

/** One folder being judged. */
class Judging {
  readonly #folder: string;
  readonly #options: VerifyOptions;
  readonly #laws: readonly Law[];
  readonly #clock: Stopwatch;
  #journal: ScannedJournal | undefined;
  /** Until they are read. */
  #circumstances: Circumstances = {
    plan: REFERENCE_RECORD,
    drill: { atRest: false, notAtRest: [], failures: [] },
    journal: undefined,
    isDrill: false,
  };

  constructor(folder: string, options: VerifyOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#laws = [...ourLaws(folder), ...userLaws(folder, options.userLaws)];
    this.#clock = new Stopwatch(options.nowUs ?? (() => 0));
  }

  async judge(): Promise<VerifyResult> {
    const workers = journalWorkers(this.#folder);
    if (workers.length > 0) {
      const money = agreedMoney(this.#folder);
      this.#journal = await scanJournal(this.#folder, money, { signal: this.#options.signal });
    }
    this.#clock.lap('journal');
    this.#circumstances = readCircumstances(this.#folder);
    const { plan } = this.#circumstances;
    await this.#options.booksRead;
    this.#clock.lap('waiting for the books');
    if (!plan.hasBooks && !hasJournal(this.#folder)) return this.#withoutBooks();
    const parts = isJournalRewritten(this.#folder)
      ? undefined // who wrote what is in its rows
      : otherParts(this.#circumstances, workers);
    const spoilt =
      parts ??
      foreignJournal(this.#circumstances) ??
      foreignJournalPart(this.#folder, this.#circumstances) ??
      this.#spoiltJournal();
    if (spoilt !== undefined) return this.undecided(spoilt);
    if (!plan.hasBooks) return this.#withoutBooks();
    const books = readBooksFacts(this.#folder);
    if (!books.complete) return this.undecided(books.reason);
    const foreign =
      foreignBooks(books, this.#circumstances) ??
      foreignBooksPart(this.#folder, books, this.#circumstances);
    return foreign === undefined ? this.#compare(books) : this.undecided(foreign);
  }

  /** What was told of lists beside the ledger; once the ledger is judged. */
  async lists(): Promise<ListsFound | undefined> {
    const found = await judgeListsOf(this.#folder, this.#circumstances);
    if (found !== undefined) this.#options.onLaw?.(found.law);
    return found;
  }

  /** By the scan; what it cannot read is counted by query. */
  #spoiltJournal(): string | undefined {
    const found = this.#journal?.loaded.map((part) => part.found);
    return found && spoiltJournal(this.#circumstances.journal, found);
  }

  /** What the journal alone tells, with no law decided. */
  async undecided(reason: string): Promise<VerifyResult> {
    const laws = this.#laws.map(({ name }) => unasked(name, 'undecided', null));
    const counted = await this.#countedAlone();
    return this.#conclude({ laws, counted }, { verdict: 'unknown', reason });
  }

  async #withoutBooks(): Promise<VerifyResult> {
    const reason = 'the target has no books';
    const laws = this.#laws.map(({ name }) => unasked(name, 'not_exercised', reason));
    const counted = await this.#countedAlone();
    return this.#conclude({ laws, counted }, { verdict: 'no_claim', reason });
  }

  async #countedAlone(): Promise<Counted> {
    const { drill } = this.#circumstances;
    if (this.#journal !== undefined) return countTallied(tallyOf(this.#journal), undefined, drill);
    return (await this.#countedByQuery()) ?? countTallied(emptyTally(), undefined, drill);
  }

  /** A journal that the scan does not read. Undefined where there is none that can be read. */
  async #countedByQuery(): Promise<Counted | undefined> {
    const folder = this.#folder;
    if (!hasJournal(folder)) return undefined;
    try {
      await convertRun({ folder, shards: 0, keepBinary: false });
      const database = await RunDatabase.open(folder, { shards: 0 });
      try {
        return await countByQuery(database, { ...this.#circumstances.drill, hasBooks: false });
      } finally {
        database.close();
      }
    } catch (cause) {
      if (isUnreadable(cause) || cause instanceof QueryError) return undefined;
      throw cause;
    }
  }

  async #compare(books: WholeBooks): Promise<VerifyResult> {
    const { exact, signal } = this.#options;
    const { neutral } = this.#circumstances.plan;
    const facts =
      exact === true || this.#journal === undefined || neutral !== undefined
        ? undefined
        : await scanBooks(this.#journal, this.#folder, books, signal);
    this.#clock.lap('books');
    const short = facts && shortBooks(books, facts.books);
    if (short !== undefined) return this.undecided(short);
    const run: Case = {
      laws: this.#laws.map((law) => formOf(law, neutral)),
      circumstances: this.#circumstances,
      facts,
      lap: (name) => this.#clock.lap(name),
      onLaw: (law) => this.#options.onLaw?.(law),
      signal,
    };
    const judged = judgeCleared(run) ?? (await this.#ask(run, books));
    const { attempted } = judged.counted.operations;
    const weighed = weigh(judged.laws, judged.effects);
    const isIdle = attempted === 0 && judged.laws.every(({ status }) => !isNews(status));
    return this.#conclude(
      judged,
      isIdle ? { verdict: 'no_claim', reason: 'nothing was asked of the ledger' } : weighed,
    );
  }

  /** By query: what the scan did not look at, or could not read. */
  async #spoilt(database: RunDatabase, books: WholeBooks): Promise<string | undefined> {
    return (
      (await otherValues(database, 'journal')) ??
      (await otherValues(database, 'entries')) ??
      (await otherValues(database, 'accounts')) ??
      spoiltJournal(this.#circumstances.journal, await journalByQuery(database)) ??
      shortBooks(books, await booksByQuery(database, books.shards))
    );
  }

  async #ask(run: Case, books: WholeBooks): Promise<Judged> {
    const { signal } = this.#options;
    const { shards } = books;
    const folder = this.#folder;
    const stoppable = signal === undefined ? {} : { signal };
    const { drill, plan } = this.#circumstances;
    const { money, neutral } = plan;
    await convertRun({ folder, shards, keepBinary: false, ...stoppable });
    this.#clock.lap('to parquet');
    const { countsSinceUs } = drill;
    const database = await RunDatabase.open(folder, books, { money, neutral, countsSinceUs });
    const stop = (): void => database.interrupt();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const spoilt = run.facts === undefined ? await this.#spoilt(database, books) : undefined;
      if (spoilt !== undefined) throw new SpoiltRunError(spoilt);
      return await judgeByQuery(run, database);
    } catch (cause) {
      if (cause instanceof QueryError) throw new UnreadableRunError(cause.message, { cause });
      throw cause;
    } finally {
      signal?.removeEventListener('abort', stop);
      database.close();
    }
  }

  #conclude(
    judged: { readonly laws: readonly LawResult[]; readonly counted: Counted },
    weighed: Pick<VerifyResult, 'verdict' | 'reason'>,
  ): VerifyResult {
    const { laws, rootCause } = rankCauses(this.#laws, judged.laws);
    const found = (name: string): number => laws.find((law) => law.name === name)?.violations ?? 0;
    this.#clock.lap('counts');
    const result: VerifyResult = {
      ...weighed,
      laws,
      root_cause: rootCause,
      limits: this.#limits(),
      ...judged.counted,
      operations: {
        ...judged.counted.operations,
        lost: found('no-lost-ack'),
        doubled: found('once-per-id'),
        phantom: found('no-phantom'),
      },
      timings_ms: this.#clock.laps,
    };
    return boundBy(this.#circumstances.drill.failures, result);
  }

  #limits(): readonly string[] {
    if (!this.#circumstances.plan.hasBooks) return [];
    const notSeen = this.#laws.flatMap((law) => notAsked(law, this.#circumstances)?.limit ?? []);
    return [...boundsOf(this.#circumstances.plan), ...notSeen];
  }
}

function unasked(name: string, status: LawResult['status'], witness: string | null): LawResult {
  return { name, status, checked: 0, violations: 0, witness };
}

/** Something that a run in which nothing was asked must not hide. */
function isNews(status: LawResult['status']): boolean {
  return status === 'broken' || status === 'undecided';
}

/** Undefined also where the plan cannot be read: that is told once the journal has been counted. */
function agreedMoney(folder: string): MoneyRules | undefined {
  try {
    return readPlan(folder)?.money;
  } catch (cause) {
    if (isUnreadable(cause)) return undefined;
    throw cause;
  }
}
