/**
 * Makes a broken history consistent again but for what was broken: balances and versions are counted anew along each
 * log, the accounts end as their logs say, and receipts tell what the books hold. So one planted bug breaks the law it is
 * about and not every other one.
 */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { LEG_PENDING } from '../../../wire/ledger-log.js';
import { formatOperationId, type OperationIdWords } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import type { AccountRecord, EntryRecord, OperationRecord } from './records.js';
import type { Recorded } from './run-folder.js';

/** Counts balances, versions and final accounts anew; receipts too where `receipts` is not false. */
export function settle(recorded: Recorded, { receipts = true } = {}): Recorded {
  for (const [shard, entries] of recorded.entries.entries()) {
    const accounts = new Map<number, AccountRecord>();
    for (const account of recorded.accounts[shard] ?? []) {
      reopen(account);
      accounts.set(account.account, account);
    }
    for (const entry of entries) for (const leg of entry.legs) step(accounts, leg);
  }
  if (receipts) tellAgain(recorded);
  return recorded;
}

function reopen(account: AccountRecord): void {
  account.debitsPending = 0;
  account.creditsPending = 0;
  account.debitsPosted = Math.max(0, -account.opening);
  account.creditsPosted = Math.max(0, account.opening);
  account.version = 0;
}

function step(accounts: Map<number, AccountRecord>, leg: EntryRecord['legs'][number]): void {
  const account = accounts.get(leg.account);
  if (account === undefined) return;
  const size = Math.abs(leg.posting);
  const { pending } = leg;
  const change = pending === LEG_PENDING.made ? size : pending === LEG_PENDING.posted ? 0 : -size;
  const posted = pending === LEG_PENDING.posted || pending === LEG_PENDING.confirmed ? size : 0;
  if (leg.posting < 0) {
    account.debitsPending += change;
    account.debitsPosted += posted;
  } else {
    account.creditsPending += change;
    account.creditsPosted += posted;
  }
  account.version++;
  leg.version = account.version;
  leg.balance = account.creditsPosted - account.debitsPosted;
}

/** Receipt legs take version and balance of the same account in the books; those that are not there stay. */
function tellAgain(recorded: Recorded): void {
  const told = new Map<string, EntryRecord[]>();
  for (const entry of recorded.entries.flat()) {
    if (!isTold(entry)) continue;
    const key = keyOf(entry.id);
    told.set(key, [...(told.get(key) ?? []), entry]);
  }
  for (const operation of recorded.operations) {
    const { completion } = operation;
    if (completion?.outcome !== OUTCOME.ok) continue;
    const legs = (told.get(keyOf(operation.id)) ?? []).flatMap((entry) => entry.legs);
    for (const leg of completion.legs) {
      const kept = legs.find(({ account }) => account === leg.account);
      if (kept === undefined || operation.kind === OPERATION_KIND.balance) continue;
      leg.version = kept.version;
      leg.balance = kept.balance;
    }
    completion.legs = completion.legs.filter(
      (leg) =>
        operation.kind === OPERATION_KIND.balance ||
        legs.length === 0 ||
        legs.some(({ account }) => account === leg.account),
    );
  }
  readAgain(recorded);
}

/** A balance read tells the balance the account had at the version it read. */
function readAgain(recorded: Recorded): void {
  const balances = new Map<string, number>();
  for (const { account, opening } of recorded.accounts.flat())
    balances.set(`${account} 0`, opening);
  for (const entry of recorded.entries.flat())
    for (const leg of entry.legs) balances.set(`${leg.account} ${leg.version}`, leg.balance);
  for (const operation of recorded.operations) {
    if (operation.kind !== OPERATION_KIND.balance) continue;
    for (const leg of operation.completion?.legs ?? []) {
      while (leg.version > 0 && !balances.has(`${leg.account} ${leg.version}`)) leg.version--;
      leg.balance = balances.get(`${leg.account} ${leg.version}`) ?? leg.balance;
    }
  }
}

function isTold(entry: EntryRecord): boolean {
  const commands: readonly number[] = [
    COMMAND.post,
    COMMAND.hold,
    COMMAND.capture,
    COMMAND.void_,
    COMMAND.confirm,
  ];
  return entry.code === RESULTS.created.code && commands.includes(entry.command);
}

/** The entry by which an operation happened. */
export function effectOf(recorded: Recorded, operation: OperationRecord): EntryRecord | undefined {
  const key = keyOf(operation.id);
  return recorded.entries
    .flat()
    .find(
      (entry) =>
        keyOf(entry.id) === key &&
        isTold(entry) &&
        !(entry.command === COMMAND.confirm && (entry.flags & COMMAND_FLAG.secondary) !== 0),
    );
}

/** Takes an entry out of its log. */
export function removeEntry(recorded: Recorded, entry: EntryRecord): void {
  const log = recorded.entries[entry.shard];
  const at = log?.indexOf(entry) ?? -1;
  if (log === undefined || at < 0) throw new Error('no such entry');
  log.splice(at, 1);
}

/** Writes a copy of an entry at the end of its log. */
export function repeatEntry(recorded: Recorded, entry: EntryRecord): EntryRecord {
  const log = recorded.entries[entry.shard] ?? [];
  const timestampUs = (log.at(-1)?.timestampUs ?? 0) + 1;
  const copy: EntryRecord = { ...structuredClone(entry), timestampUs };
  log.push(copy);
  return copy;
}

export function keyOf(id: OperationIdWords): string {
  return formatOperationId(id);
}

/** Nothing was ever booked: every account is as it was opened. */
export function emptyBooks(recorded: Recorded): void {
  for (const entries of recorded.entries) entries.length = 0;
  for (const account of recorded.accounts.flat())
    Object.assign(account, {
      version: 0,
      debitsPending: 0,
      creditsPending: 0,
      debitsPosted: Math.max(0, -account.opening),
      creditsPosted: Math.max(0, account.opening),
    });
}
