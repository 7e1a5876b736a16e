/**
 * What a shard keeps so that its next start need not replay the whole log: a pass over what changed, a few pages with each
 * batch. Whatever goes with a batch is on disk with it or not at all, so that nothing here is ever ahead of the log.
 *
 *   batch     n            n+1          n+2        ...            m                      m+1 ...
 *             | pass begins: every id so far is closed, pages that changed are listed    | again after `everyEntries`
 *             |            some pages as they are then, ids in runs      | last ones, and: replay from n on
 *   a kill -->                                  replays from the pass before             replays from n on
 *
 * A pass ends within a quarter of `everyEntries` entries, so that no start replays more than five quarters of them. A step of a
 * short batch takes about a millisecond, that of a long one is in proportion to it: no step copies more than STEP_PAGES, or than a
 * page for each ENTRIES_PER_PAGE entries of its batch, so that a shard with millions of busy accounts has longer passes instead of
 * longer pauses. A pass that was cut by a kill is made up for as fast as steps go: however often a shard is killed, what is to be
 * replayed does not grow from start to start.
 *
 * Changes of ids that were copied go with the batch that has the change, pass or not.
 */
import { DERIVED_HEAD_BYTES, type Derived, type Store } from '../../store/store.js';
import type { Books } from '../books.js';
import { BOUNDS_KEY, jsonDerived, RANGES_KEY, STATE_KEY, viewOf } from './keys.js';
import { accountsPage, pendingPage } from './pages.js';

/**
 * A second of replay or so (ledger.bench.ts), so that a start is over in two. A pass copies every account that was touched: a shard at its peak
 * spends a tenth more than with twice this, and with two fifths of it a third of what it carries.
 */
export const CHECKPOINT_EVERY_ENTRIES = 1_000_000;

/** Of ids, accounts and pending; 8,192 ids. */
const STEP_PAGES = { ids: 32, accounts: 128, pending: 64 } as const;
/** Entries of a batch for each page that its step may copy: a batch of thousands takes milliseconds anyway. */
const ENTRIES_PER_PAGE = { ids: 32, accounts: 16, pending: 32 } as const;

export const CHECKPOINT_VERSION = 2;

/** From where on a log is to be replayed: the first batch, its first entry, and the timestamp of the entry before. */
export interface Position {
  readonly batch: number;
  readonly lsn: number;
  readonly lastUs: number;
}

/** STATE_KEY. `slots`: that were in use when the pass began. */
export interface CheckpointState extends Position {
  readonly version: number;
  readonly shard: number;
  readonly shards: number;
  readonly slots: number;
}

export interface CheckpointOptions {
  readonly shard: number;
  readonly shards: number;
  readonly books: Books;
  readonly store: Store;
  /** Default CHECKPOINT_EVERY_ENTRIES; never more than a quarter of the ids in memory. */
  readonly everyEntries?: number;
}

interface Pass {
  readonly from: Position;
  readonly slots: number;
  readonly accounts: readonly number[];
  readonly pending: readonly number[];
  readonly idPages: number;
  /** How many of each were copied. */
  accountsDone: number;
  pendingDone: number;
  idPagesDone: number;
}

export class Checkpoint {
  readonly #options: CheckpointOptions;
  readonly #everyEntries: number;
  #pass: Pass | undefined;
  /** Lsn at which the last pass began. */
  #begunLsn = 0;
  /** A pass was due before the start. */
  #isLate = false;
  #rangesKept = 0;
  #watermarkKept = 0;
  #newestKept = -1;

  constructor(options: CheckpointOptions) {
    this.#options = options;
    const { recordsMax } = options.books.ids;
    const every = options.everyEntries ?? CHECKPOINT_EVERY_ENTRIES;
    this.#everyEntries = Math.min(every, Math.floor(recordsMax / 4));
  }

  /** Closes the batch being filled and has it written, with a step of the checkpoint. Rejects with StoreError. */
  async commit(): Promise<void> {
    const { books, store } = this.#options;
    const { batchEntries } = books.log;
    const sealed = books.log.seal();
    await store.append(sealed.bytes, this.#step(batchEntries));
    books.archive.written();
  }

  /** Books were restored from a checkpoint, as the store has it. */
  restored(from: Position): void {
    const { books } = this.#options;
    this.#begunLsn = from.lsn;
    this.#isLate = books.log.entries - from.lsn >= this.#everyEntries;
    this.#rangesKept = books.accounts.opened.length;
    this.#watermarkKept = books.ids.watermarkMs;
    this.#newestKept = books.archive.newestSecond;
  }

  /**
   * While the whole log is replayed: keeps what changed, in one go where it is due, so that ids can leave memory.
   * Throws StoreError.
   */
  replayed(at: Position): void {
    if (at.lsn - this.#begunLsn >= this.#everyEntries) this.#rebuild(at);
  }

  /** The whole log was replayed: what was kept of it, if anything, counts from now on. Throws StoreError. */
  replayedAll(at: Position): void {
    if (this.#begunLsn === 0) return;
    this.#rebuild(at);
    this.#options.store.derivedFollow();
  }

  #rebuild(at: Position): void {
    const { books, store } = this.#options;
    this.#begin(at);
    while (this.#pass !== undefined) {
      const derived: Derived[] = [];
      this.#advance(this.#pass, { part: 1, batchEntries: 0 }, derived);
      this.#keepChanges(derived);
      store.putDerived(derived);
      books.archive.written();
    }
  }

  /** What goes with the batch that was just sealed. */
  #step(batchEntries: number): Derived[] {
    const { log, lastUs } = this.#options.books;
    const derived: Derived[] = [];
    const lsn = log.entries;
    if (this.#pass === undefined && lsn - this.#begunLsn >= this.#everyEntries) {
      this.#begin({ batch: log.ordinal, lsn, lastUs });
    }
    if (this.#pass !== undefined) {
      const planned = Math.min(1, (4 * (lsn - this.#begunLsn) + 1) / this.#everyEntries);
      const part = this.#isLate ? 1 : planned;
      this.#advance(this.#pass, { part, batchEntries }, derived);
    }
    this.#keepChanges(derived);
    return derived;
  }

  #begin(from: Position): void {
    const { accounts, pending, ids } = this.#options.books;
    ids.close();
    this.#begunLsn = from.lsn;
    this.#pass = {
      from,
      slots: pending.slots,
      accounts: takeChanged(accounts.changed),
      pending: takeChanged(pending.changed),
      idPages: ids.closedPages,
      accountsDone: 0,
      pendingDone: 0,
      idPagesDone: 0,
    };
  }

  /** Copies until `part` of the pass is done, or as much as one step may. */
  #advance(
    pass: Pass,
    { part, batchEntries }: { readonly part: number; readonly batchEntries: number },
    into: Derived[],
  ): void {
    const { accounts, pending, ids, archive } = this.#options.books;
    const due = (all: number): number => Math.ceil(all * part);
    const roomFor = (of: keyof typeof STEP_PAGES): number =>
      Math.max(STEP_PAGES[of], Math.ceil(batchEntries / ENTRIES_PER_PAGE[of]));
    for (let room = roomFor('ids'); room > 0 && pass.idPagesDone < due(pass.idPages); ) {
      const run = ids.nextRun(room);
      if (run === undefined) throw new Error('pages of ids that were to be copied are gone');
      archive.copy(run, into);
      pass.idPagesDone += run.pages.length;
      room -= run.pages.length;
    }
    const accountsDue = Math.min(
      due(pass.accounts.length),
      pass.accountsDone + roomFor('accounts'),
    );
    while (pass.accountsDone < accountsDue) {
      into.push(accountsPage(accounts, pass.accounts[pass.accountsDone++]));
    }
    const pendingDue = Math.min(due(pass.pending.length), pass.pendingDone + roomFor('pending'));
    while (pass.pendingDone < pendingDue) {
      into.push(pendingPage(pending, pass.pending[pass.pendingDone++]));
    }
    if (isDone(pass)) this.#end(pass, into);
  }

  #end({ from, slots }: Pass, into: Derived[]): void {
    const { shard, shards } = this.#options;
    const state: CheckpointState = { version: CHECKPOINT_VERSION, shard, shards, slots, ...from };
    into.push(jsonDerived(STATE_KEY, state));
    this.#pass = undefined;
    this.#isLate = false;
  }

  /** What changes by itself and is short. */
  #keepChanges(into: Derived[]): void {
    const { accounts, archive, ids } = this.#options.books;
    archive.takeChanges(into);
    if (accounts.opened.length > this.#rangesKept) {
      this.#rangesKept = accounts.opened.length;
      into.push(jsonDerived(RANGES_KEY, accounts.opened));
    }
    if (ids.watermarkMs > this.#watermarkKept || archive.newestSecond > this.#newestKept) {
      this.#watermarkKept = ids.watermarkMs;
      this.#newestKept = archive.newestSecond;
      const value = new Uint8Array(DERIVED_HEAD_BYTES + 16);
      viewOf(value).setFloat64(DERIVED_HEAD_BYTES, ids.watermarkMs, true);
      viewOf(value).setFloat64(DERIVED_HEAD_BYTES + 8, archive.newestSecond, true);
      into.push({ key: BOUNDS_KEY, value });
    }
  }
}

function isDone(pass: Pass): boolean {
  return (
    pass.idPagesDone === pass.idPages &&
    pass.accountsDone === pass.accounts.length &&
    pass.pendingDone === pass.pending.length
  );
}

/** The pages that changed; from now on they did not. */
function takeChanged(changed: Uint8Array): number[] {
  const pages: number[] = [];
  for (let page = changed.indexOf(1); page >= 0; page = changed.indexOf(1, page + 1)) {
    pages.push(page);
    changed[page] = 0;
  }
  return pages;
}
