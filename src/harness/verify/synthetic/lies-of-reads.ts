/** What a replica that lags, or a cache, tells of a balance: each a balance that the account had, at another time. */

import { OUTCOME } from '../../../wire/acks.js';
import { makeOperationId } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import type { Lie } from './lies-of-references.js';
import type { EntryRecord, OperationRecord, ReceiptLegRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { keyOf } from './settle.js';

interface Read {
  readonly operation: OperationRecord;
  readonly leg: ReceiptLegRecord;
  readonly invokedUs: number;
  readonly completedUs: number;
}

function readsOf({ operations }: Recorded): Read[] {
  return operations.flatMap((operation) => {
    const { completion, invokedUs, kind } = operation;
    const leg = completion?.legs[0];
    if (kind !== OPERATION_KIND.balance || completion?.outcome !== OUTCOME.ok) return [];
    return leg === undefined
      ? []
      : [{ operation, leg, invokedUs, completedUs: completion.completedUs }];
  });
}

interface Written {
  readonly version: number;
  readonly by: OperationRecord;
}

/** Versions of the account, with the operation behind each. */
function versionsOf(recorded: Recorded, account: number): Written[] {
  const operations = new Map(recorded.operations.map((one) => [keyOf(one.id), one]));
  const written = ({ id, legs }: EntryRecord): Written[] => {
    const by = operations.get(keyOf(id));
    const leg = legs.find((one) => one.account === account);
    return by === undefined || leg === undefined ? [] : [{ version: leg.version, by }];
  };
  return recorded.entries.flat().flatMap(written);
}

/** The version before one that was acknowledged before the read was sent. */
export const staleRead: Lie = (recorded, choose) => {
  const found = choose(
    readsOf(recorded).flatMap((read) => {
      const known = versionsOf(recorded, read.leg.account).filter(
        ({ by }) =>
          by.completion?.outcome === OUTCOME.ok && by.completion.completedUs < read.invokedUs,
      );
      const last = Math.max(0, ...known.map(({ version }) => version));
      return last > 0 ? [{ ...read, version: last - 1 }] : [];
    }),
  );
  if (found !== undefined) found.leg.version = found.version;
  return found !== undefined;
};

/** A version of an operation that was sent only after the answer. */
export const earlyRead: Lie = (recorded, choose) => {
  const found = choose(
    readsOf(recorded).flatMap((read) => {
      const later = versionsOf(recorded, read.leg.account).find(
        ({ by }) => by.invokedUs > read.completedUs,
      );
      return later === undefined ? [] : [{ ...read, version: later.version }];
    }),
  );
  if (found !== undefined) found.leg.version = found.version;
  return found !== undefined;
};

/** Two reads, one after the other, of which the second goes back; nobody was told of the version otherwise. */
export const readGoesBack: Lie = (recorded, choose) => {
  const found = choose(readsOf(recorded).filter(({ leg }) => leg.version > 0));
  if (found?.operation.completion === undefined) return false;
  const { completedUs, leg, operation } = found;
  for (const { by, version } of versionsOf(recorded, leg.account))
    if (version >= leg.version) by.completion = undefined;
  const sequence = recorded.operations.filter(({ worker }) => worker === operation.worker).length;
  const again = structuredClone(operation);
  again.id = makeOperationId({ unixMs: 8, free12: 8, free30: 8, free32: sequence });
  again.sequence = sequence;
  again.invokedUs = completedUs + 1;
  if (again.completion === undefined) return false;
  again.completion.completedUs = completedUs + 2;
  for (const one of again.completion.legs) one.version--;
  recorded.operations.push(again);
  return true;
};

export const readOfAnother: Lie = (recorded, choose) => {
  const found = choose(readsOf(recorded));
  if (found !== undefined) found.operation.account += 1;
  return found !== undefined;
};
