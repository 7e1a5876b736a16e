/** Planted bugs of a store that mends its tail when it is opened again. */
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../../wire/ledger-log.js';
import type { Mutant } from '../../../wire/mutants.js';
import { BATCH_ENTRIES_AT, batchParts } from '../batch-log.js';

export function tailBug(
  mutant: Mutant | undefined,
): ((batch: Uint8Array) => Uint8Array | undefined) | undefined {
  switch (mutant) {
    case 'drop-tail-on-restart':
      return dropLast();
    case 'accept-torn-tail':
      return torn;
    default:
      return undefined;
  }
}

/** As if they were torn, all of them. */
const DROPPED = 3;

function dropLast(): (batch: Uint8Array) => Uint8Array | undefined {
  let dropped = 0;
  return (batch) => (++dropped > DROPPED ? batch : undefined);
}

/** The batch without the last leg of its last entry, as a write that was cut off leaves it. */
function torn(batch: Uint8Array): Uint8Array {
  const { view, entries, entriesEnd } = batchParts(batch);
  let last = BATCH_ENTRIES_AT;
  for (let i = 1; i < entries; i++) last += entryBytes(view, last);
  const legs = view.getUint8(last + ENTRY.legs);
  if (entries === 0 || legs === 0 || entriesEnd < batch.byteLength) return batch;
  view.setUint8(last + ENTRY.legs, legs - 1);
  return batch.subarray(0, batch.byteLength - ENTRY_LEG_BYTES);
}

function entryBytes(view: DataView, at: number): number {
  return ENTRY_HEAD_BYTES + view.getUint8(at + ENTRY.legs) * ENTRY_LEG_BYTES;
}
