/** What the operations of a made-up history are answered: the completions that their entries amount to. */

import { SYSTEM_ACCOUNT } from '../../../wire/accounts.js';
import { OUTCOME } from '../../../wire/acks.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import type { CompletionRecord, EntryRecord, OperationRecord } from './records.js';

export function isRead(operation: OperationRecord): boolean {
  return operation.kind === OPERATION_KIND.balance;
}

export function declined(code: number): CompletionRecord {
  return {
    outcome: OUTCOME.declined,
    code,
    timestampUs: 0,
    legs: [],
    completedUs: 0,
    attempts: 1,
    resolution: RESOLUTION.answered,
  };
}

/** The ack that the entries of one operation amount to: no clearing legs, the first entry's timestamp. */
export function answer(entries: readonly EntryRecord[]): CompletionRecord {
  const [first] = entries;
  if (first === undefined) throw new Error('an answer comes from an entry');
  if (first.code !== 0) return declined(first.code);
  const across = entries.length > 1;
  return {
    ...declined(0),
    outcome: OUTCOME.ok,
    timestampUs: first.timestampUs,
    legs: entries
      .flatMap((entry) => entry.legs)
      .filter((leg) => !across || !isClearing(leg.account))
      .map(({ account, balance, version }) => ({ account, balance, version })),
  };
}

function isClearing(account: number): boolean {
  return account >= 2 * 2 ** 40 && account % 2 ** 32 >= SYSTEM_ACCOUNT.clearing;
}
