/** What risk control can do wrong: decline what is within the agreed limits, and let go what is not. */
import { OUTCOME } from '../../../wire/acks.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import type { Lie } from './lies-of-references.js';
import type { CompletionRecord, EntryRecord, OperationRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { keyOf } from './settle.js';

interface Declined {
  readonly operation: OperationRecord;
  readonly completion: CompletionRecord;
  readonly entry: EntryRecord;
}

function declinedAsLarge(recorded: Recorded): Declined[] {
  const entries = new Map(recorded.entries.flat().map((one) => [keyOf(one.id), one]));
  return recorded.operations.flatMap((operation) => {
    const { completion } = operation;
    const entry = entries.get(keyOf(operation.id));
    const isIt = completion?.code === RESULTS.risk_amount_limit.code && entry !== undefined;
    return isIt ? [{ operation, completion, entry }] : [];
  });
}

/** A payment that is small enough is declined as over the limit. */
export const declinedAsTooLarge: Lie = (recorded, choose) => {
  const found = choose(declinedAsLarge(recorded));
  if (found === undefined) return false;
  found.operation.amount = 100;
  found.entry.amount = 100;
  return true;
};

/** A payment is declined as one too many of a user who has paid a few. */
export const declinedAsTooMany: Lie = (recorded, choose) => {
  const found = choose(declinedAsLarge(recorded));
  const { code } = RESULTS.risk_velocity_count;
  if (found === undefined) return false;
  found.completion.code = code;
  found.entry.code = code;
  return true;
};

/** Payments over the limit go: the limit is taken for that of another currency. */
export const limitForgotten: Lie = (recorded, choose) => {
  const paid = recorded.operations.filter(
    ({ completion, kind }) => kind === OPERATION_KIND.pay && completion?.outcome === OUTCOME.ok,
  );
  const found = choose(paid);
  const { risk } = recorded.money;
  if (found === undefined || risk === undefined) return false;
  Object.assign(recorded, {
    money: { ...recorded.money, risk: { ...risk, amountMinorMax: found.amount - 1 } },
  });
  return true;
};
