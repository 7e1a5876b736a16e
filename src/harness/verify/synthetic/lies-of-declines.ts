/** Declines without a cause, told alike by journal and books. */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import type { Lie } from './lies-of-references.js';
import type { EntryRecord, OperationRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { keyOf } from './settle.js';

interface Refused {
  readonly entry: EntryRecord;
  readonly operation: OperationRecord;
}

/** Entries with this code, with what asked for them. */
function withCode(recorded: Recorded, code: number, command?: number): Refused[] {
  const operations = new Map(recorded.operations.map((one) => [keyOf(one.id), one]));
  return recorded.entries.flat().flatMap((entry) => {
    const operation = operations.get(keyOf(entry.id));
    const isIt = entry.code === code && (command === undefined || entry.command === command);
    return isIt && operation !== undefined ? [{ entry, operation }] : [];
  });
}

function tell(operation: OperationRecord, code: number): void {
  const { completion } = operation;
  if (completion === undefined) return;
  Object.assign(completion, { outcome: OUTCOME.declined, code, legs: [], timestampUs: 0 });
}

/** A payment within one shard that there was money for is refused instead. */
function refusePayment(recorded: Recorded, choose: Parameters<Lie>[1], code: number): boolean {
  const paid = withCode(recorded, RESULTS.created.code, COMMAND.post).filter(
    ({ entry, operation }) =>
      operation.kind === OPERATION_KIND.pay &&
      recorded.entries[entry.shard]?.indexOf(entry) !== 0 &&
      !recorded.operations.some(
        ({ reference }) => reference !== undefined && keyOf(reference) === keyOf(operation.id),
      ),
  );
  const touched = paid.filter(({ entry, operation }) =>
    recorded.entries[entry.shard]
      ?.slice(0, recorded.entries[entry.shard]?.indexOf(entry))
      .some(({ legs }) => legs.some(({ account }) => account === operation.account)),
  );
  const found = choose(touched);
  if (found === undefined) return false;
  found.entry.code = code;
  found.entry.legs.length = 0;
  tell(found.operation, code);
  return true;
}

export const refusedForMoney: Lie = (recorded, choose) =>
  refusePayment(recorded, choose, RESULTS.exceeds_credits.code);

export const refusedAsUnknownAccount: Lie = (recorded, choose) =>
  refusePayment(recorded, choose, RESULTS.debit_account_not_found.code);

/** A decline of risk control that the client, and the books, call lack of money. */
export const declinedByNobody: Lie = (recorded, choose) => {
  const found = choose(withCode(recorded, RESULTS.risk_amount_limit.code));
  const { code } = RESULTS.exceeds_credits;
  if (found === undefined) return false;
  found.entry.code = code;
  tell(found.operation, code);
  return true;
};

/** The client alone is told of it. */
export const toldOfNoMoney: Lie = (recorded, choose) => {
  const found = choose(withCode(recorded, RESULTS.risk_amount_limit.code));
  if (found !== undefined) tell(found.operation, RESULTS.exceeds_credits.code);
  return found !== undefined;
};

const ENDS = [
  RESULTS.pending_transfer_already_posted.code,
  RESULTS.pending_transfer_already_voided.code,
  RESULTS.pending_transfer_expired.code,
];

/** A hold that ended is refused with the wrong end. */
export const refusedByAnotherEnd: Lie = (recorded, choose) => {
  const found = choose(ENDS.flatMap((code) => withCode(recorded, code)));
  const code = ENDS.find((one) => one !== found?.entry.code);
  if (found === undefined || code === undefined) return false;
  found.entry.code = code;
  tell(found.operation, code);
  return true;
};

export const refusedAsNoHold: Lie = (recorded, choose) => {
  const found = choose(ENDS.flatMap((code) => withCode(recorded, code)));
  const { code } = RESULTS.pending_transfer_not_found;
  if (found === undefined) return false;
  found.entry.code = code;
  tell(found.operation, code);
  return true;
};

function lessIsAsked(recorded: Recorded, choose: Parameters<Lie>[1], code: number): boolean {
  const found = choose(withCode(recorded, code).filter(({ operation }) => operation.amount > 1));
  if (found === undefined) return false;
  found.operation.amount = 1;
  found.entry.amount = 1;
  return true;
}

/** One minor unit was asked, of a payment or hold that has as much left. */
export const refundRefusedInVain: Lie = (recorded, choose) =>
  lessIsAsked(recorded, choose, RESULTS.refund_exceeds_payment.code);

export const captureRefusedInVain: Lie = (recorded, choose) =>
  lessIsAsked(recorded, choose, RESULTS.exceeds_pending_transfer_amount.code);
