/** Refusals for a reason that is not so, told alike by journal and books, or by the gateway alone. */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS, type ResultName } from '../../../wire/results.js';
import type { Lie } from './lies-of-references.js';
import type { OperationRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { effectOf, keyOf, removeEntry } from './settle.js';

/** A payment within one shard is refused at the gateway instead: nothing of it is in the books. */
const refusedAtOnce =
  (reason: ResultName): Lie =>
  (recorded, choose) => {
    const referred = new Set(
      recorded.operations.map(({ reference }) => reference && keyOf(reference)),
    );
    const found = choose(
      recorded.operations.filter(
        (one) =>
          one.kind === OPERATION_KIND.pay &&
          !referred.has(keyOf(one.id)) &&
          one.completion?.outcome === OUTCOME.ok &&
          effectOf(recorded, one)?.command === COMMAND.post,
      ),
    );
    const entry = found && effectOf(recorded, found);
    if (found === undefined || entry === undefined) return false;
    removeEntry(recorded, entry);
    tell(found, reason);
    return true;
  };

export const refusedAsMalformed = refusedAtOnce('malformed_operation');
export const refusedAsOutOfRange = refusedAtOnce('amount_out_of_range');
export const refusedAsOneAccount = refusedAtOnce('accounts_must_be_different');
export const refusedAsCancelled = refusedAtOnce('cancelled');
export const refusedAsUsed = refusedAtOnce('exists_with_different_amount');
export const refusedAsNotFound = refusedAtOnce('operation_not_found');
export const refusedAsTooOld = refusedAtOnce('id_too_old');
export const refusedAsNotOffered = refusedAtOnce('product_not_offered');

/** A payment that risk control declined is refused for the want of a hold, by the ledger and so by all. */
export const paymentWithoutHold: Lie = (recorded, choose) => {
  const declined = new Set(
    recorded.entries
      .flat()
      .flatMap(({ code, id, kind }) =>
        kind === OPERATION_KIND.pay && code === RESULTS.risk_amount_limit.code ? [keyOf(id)] : [],
      ),
  );
  const found = choose(recorded.operations.filter(({ id }) => declined.has(keyOf(id))));
  if (found === undefined) return false;
  for (const entry of recorded.entries.flat())
    if (keyOf(entry.id) === keyOf(found.id)) entry.code = RESULTS.pending_transfer_not_found.code;
  tell(found, 'pending_transfer_not_found');
  return true;
};

/** A refund of too much is refused for another reason, by the ledger and so by all. */
const refundRefused =
  (reason: ResultName): Lie =>
  (recorded, choose) => {
    const found = choose(refundsOfTooMuch(recorded));
    if (found === undefined) return false;
    for (const entry of recorded.entries.flat())
      if (keyOf(entry.id) === keyOf(found.id)) entry.code = RESULTS[reason].code;
    tell(found, reason);
    return true;
  };

export const refundOfWhatIsThere = refundRefused('refunded_operation_not_found');
export const refundOfTheSame = refundRefused('reference_has_different_accounts');

/** The client alone is told of it. */
export const toldOfNoPayment: Lie = (recorded, choose) => {
  const found = choose(refundsOfTooMuch(recorded));
  if (found !== undefined) tell(found, 'refunded_operation_not_found');
  return found !== undefined;
};

/** What risk control declined is told to be cancelled, to the client alone. */
export const toldOfACancel: Lie = (recorded, choose) => {
  const { code } = RESULTS.risk_amount_limit;
  const found = choose(recorded.operations.filter(({ completion }) => completion?.code === code));
  if (found !== undefined) tell(found, 'cancelled');
  return found !== undefined;
};

function refundsOfTooMuch({ operations }: Recorded): OperationRecord[] {
  const { code } = RESULTS.refund_exceeds_payment;
  return operations.filter(
    ({ completion, kind }) => kind === OPERATION_KIND.refund && completion?.code === code,
  );
}

function tell({ completion }: OperationRecord, reason: ResultName): void {
  if (completion === undefined) return;
  const { code } = RESULTS[reason];
  Object.assign(completion, { outcome: OUTCOME.declined, code, legs: [], timestampUs: 0 });
}
