/**
 * What a ledger can do wrong with what operations refer to, holds and payments, each told alike by journal and books: with
 * balances and receipts settled anew, nothing contradicts itself. `choose` picks one of the things it can be done to; where
 * there is none a lie returns false.
 */
import { ACCOUNT_CLASS, accountParts } from '../../../wire/accounts.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND } from '../../../wire/ledger-log.js';
import { makeOperationId, type OperationIdWords } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import type { EntryRecord, OperationRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { keyOf, repeatEntry } from './settle.js';

export type Choose = <Thing>(things: readonly Thing[]) => Thing | undefined;
export type Lie = (recorded: Recorded, choose: Choose) => boolean;

interface Referring {
  readonly operation: OperationRecord;
  /** What it refers to, as asked. */
  readonly target: OperationRecord;
  /** All entries under its id, and those under the other. */
  readonly entries: readonly EntryRecord[];
  readonly targetEntries: readonly EntryRecord[];
}

/** Operations of a kind that took effect, with what they refer to. */
function referring(recorded: Recorded, kind: number): Referring[] {
  const entries = new Map<string, EntryRecord[]>();
  for (const entry of recorded.entries.flat()) {
    const key = keyOf(entry.id);
    entries.set(key, [...(entries.get(key) ?? []), entry]);
  }
  const operations = new Map(recorded.operations.map((one) => [keyOf(one.id), one]));
  return recorded.operations.flatMap((operation) => {
    if (operation.kind !== kind || operation.reference === undefined) return [];
    const target = operations.get(keyOf(operation.reference));
    const own = entries.get(keyOf(operation.id)) ?? [];
    const isDone = own.some((entry) => entry.code === 0 && entry.legs.length > 0);
    if (target === undefined || !isDone) return [];
    const targetEntries = entries.get(keyOf(target.id)) ?? [];
    return [{ operation, target, entries: own, targetEntries }];
  });
}

/** The operation and the entries by which it moved money, all of them, are of `amount`. */
function setAmount({ entries, operation }: Referring, amount: number): void {
  const more = amount - operation.amount;
  operation.amount = amount;
  for (const entry of entries) {
    if (entry.command === ENTRY_COMMAND.release) continue;
    entry.amount = amount;
    const [first, second] = entry.legs;
    if (first === undefined || second === undefined) continue;
    first.posting += Math.sign(first.posting) * more;
    second.posting += Math.sign(second.posting) * more;
  }
}

const hold = ({ targetEntries }: Referring): EntryRecord | undefined =>
  targetEntries.find(({ command }) => command === COMMAND.hold);

function sameShardUser(recorded: Recorded, account: number, shard: number): number | undefined {
  return recorded.accounts[shard]?.find(
    (one) =>
      one.account !== account && accountParts(one.account).accountClass === ACCOUNT_CLASS.user,
  )?.account;
}

export const captureMoreThanHeld: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.capture));
  if (found === undefined) return false;
  setAmount(found, found.target.amount + 1);
  return true;
};

export const captureForAnother: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.capture));
  if (found === undefined) return false;
  found.target.counterparty += 1;
  return true;
};

/** The release stays away, and what was held stays held. */
export const captureWithoutRelease: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.capture));
  const release = found?.entries.find(({ command }) => command === ENTRY_COMMAND.release);
  const log = recorded.entries[release?.shard ?? 0];
  if (release === undefined || log === undefined) return false;
  log.splice(log.indexOf(release), 1);
  return true;
};

/** What is released is a hold; what is taken refers to another one. */
export const captureOfAnotherHold: Lie = (recorded, choose) => {
  const captures = referring(recorded, OPERATION_KIND.capture);
  const found = choose(captures);
  const other = captures.find(({ target }) => target !== found?.target);
  const capture = found?.entries.find(({ command }) => command === COMMAND.capture);
  if (capture === undefined || other === undefined || found === undefined) return false;
  capture.reference = other.target.id;
  found.operation.reference = other.target.id;
  return true;
};

export const captureTooLate: Lie = (recorded, choose) => {
  const late = [OPERATION_KIND.capture, OPERATION_KIND.void]
    .flatMap((kind) => referring(recorded, kind))
    .filter((one) => {
      const end = one.entries[0]?.timestampUs ?? 0;
      return end - (hold(one)?.timestampUs ?? end) > 1_100_000;
    });
  const found = choose(late);
  const made = found && hold(found);
  if (found === undefined || made === undefined) return false;
  made.timeoutS = 1;
  found.target.timeoutS = 1;
  return true;
};

const expiries = (recorded: Recorded): EntryRecord[] =>
  recorded.entries.flat().filter(({ command }) => command === ENTRY_COMMAND.expire);

function setTimeout(recorded: Recorded, id: OperationIdWords, timeoutS: number): void {
  const key = keyOf(id);
  const asked = recorded.operations.find((one) => keyOf(one.id) === key);
  if (asked !== undefined) asked.timeoutS = timeoutS;
  for (const entry of recorded.entries.flat())
    if (keyOf(entry.id) === key) entry.timeoutS = timeoutS;
}

export const expiryTooEarly: Lie = (recorded, choose) => {
  const found = choose(expiries(recorded));
  if (found !== undefined) setTimeout(recorded, found.id, 100_000);
  return found !== undefined;
};

export const expiryOfEndless: Lie = (recorded, choose) => {
  const found = choose(expiries(recorded));
  if (found !== undefined) setTimeout(recorded, found.id, 0);
  return found !== undefined;
};

/** A void gives up a hold of somebody else: of the same shard, made to look as if that one had asked. */
export const voidByAnother: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.void));
  const shard = found?.entries[0]?.shard ?? 0;
  const other = found && sameShardUser(recorded, found.operation.account, shard);
  if (found === undefined || other === undefined) return false;
  found.operation.account = other;
  return true;
};

export const refundMoreThanPaid: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.refund));
  if (found === undefined) return false;
  setAmount(found, found.target.amount + 1);
  return true;
};

/** Under an id of its own, asked and acknowledged like the first. */
export const refundTwice: Lie = (recorded, choose) => {
  const whole = referring(recorded, OPERATION_KIND.refund).filter(
    ({ operation, target }) => operation.amount * 2 > target.amount,
  );
  const found = choose(whole);
  if (found === undefined) return false;
  const { operation } = found;
  const sequence = recorded.operations.filter(({ worker }) => worker === operation.worker).length;
  const id = makeOperationId({ unixMs: 7, free12: 7, free30: 7, free32: sequence });
  const again = structuredClone({ ...operation, id, sequence, completion: undefined });
  recorded.operations.push(again);
  for (const entry of found.entries) repeatEntry(recorded, entry).id = id;
  return true;
};

function refersTo(found: Referring, id: OperationIdWords | undefined): void {
  found.operation.reference = id;
  for (const entry of found.entries) entry.reference = id;
}

export const refundOfNothing: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.refund));
  const kept = new Set(recorded.entries.flat().map(({ id }) => keyOf(id)));
  const never = recorded.operations.find(
    (one) => one.kind === OPERATION_KIND.pay && !kept.has(keyOf(one.id)),
  );
  if (found === undefined) return false;
  refersTo(found, never?.id);
  return true;
};

export const refundOfHold: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.refund));
  const held = choose(recorded.entries.flat().filter(({ command }) => command === COMMAND.hold));
  if (found === undefined || held === undefined) return false;
  refersTo(found, held.id);
  return true;
};

/** To another user of the payer's shard, who asked for it. */
export const refundToAnother: Lie = (recorded, choose) => {
  const found = choose(referring(recorded, OPERATION_KIND.refund));
  if (found === undefined) return false;
  const { entries, operation } = found;
  const leg = entries
    .flatMap(({ legs }) => legs)
    .find(({ account }) => account === operation.account);
  const shard = entries.find(({ legs }) => leg !== undefined && legs.includes(leg))?.shard ?? 0;
  const other = sameShardUser(recorded, operation.account, shard);
  if (other === undefined) return false;
  for (const one of entries.flatMap(({ legs }) => legs))
    if (one.account === operation.account) one.account = other;
  for (const one of operation.completion?.legs ?? [])
    if (one.account === operation.account) one.account = other;
  operation.account = other;
  return true;
};
