/** What risk control can do wrong: decline what is within the agreed limits, and let go what is not. */
import { kindFlags } from '../../../products/kinds.js';
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

/** Of one payment that went: how many of its payer's, and how much, a window with nothing but what is certain had before it. */
interface Certain {
  readonly operation: OperationRecord;
  readonly times: number;
  readonly amountMinor: number;
}

const JUDGED = kindFlags(({ judgedByRisk }) => judgedByRisk);

/** Three quarters of a window are certain, but for a hundredth of it. */
export function certainBefore(
  { operations }: Recorded,
  windowMs: number,
  sinceUs: number,
): Certain[] {
  const certainUs = Math.ceil(windowMs * 1000 * 0.74);
  const rows = new Map<string, number>();
  for (const { id } of operations) rows.set(keyOf(id), (rows.get(keyOf(id)) ?? 0) + 1);
  const went = operations.flatMap((operation) => {
    const { completion, kind } = operation;
    const isAlone = rows.get(keyOf(operation.id)) === 1;
    const isDone = completion?.outcome === OUTCOME.ok && JUDGED[kind] === 1;
    return isAlone && isDone ? [{ operation, completedUs: completion.completedUs }] : [];
  });
  return went.map(({ operation, completedUs }) => {
    const fromUs = Math.max(sinceUs, completedUs - certainUs);
    const before = went.filter(
      (one) =>
        one.operation.account === operation.account &&
        one.completedUs < operation.invokedUs &&
        one.operation.invokedUs >= fromUs,
    );
    const amountMinor = before.reduce((sum, one) => sum + one.operation.amount, 0);
    return { operation, times: before.length, amountMinor };
  });
}

const HOUR_MS = 3_600_000;
const NO_BOUND = 2 ** 40;

function agree(recorded: Recorded, window: { countMax: number; amountMinorMax: number }): void {
  const { risk } = recorded.money;
  const velocity = [{ windowMs: HOUR_MS, ...window }];
  if (risk !== undefined)
    Object.assign(recorded, { money: { ...recorded.money, risk: { ...risk, velocity } } });
}

/** A payer pays once more than may be: what was paid a moment ago is not counted. */
export const wentTooOften: Lie = (recorded, choose) => {
  const all = certainBefore(recorded, HOUR_MS, 0);
  const most = Math.max(2, ...all.map(({ times }) => times));
  const found = choose(all.filter(({ times }) => times === most));
  if (found === undefined) return false;
  agree(recorded, { countMax: found.times, amountMinorMax: NO_BOUND });
  return true;
};

/** A payer pays more than may be together. */
export const wentTooMuch: Lie = (recorded, choose) => {
  const all = certainBefore(recorded, HOUR_MS, 0);
  const found = choose(all.filter(({ times }) => times >= 2));
  if (found === undefined) return false;
  const amountMinorMax = found.amountMinor + found.operation.amount - 1;
  agree(recorded, { countMax: NO_BOUND, amountMinorMax });
  return true;
};
