/**
 * From a checkpoint to books that are as old as its oldest page; recovery.ts replays the rest of the log into them.
 * Refuses (CheckpointError) whatever does not follow from the log: the whole log is replayed then.
 */
import type { OpenRange } from '../../../wire/admin.js';
import { ENTRY } from '../../../wire/ledger-log.js';
import type { Store } from '../../store/store.js';
import { ACCOUNTS_PER_PAGE } from '../accounts.js';
import { batchParts } from '../batch-log.js';
import type { Books } from '../books.js';
import { STATE } from '../ids.js';
import { SLOT, SLOTS_PER_PAGE } from '../pending.js';
import { CHECKPOINT_VERSION, type CheckpointState, type Position } from './checkpoint.js';
import { accountsKey, BOUNDS_KEY, pendingKey, RANGES_KEY, STATE_KEY, viewOf } from './keys.js';
import { readPendingPage, restoreAccountsPage } from './pages.js';

export class CheckpointError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckpointError';
  }
}

export interface RestoreOptions {
  readonly shard: number;
  readonly shards: number;
  readonly store: Store;
}

/** Fills fresh books; undefined: there is no checkpoint. Throws CheckpointError, StoreError. */
export function restoreCheckpoint(books: Books, options: RestoreOptions): Position | undefined {
  const { store } = options;
  const state = readJson<CheckpointState>(store, STATE_KEY);
  if (state === undefined) return undefined;
  check(state, options);
  for (const range of readJson<OpenRange[]>(store, RANGES_KEY) ?? []) books.accounts.open(range);
  const bounds = store.derived(BOUNDS_KEY);
  if (bounds !== undefined) {
    books.ids.watermarkMs = viewOf(bounds).getFloat64(0, true);
    books.archive.restored(viewOf(bounds).getFloat64(8, true));
  }
  restoreAccounts(books, store);
  restorePending(books, store, state);
  books.lastUs = state.lastUs;
  return state;
}

function check(state: CheckpointState, { shard, shards, store }: RestoreOptions): void {
  if (state.version !== CHECKPOINT_VERSION) {
    throw new CheckpointError(`it is of version ${state.version}, not ${CHECKPOINT_VERSION}`);
  }
  if (state.shard !== shard || state.shards !== shards) {
    throw new CheckpointError(`it is of shard ${state.shard} of ${state.shards}`);
  }
  if (!store.derivedFollows()) {
    throw new CheckpointError('it does not follow from the log, or is damaged');
  }
  if (state.batch > store.batches) {
    throw new CheckpointError(`it is of batch ${state.batch}, the log has ${store.batches}`);
  }
  if (state.batch === 0) return;
  const { firstLsn, entries } = batchParts(store.read(state.batch - 1));
  if (firstLsn + entries === state.lsn) return;
  throw new CheckpointError(`it begins at entry ${state.lsn}, the log at ${firstLsn + entries}`);
}

/** A page that is not there is one of accounts that have never moved. */
function restoreAccounts({ accounts }: Books, store: Store): void {
  for (let page = 0; page * ACCOUNTS_PER_PAGE < accounts.count; page++) {
    const bytes = store.derived(accountsKey(page));
    if (bytes === undefined || restoreAccountsPage(accounts, page, bytes)) continue;
    throw new CheckpointError('it has accounts that were never opened');
  }
}

/** Slots that were made since may have been kept too; the archive does not have their ids then. */
function restorePending({ pending, ids }: Books, store: Store, state: CheckpointState): void {
  const pages = Math.ceil(state.slots / SLOTS_PER_PAGE);
  for (let page = 0; ; page++) {
    const bytes = store.derived(pendingKey(page));
    if (bytes === undefined) {
      if (page < pages) throw new CheckpointError('what is open is not whole');
      break;
    }
    for (const { slot, holding, entry } of readPendingPage(bytes)) {
      const id = (word: number): number =>
        entry.view.getInt32(entry.at + ENTRY.id + word * 4, true);
      if (ids.find(id(0), id(1), id(2), id(3)) >= 0) {
        throw new CheckpointError('one operation is open twice');
      }
      const words = [id(0), id(1), id(2), id(3)] as const;
      const record = entry.batch < state.batch ? ids.restore(...words) : ids.insert(...words);
      ids.set(record, holding === SLOT.hold ? STATE.held : STATE.tried, slot, 0);
      pending.restore(slot, holding, { ...entry, record });
    }
  }
  pending.restored();
}

/** What this shard wrote itself, under a checksum that holds. */
function readJson<Content>(store: Store, key: Uint8Array): Content | undefined {
  const bytes = store.derived(key);
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as Content);
}
