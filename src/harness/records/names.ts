/**
 * Numbers of the wire as the words that stand in the run folder's Parquet files. Each table is a dictionary of
 * at most 256 words; a byte on disk is an index in it. A number this build does not know becomes `unrecognised`.
 */

import { KIND_NUMBERS } from '../../products/kinds.js';
import { OUTCOME } from '../../wire/acks.js';
import { COMMAND } from '../../wire/ledger-commands.js';
import { ENTRY_COMMAND, LEG_PENDING } from '../../wire/ledger-log.js';
import { CHANNEL } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';

const UNRECOGNISED = 'unrecognised';

export interface NameTable {
  readonly names: readonly string[];
  /** From the wire's number to the index in `names`; numbers outside are index 0. */
  readonly indexOf: Uint8Array;
}

function table(numbers: Readonly<Record<string, number>>, span: number): NameTable {
  const names = [UNRECOGNISED];
  const indexOf = new Uint8Array(span);
  for (const [name, number] of Object.entries(numbers)) {
    indexOf[number] = names.length;
    names.push(name);
  }
  return { names, indexOf };
}

export const KIND_NAMES = table(KIND_NUMBERS, 256);
export const CHANNEL_NAMES = table(CHANNEL, 256);
export const OUTCOME_NAMES = table(OUTCOME, 256);
export const COMMAND_NAMES = table({ ...COMMAND, ...ENTRY_COMMAND }, 256);
export const PENDING_NAMES = table(LEG_PENDING, 256);
export const ROLE_NAMES = table({ local: 0, primary: 1, secondary: 2 }, 256);
export const RESOLUTION_NAMES = table({ answered: 0, look_up: 1 }, 256);
export const RESULT_NAMES = table(
  Object.fromEntries(Object.entries(RESULTS).map(([name, row]) => [name, row.code])),
  65_536,
);

/** 0..255 as themselves, for counts that fit a byte. */
export const BYTE_VALUES: readonly number[] = Array.from({ length: 256 }, (_, index) => index);
