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
  readonly #files = new Map<string, Uint8Array[]>();
  readonly #transfers: EntriesFile[];
  readonly #accounts: AccountsFile[];
  readonly #workers = new Set<number>();
  #buffered = 0;

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
    this.#accounts = all.map(
      (shard) => new AccountsFile({ path: join(books, accountsPart(shard)), shard, ...rows }),
    );
  }

  operation(operation: OperationRecord): void {
    const { worker, sequence, completion } = operation;
    this.#workers.add(worker);
    this.#append(invokesFile(worker), encodeInvoke(operation));
    if (completion !== undefined)
      this.#append(completionsFile(worker), encodeCompletion(sequence, completion));
  }

  entry(entry: EntryRecord): void {
    this.#transfers[entry.shard]?.push(encodeEntry(entry));
  }

  closeBooks(accounts: readonly (readonly AccountRecord[])[]): void {
    this.#flush();
    for (const [shard, records] of accounts.entries())
      for (const record of records) this.#accounts[shard]?.push(encodeAccount(record));
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

  #append(name: string, record: Uint8Array): void {
    const parts = this.#files.get(name) ?? [];
    parts.push(record);
    this.#files.set(name, parts);
    this.#buffered++;
    if (this.#buffered >= 65_536) this.#flush();
  }

  #flush(): void {
    for (const [name, parts] of this.#files)
      appendFileSync(join(this.#journal, name), Buffer.concat(parts));
    for (const worker of this.#workers)
      appendFileSync(join(this.#journal, completionsFile(worker)), '');
    this.#files.clear();
    this.#buffered = 0;
  }
}
