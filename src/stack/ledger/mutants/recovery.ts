/** Planted bugs of what a shard does with its books once it has read them back. */
import { readInt64, readUint64 } from '../../../wire/bytes.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../../wire/ledger-log.js';
import type { Mutant } from '../../../wire/mutants.js';
import { RESULTS } from '../../../wire/results.js';
import type { Store } from '../../store/store.js';
import { FIELDS, VERSION } from '../accounts.js';
import { BATCH_ENTRIES_AT, batchParts } from '../batch-log.js';
import type { Books } from '../books.js';
import { Command } from '../command.js';
import { counterpartyOf, userOf } from '../parties.js';
import { Reloaded } from './pending.js';

export function afterRecovery(books: Books, store: Store, mutant: Mutant): void {
  if (books.pending instanceof Reloaded) books.pending.isReloading = false;
  if (mutant === 'forget-ids-on-restart') {
    books.ids.forgetClosed();
    books.archive.isAsked = false;
  }
  if (mutant === 'reset-versions-on-restart') resetVersions(books);
  // The first batch opens the accounts: a shard that has no other was not running yet.
  if (mutant === 'replay-tail-twice' && store.batches > 1) replayTail(books, store);
}

function resetVersions({ accounts }: Books): void {
  for (let at = VERSION; at < accounts.count * FIELDS; at += FIELDS) accounts.fields[at] = 0;
}

/** What the last batch posted at once is posted again. */
function replayTail(books: Books, store: Store): void {
  const bytes = Buffer.from(store.read(store.batches - 1));
  const { view, entries } = batchParts(bytes);
  const command = new Command();
  for (let i = 0, at = BATCH_ENTRIES_AT; i < entries; i++) {
    const legs = view.getUint8(at + ENTRY.legs);
    const isPosted = view.getUint16(at + ENTRY.code, true) === RESULTS.created.code;
    if (isPosted && view.getUint8(at + ENTRY.command) === COMMAND.post) {
      fill(command, view, at);
      books.setTime(books.lastUs);
      books.legs.fromCommand(command);
      if (books.legs.resolve() === 0) books.post(command, books.takeRecord(command));
    }
    at += ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES;
  }
}

/** Makes the command the one behind the entry. */
function fill(command: Command, view: DataView, at: number): void {
  const id = (word: number): number => view.getInt32(at + ENTRY.id + word * 4, true);
  const reference = (word: number): number => view.getInt32(at + ENTRY.reference + word * 4, true);
  Object.assign(command, { id0: id(0), id1: id(1), id2: id(2), id3: id(3) });
  Object.assign(command, { reference0: reference(0), reference1: reference(1) });
  Object.assign(command, { reference2: reference(2), reference3: reference(3) });
  command.command = COMMAND.post;
  command.kind = view.getUint8(at + ENTRY.kind);
  command.flags = view.getUint8(at + ENTRY.flags);
  command.channel = view.getUint8(at + ENTRY.channel);
  command.peer = view.getUint8(at + ENTRY.peer);
  command.amount = readUint64(view, at + ENTRY.amount);
  command.user = userOf(view, at);
  command.counterparty = counterpartyOf(view, at);
  command.legs = view.getUint8(at + ENTRY.legs);
  for (let i = 0; i < command.legs; i++) {
    const leg = at + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
    command.accounts[i] = readUint64(view, leg + LEG.account);
    command.postings[i] = readInt64(view, leg + LEG.posting);
  }
}
