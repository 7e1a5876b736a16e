/**
 * Histories in which every account by itself is in order, and no order explains all of them: what reads and acknowledgements tell of
 * one account contradicts what they tell of another on the same shard.
 */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND } from '../../../wire/ledger-log.js';
import { makeOperationId } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import type { Lie } from './lies-of-references.js';
import type { CompletionRecord, EntryLegRecord, EntryRecord, OperationRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { keyOf } from './settle.js';

interface Done {
  readonly operation: OperationRecord;
  readonly completion: CompletionRecord;
  readonly entry: EntryRecord;
  /** Place in the log of its shard. */
  readonly at: number;
}

/** Acknowledged operations that one entry of a kind of command carried out. */
function doneBy(recorded: Recorded, command: number): Done[] {
  const operations = new Map(recorded.operations.map((one) => [keyOf(one.id), one]));
  return recorded.entries.flatMap((log) =>
    log.flatMap((entry, at) => {
      const operation = operations.get(keyOf(entry.id));
      const completion = operation?.completion;
      const isDone = entry.command === command && entry.code === 0 && entry.legs.length > 0;
      if (!isDone || operation === undefined || completion?.outcome !== OUTCOME.ok) return [];
      return [{ operation, completion, entry, at }];
    }),
  );
}

function latestUs({ operations }: Recorded): number {
  return operations.reduce(
    (latest, { completion, invokedUs }) =>
      Math.max(latest, invokedUs, completion?.completedUs ?? 0),
    0,
  );
}

/** Adds a read of this version to the journal. */
function read(
  recorded: Recorded,
  template: Done,
  leg: { readonly account: number; readonly version: number; readonly balance: number },
  [invokedUs, completedUs]: readonly [number, number],
): void {
  const { completion, operation } = template;
  const sequence = recorded.operations.filter(({ worker }) => worker === operation.worker).length;
  recorded.operations.push({
    ...operation,
    sequence,
    id: makeOperationId({ unixMs: 9, free12: 9, free30: operation.worker, free32: sequence }),
    reference: undefined,
    kind: OPERATION_KIND.balance,
    account: leg.account,
    counterparty: 0,
    amount: 0,
    timeoutS: 0,
    intendedUs: invokedUs,
    invokedUs,
    completion: { ...completion, legs: [{ ...leg }], completedUs },
  });
}

/** Payments of which no leg is followed by another version of its account. */
function lastOnTheirAccounts(recorded: Recorded, legs: readonly number[]): Done[] {
  const followed = (log: readonly EntryRecord[], at: number, account: number): boolean =>
    log.slice(at + 1).some((later) => later.legs.some((leg) => leg.account === account));
  return doneBy(recorded, COMMAND.post).filter(({ at, entry }) => {
    const log = recorded.entries[entry.shard] ?? [];
    return legs.every((leg) => !followed(log, at, entry.legs[leg]?.account ?? -1));
  });
}

/** One read sees the payer's leg of a payment; a later one does not see the payee's, before the payment is acknowledged. */
export const paymentSeenInHalves: Lie = (recorded, choose) => {
  const found = choose(lastOnTheirAccounts(recorded, [0, 1]));
  const [seen, unseen] = found?.entry.legs ?? [];
  if (found === undefined || seen === undefined || unseen === undefined) return false;
  const endUs = latestUs(recorded);
  found.completion.completedUs = endUs + 100;
  read(recorded, found, seen, [endUs + 10, endUs + 11]);
  read(recorded, found, before(unseen), [endUs + 20, endUs + 21]);
  return true;
};

function before({ account, balance, posting, version }: EntryLegRecord) {
  return { account, version: version - 1, balance: balance - posting };
}

/** A top-up, and a payment later in the log that has no account in common with it, with one in between that has one with both. */
function apart(recorded: Recorded): { readonly first: Done; readonly last: Done }[] {
  const posts = doneBy(recorded, COMMAND.post);
  const payments = posts.filter(({ entry }) => entry.legs.length === 4);
  return posts.flatMap((first) => {
    if (first.operation.kind !== OPERATION_KIND.topUp) return [];
    const isSharing = ({ entry }: Done): boolean =>
      entry.legs.some(({ account }) => account === first.operation.account);
    const later = payments.filter(
      ({ at, entry }) => entry.shard === first.entry.shard && at > first.at,
    );
    const between = later.find(isSharing);
    const last = later.find(
      (one) => between !== undefined && one.at > between.at && !isSharing(one),
    );
    return last === undefined ? [] : [{ first, last }];
  });
}

/** The last of them was over, by 2 us, before the first was invoked; all else before it in the log, and all reads, were invoked early. */
function turnRound(
  recorded: Recorded,
  { first, last }: { readonly first: Done; readonly last: Done },
): void {
  const log = recorded.entries[first.entry.shard] ?? [];
  const past = new Set(log.slice(0, last.at).map(({ id }) => keyOf(id)));
  past.delete(keyOf(first.operation.id));
  for (const operation of recorded.operations)
    if (past.has(keyOf(operation.id)) || operation.kind === OPERATION_KIND.balance)
      operation.invokedUs = 0;
  last.operation.invokedUs = 0;
  first.operation.invokedUs = Math.max(first.operation.invokedUs, 3);
}

/** A payment is acknowledged before a top-up is invoked that comes before it by way of a third account. */
export const acknowledgedBeforeItsPast: Lie = (recorded, choose) => {
  const found = choose(apart(recorded));
  if (found === undefined) return false;
  turnRound(recorded, found);
  found.last.completion.completedUs = 2;
  return true;
};

/** It is not acknowledged, but read. */
export const readBeforeItsPast: Lie = (recorded, choose) => {
  const found = choose(apart(recorded));
  const [leg] = found?.last.entry.legs ?? [];
  if (found === undefined || leg === undefined) return false;
  turnRound(recorded, found);
  found.last.operation.completion = undefined;
  read(recorded, found.last, leg, [1, 2]);
  return true;
};

/** A read sees the money of a hold released and not yet taken by the capture. */
export const captureSeenInHalves: Lie = (recorded, choose) => {
  const found = choose(doneBy(recorded, ENTRY_COMMAND.release));
  const [leg] = found?.entry.legs ?? [];
  if (found === undefined || leg === undefined) return false;
  read(recorded, found, leg, [found.operation.invokedUs, found.completion.completedUs]);
  return true;
};
