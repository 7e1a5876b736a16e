/**
 * Made-up histories on disk: the journal as load workers leave it and the books as they were fetched, through the
 * same converters a drill uses.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRILL_FILE, drillRecordText } from '../../records/drill-record.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import { JOURNAL_FILE, journalRecordText, type PartCounts } from '../../records/journal-record.js';
import { PLAN_FILE, REFERENCE_RECORD } from '../../records/plan-record.js';
import { headBytes, type RecordKind, recordFile } from '../../records/record-files.js';
import {
  BOOKS_FILE,
  BOOKS_FOLDER,
  type BooksExtent,
  type BooksFacts,
  booksFactsText,
  JOURNAL_FOLDER,
} from '../../records/run-layout.js';
import type { MoneyRules, TargetFacts } from '../../records/target-facts.js';
import { convertRun } from '../../records/to-parquet.js';
import type { DatabaseOptions } from '../database.js';
import { History, type HistoryOptions, type HistorySink } from './generate.js';
import {
  type AccountRecord,
  type EntryRecord,
  encodeAccount,
  encodeCompletion,
  encodeEntry,
  encodeInvoke,
  type OperationRecord,
  RecordBuffer,
} from './records.js';

/** Of every made-up history that is not told to be of another run. */
export const RUN_ID = 'made-up';

/** Small, so that a short history has several row groups. */
const SMALL_GROUP = 1024;

/** A whole history in memory, to be looked at and broken. */
export interface Recorded {
  /** What was agreed before it began. */
  readonly money: MoneyRules;
  readonly operations: OperationRecord[];
  /** By shard, in the order of its log. */
  readonly entries: EntryRecord[][];
  readonly accounts: AccountRecord[][];
  /** By shard: ledger time when its books were read. */
  readonly readAtUs: number[];
  /** Since when the gateway counts, on the drill clock. */
  readonly countsSinceUs: number;
}

export function recordHistory(options: HistoryOptions): Recorded {
  const operations: OperationRecord[] = [];
  const all: EntryRecord[] = [];
  const history = new History(options, {
    operation: (operation) => operations.push(operation),
    entry: (entry) => all.push(entry),
  });
  history.run();
  return {
    money: history.money,
    operations,
    entries: history.ledgers.map(({ shard }) => all.filter((entry) => entry.shard === shard)),
    accounts: history.ledgers.map(({ accounts }) => [...accounts.values()]),
    readAtUs: history.ledgers.map(() => history.endUs),
    countsSinceUs: 0,
  };
}

export function extentOf({ entries, readAtUs }: Recorded): BooksExtent {
  return { shards: entries.length, readAtUs };
}

/** What a database of it is opened with. */
export function termsOf({ countsSinceUs, money }: Recorded): DatabaseOptions {
  return { countsSinceUs, money, threads: 1 };
}

/** Writes journal and books of a recorded history into `folder`, which exists: binary, or as Parquet. */
export async function writeRecorded(
  folder: string,
  recorded: Recorded,
  as: 'binary' | 'parquet' = 'parquet',
  runId = RUN_ID,
): Promise<void> {
  const shards = recorded.entries.length;
  const writer = new RunFolderWriter(folder, shards, runId);
  for (const operation of recorded.operations) writer.operation(operation);
  for (const entries of recorded.entries) for (const entry of entries) writer.entry(entry);
  writer.finish(recorded.accounts, recorded);
  if (as === 'parquet')
    await convertRun({
      folder,
      shards,
      keepBinary: false,
      rowGroupRows: SMALL_GROUP,
    });
}

/** Writes a history in binary as it is made, for histories that do not fit in memory. */
export function streamHistory(folder: string, options: HistoryOptions): void {
  let writer: RunFolderWriter | undefined;
  const history = new History(options, {
    operation: (operation) => writer?.operation(operation),
    entry: (entry) => writer?.entry(entry),
  });
  writer = new RunFolderWriter(folder, history.shards, RUN_ID);
  history.run();
  writer.finish(
    history.ledgers.map(({ accounts }) => [...accounts.values()]),
    {
      money: history.money,
      readAtUs: history.ledgers.map(() => history.endUs),
      countsSinceUs: 0,
    },
  );
}

/** As a drill counts what it wrote. */
type Counting<Counts> = { -readonly [What in keyof Counts]: Counts[What] };

class RunFolderWriter implements HistorySink {
  readonly #folder: string;
  readonly #parts = new Map<number, Counting<PartCounts>>();
  readonly #journal: string;
  readonly #books: string;
  readonly #shards: number;
  readonly #runId: string;
  readonly #appended = new Map<string, RecordBuffer>();
  readonly #entries: number[];

  constructor(folder: string, shards: number, runId: string) {
    this.#runId = runId;
    this.#folder = folder;
    this.#shards = shards;
    this.#entries = Array.from({ length: shards }, () => 0);
    this.#journal = join(folder, JOURNAL_FOLDER);
    this.#books = join(folder, BOOKS_FOLDER);
    mkdirSync(this.#journal, { recursive: true });
    mkdirSync(this.#books, { recursive: true });
  }

  operation(operation: OperationRecord): void {
    const { worker, sequence, completion } = operation;
    const part = this.#part(worker);
    const invokes = this.#append('invokes', worker);
    encodeInvoke(invokes, operation);
    part.invokes++;
    const completions = this.#append('completions', worker);
    if (completion === undefined) return;
    encodeCompletion(completions, sequence, completion);
    part.completions++;
    if (completion.resolution === RESOLUTION.lookUp) part.lookUps++;
  }

  #part(worker: number): Counting<PartCounts> {
    const known = this.#parts.get(worker);
    if (known !== undefined) return known;
    const part = { worker, invokes: 0, completions: 0, lookUps: 0 };
    this.#parts.set(worker, part);
    return part;
  }

  entry(entry: EntryRecord): void {
    this.#entries[entry.shard] = (this.#entries[entry.shard] ?? 0) + 1;
    const entries = this.#append('entries', entry.shard);
    encodeEntry(entries, entry);
  }

  finish(
    accounts: readonly (readonly AccountRecord[])[],
    { countsSinceUs, money, readAtUs }: Pick<Recorded, 'countsSinceUs' | 'money' | 'readAtUs'>,
  ): void {
    for (let shard = 0; shard < this.#shards; shard++) {
      this.#append('entries', shard);
      this.#append('accounts', shard);
      for (const record of accounts[shard] ?? [])
        encodeAccount(this.#append('accounts', shard), record);
    }
    // A worker that asked nothing leaves its files too.
    if (this.#parts.size === 0) this.#append('invokes', this.#part(0).worker);
    for (const path of this.#appended.keys()) this.#flush(path);
    const books: BooksFacts = {
      complete: true,
      shards: this.#shards,
      entries: this.#entries,
      accounts: Array.from({ length: this.#shards }, (_, shard) => accounts[shard]?.length ?? 0),
      before: this.#entries.map(() => 0),
      readAtUs,
    };
    writeFileSync(join(this.#books, BOOKS_FILE), booksFactsText(this.#runId, books));
    const parts = [...this.#parts.values()];
    const journal = journalRecordText({ runId: this.#runId, workers: parts.length, parts });
    writeFileSync(join(this.#folder, JOURNAL_FILE), journal);
    writePlan(this.#folder, { money });
    writeFileSync(
      join(this.#folder, DRILL_FILE),
      drillRecordText({ atRest: true, notAtRest: [], failures: [], countsSinceUs }),
    );
  }

  /** Where the next record of the kind goes; `part`: worker or shard. */
  #append(kind: RecordKind, part: number): RecordBuffer {
    const name = { kind, part, isPacked: false, segment: 0 };
    const isJournal = kind === 'invokes' || kind === 'completions';
    const path = join(isJournal ? this.#journal : this.#books, recordFile(name));
    let buffer = this.#appended.get(path);
    if (buffer === undefined) {
      buffer = new RecordBuffer();
      this.#appended.set(path, buffer);
      writeFileSync(path, headBytes({ ...name, runId: this.#runId }));
    }
    if (buffer.isFull) this.#flush(path);
    return buffer;
  }

  #flush(path: string): void {
    appendFileSync(path, this.#appended.get(path)?.take() ?? new Uint8Array(0));
  }
}

/** A plan as a drill of the reference stack leaves it, with these facts of the target in place of its own. */
export function writePlan(
  folder: string,
  { workers, ...facts }: Partial<Omit<TargetFacts, 'name' | 'labels'>> & { workers?: number },
): void {
  const { evidence, promises, hasBooks } = REFERENCE_RECORD;
  const plan = {
    run_id: RUN_ID,
    workers,
    target_facts: { evidence, promises, hasBooks, ...facts },
  };
  writeFileSync(join(folder, PLAN_FILE), JSON.stringify(plan));
}
