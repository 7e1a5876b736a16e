/** Finds in a recorded history what a bug is to be planted in. */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import type { CompletionRecord, EntryRecord, OperationRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { effectOf, keyOf } from './settle.js';

export type Acknowledged = OperationRecord & { completion: CompletionRecord };

export function isAcknowledged(operation: OperationRecord): operation is Acknowledged {
  return operation.completion?.outcome === OUTCOME.ok;
}

/** An acknowledged operation of this kind from the middle of the history. */
export function acknowledged(
  recorded: Recorded,
  kind: number,
  fits: (operation: Acknowledged, effect: EntryRecord) => boolean = () => true,
): { readonly operation: Acknowledged; readonly effect: EntryRecord } {
  const half = recorded.operations.slice(Math.floor(recorded.operations.length / 3));
  for (const operation of [...half, ...recorded.operations]) {
    if (operation.kind !== kind || !isAcknowledged(operation)) continue;
    const effect = effectOf(recorded, operation);
    if (effect !== undefined && fits(operation, effect)) return { operation, effect };
  }
  throw new Error(`the history has no such operation of kind ${kind}`);
}

export const pay = (recorded: Recorded) =>
  acknowledged(
    recorded,
    OPERATION_KIND.pay,
    (_, effect) => effect.command === COMMAND.post && effect.legs.length === 4,
  );
export const payAcross = (recorded: Recorded) =>
  acknowledged(recorded, OPERATION_KIND.pay, (_, effect) => effect.command === COMMAND.confirm);

/** The entry of an operation with this command on the far shard, or on its home shard. */
export function branch(
  recorded: Recorded,
  operation: OperationRecord,
  command: number,
  role: number,
): EntryRecord {
  const found = recorded.entries
    .flat()
    .find(
      (entry) =>
        keyOf(entry.id) === keyOf(operation.id) &&
        entry.command === command &&
        entry.flags === role,
    );
  if (found === undefined) throw new Error('the history has no such branch');
  return found;
}

export function legOf(entry: EntryRecord, index: number) {
  const leg = entry.legs[index];
  if (leg === undefined) throw new Error('the entry has no such leg');
  return leg;
}
