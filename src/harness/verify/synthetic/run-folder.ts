/**
 * Made-up histories on disk: the journal as load workers leave it and the books as they were fetched, through the
 * same converters a drill uses.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccountsFile, EntriesFile } from '../../journal/books-file.js';
import {
  accountsPart,
  BOOKS_FILE,
  BOOKS_FOLDER,
  transfersPart,
} from '../../journal/books-layout.js';
import { completionsFile, invokesFile } from '../../journal/layout.js';
import { convertJournal } from '../../journal/to-parquet.js';
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

/** Small, so that a short history has several row groups. */
const SMALL_GROUP = 1024;

/** A whole history in memory, to be looked at and broken. */
export interface Recorded {
  readonly operations: OperationRecord[];
  /** By shard, in the order of its log. */
  readonly entries: EntryRecord[][];
  readonly accounts: AccountRecord[][];
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
    operations,
    entries: history.ledgers.map(({ shard }) => all.filter((entry) => entry.shard === shard)),
    accounts: history.ledgers.map(({ accounts }) => [...accounts.values()]),
  };
}

/** Writes journal and books of a recorded history into `folder`, which exists. */
export async function writeRecorded(folder: string, recorded: Recorded): Promise<void> {
  const writer = new RunFolderWriter(folder, recorded.entries.length, SMALL_GROUP);
  for (const operation of recorded.operations) writer.operation(operation);
  for (const entries of recorded.entries) for (const entry of entries) writer.entry(entry);
  await writer.finish(recorded.accounts);
}

/** Writes a history as it is made, for histories that do not fit in memory. Returns the operations made. */
export async function streamHistory(folder: string, options: HistoryOptions): Promise<void> {
  let writer: RunFolderWriter | undefined;
  const history = new History(options, {
    operation: (operation) => writer?.operation(operation),
    entry: (entry) => writer?.entry(entry),
  });
  writer = new RunFolderWriter(folder, history.shards);
  history.run();
  writer.closeBooks(history.ledgers.map(({ accounts }) => [...accounts.values()]));
}

class RunFolderWriter implements HistorySink {
  readonly #journal: string;
  readonly #folder: string;
  readonly #appended = new Map<string, RecordBuffer>();
  readonly #transfers: EntriesFile[];
  readonly #entries: RecordBuffer[];
  readonly #accounts: AccountsFile[];

  constructor(folder: string, shards: number, rowGroupRows?: number) {
    this.#folder = folder;
    this.#journal = join(folder, 'journal');
    mkdirSync(this.#journal, { recursive: true });
    const books = join(folder, BOOKS_FOLDER);
    mkdirSync(books, { recursive: true });
    const rows = rowGroupRows === undefined ? {} : { rowGroupRows };
    const all = Array.from({ length: shards }, (_, shard) => shard);
    this.#transfers = all.map(
      (shard) => new EntriesFile({ path: join(books, transfersPart(shard)), shard, ...rows }),
    );
    this.#entries = all.map(() => new RecordBuffer());
    this.#accounts = all.map(
      (shard) => new AccountsFile({ path: join(books, accountsPart(shard)), shard, ...rows }),
    );
  }

  operation(operation: OperationRecord): void {
    const { worker, sequence, completion } = operation;
    encodeInvoke(this.#append(invokesFile(worker)), operation);
    const completions = this.#append(completionsFile(worker));
    if (completion !== undefined) encodeCompletion(completions, sequence, completion);
  }

  entry(entry: EntryRecord): void {
    const buffer = this.#entries[entry.shard];
    if (buffer === undefined) throw new Error(`no shard ${entry.shard}`);
    encodeEntry(buffer, entry);
    if (buffer.isFull) this.#transfers[entry.shard]?.push(buffer.take());
  }

  closeBooks(accounts: readonly (readonly AccountRecord[])[]): void {
    for (const name of this.#appended.keys()) this.#flush(name);
    for (const [shard, buffer] of this.#entries.entries())
      this.#transfers[shard]?.push(buffer.take());
    for (const [shard, records] of accounts.entries()) this.#closeAccounts(shard, records);
    const entries = this.#transfers.map((file) => file.entries);
    for (const file of [...this.#transfers, ...this.#accounts]) file.finish();
    writeFileSync(
      join(this.#folder, BOOKS_FOLDER, BOOKS_FILE),
      JSON.stringify({ complete: true, shards: entries.length, entries }),
    );
  }

  async finish(accounts: readonly (readonly AccountRecord[])[]): Promise<void> {
    this.closeBooks(accounts);
    await convertJournal({ folder: this.#folder, keepBinary: false, rowGroupRows: SMALL_GROUP });
  }

  #closeAccounts(shard: number, records: readonly AccountRecord[]): void {
    const buffer = new RecordBuffer();
    for (const record of records) {
      encodeAccount(buffer, record);
      if (buffer.isFull) this.#accounts[shard]?.push(buffer.take());
    }
    this.#accounts[shard]?.push(buffer.take());
  }

  /** Where the next record of the journal file goes. */
  #append(name: string): RecordBuffer {
    let buffer = this.#appended.get(name);
    if (buffer === undefined) {
      buffer = new RecordBuffer();
      this.#appended.set(name, buffer);
    }
    if (buffer.isFull) this.#flush(name);
    return buffer;
  }

  #flush(name: string): void {
    const records = this.#appended.get(name)?.take() ?? new Uint8Array(0);
    appendFileSync(join(this.#journal, name), records);
  }
}
