/** One random change to one field of a journal or its books, and whether it must be noticed. */
import { OUTCOME } from '../../../wire/acks.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import type { SeededRandom } from './random.js';
import type { Recorded } from './run-folder.js';

export interface Corruption {
  readonly what: string;
  /** False where the field proves nothing on its own, or may have changed within what is allowed. */
  readonly matters: boolean;
}

/** Fields of an entry that say what happened. */
const ENTRY_FIELDS = ['timestampUs', 'amount', 'command', 'kind', 'flags', 'code'] as const;
const LEG_FIELDS = ['account', 'posting', 'balance', 'version', 'pending'] as const;
const ACCOUNT_FIELDS = [
  'opening',
  'debitsPending',
  'debitsPosted',
  'creditsPending',
  'creditsPosted',
  'version',
] as const;
const RECEIPT_FIELDS = ['account', 'balance', 'version'] as const;

/** Changes one field; the value is never what it was. */
export function corrupt(recorded: Recorded, random: SeededRandom): Corruption {
  const dice = random.below(5);
  if (dice === 0) return corruptEntry(recorded, random);
  if (dice === 1) return corruptLeg(recorded, random);
  if (dice === 2) return corruptAccount(recorded, random);
  if (dice === 3) return corruptReceipt(recorded, random);
  return corruptAsked(recorded, random);
}

function pick<T>(items: readonly T[], random: SeededRandom): T {
  const found = items[random.below(items.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

function corruptEntry(recorded: Recorded, random: SeededRandom): Corruption {
  const entry = pick(recorded.entries.flat(), random);
  const field = pick(ENTRY_FIELDS, random);
  const before = entry[field];
  if (field === 'flags') entry.flags = (entry.flags + 1 + random.below(2)) % 3;
  else if (field === 'kind') entry.kind = (entry.kind % 7) + 1;
  else if (field === 'command') entry.command = (entry.command % 7) + 1;
  else if (field === 'code') entry.code = entry.code === 0 ? 54 : 0;
  else entry[field] += 1 + random.below(1000);
  const what = `${field} of an entry (command ${entry.command}): ${before} -> ${entry[field]}`;
  return { what, matters: false };
}

function corruptLeg(recorded: Recorded, random: SeededRandom): Corruption {
  const entry = pick(
    recorded.entries.flat().filter(({ legs }) => legs.length > 0),
    random,
  );
  const leg = pick(entry.legs, random);
  const field = pick(LEG_FIELDS, random);
  const before = leg[field];
  if (field === 'pending') leg.pending = (leg.pending + 1 + random.below(3)) % 4;
  else leg[field] += 1 + random.below(100);
  return {
    what: `${field} of a leg (command ${entry.command}): ${before} -> ${leg[field]}`,
    matters: true,
  };
}

function corruptAccount(recorded: Recorded, random: SeededRandom): Corruption {
  const account = pick(recorded.accounts.flat(), random);
  const field = pick(ACCOUNT_FIELDS, random);
  account[field] += 1 + random.below(100);
  return { what: `${field} of account ${account.account}`, matters: true };
}

function corruptReceipt(recorded: Recorded, random: SeededRandom): Corruption {
  const told = recorded.operations.filter(
    ({ completion, kind }) =>
      completion?.outcome === OUTCOME.ok &&
      completion.legs.length > 0 &&
      kind < OPERATION_KIND.hold,
  );
  const { completion } = pick(told, random);
  const leg = pick(completion?.legs ?? [], random);
  const field = pick(RECEIPT_FIELDS, random);
  leg[field] += 1 + random.below(100);
  return { what: `${field} of a receipt`, matters: true };
}

function corruptAsked(recorded: Recorded, random: SeededRandom): Corruption {
  const operation = pick(
    recorded.operations.filter(
      ({ completion, kind }) => completion?.outcome === OUTCOME.ok && kind < OPERATION_KIND.void,
    ),
    random,
  );
  const field = pick(['amount', 'account', 'kind', 'outcome'] as const, random);
  if (field === 'kind') operation.kind = (operation.kind % 6) + 1;
  else if (field === 'outcome' && operation.completion !== undefined) {
    operation.completion.outcome = OUTCOME.declined;
    operation.completion.code = 54;
  } else if (field !== 'outcome') operation[field] += 1 + random.below(100);
  return { what: `${field} of an operation`, matters: true };
}
