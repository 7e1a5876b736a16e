/** Sets of ledger commands as tables by number, for loops over millions of entries. */
import { COMMAND } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND } from '../../../wire/ledger-log.js';

const COMMANDS = { ...COMMAND, ...ENTRY_COMMAND };

/** 256 long: 1 for the commands named. */
export function commandFlags(commands: readonly (keyof typeof COMMANDS)[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const command of commands) table[COMMANDS[command]] = 1;
  return table;
}

/** Makes an operation happen. */
export const EFFECT = commandFlags(['post', 'hold', 'capture', 'void_', 'confirm']);

/** Makes or ends a branch or a hold. */
export const RESERVES = commandFlags([
  'try_',
  'confirm',
  'cancel',
  'hold',
  'release',
  'void_',
  'expire',
]);

/** Ends a hold, and is counted as its end. */
export const HOLD_END = commandFlags(['capture', 'void_', 'expire']);

/** Must move money when it is created. */
export const MUST_MOVE = commandFlags([
  'post',
  'try_',
  'confirm',
  'hold',
  'capture',
  'void_',
  'release',
  'expire',
]);
