/** Sets of ledger commands as tables by number, for loops over millions of entries. */
import { COMMAND } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND, LEG_PENDING } from '../../../wire/ledger-log.js';

const COMMANDS = { ...COMMAND, ...ENTRY_COMMAND };

/** 256 long: 1 for the commands named. */
export function commandFlags(commands: readonly (keyof typeof COMMANDS)[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const command of commands) table[COMMANDS[command]] = 1;
  return table;
}

/** Makes an operation happen. */
export const EFFECT = commandFlags(['post', 'hold', 'capture', 'void_', 'confirm']);

/** Was there when its operation was acknowledged; a Try may be of a second sending that was refused. */
export const DONE = commandFlags(['post', 'hold', 'release', 'capture', 'void_', 'confirm']);

/** Records an operation for the first time on its shard; so does a Cancel without legs. */
export const BEGINS = commandFlags(['post', 'try_', 'hold', 'capture', 'void_', 'record_decline']);

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

/** Ends a hold, with the hold's legs; a capture does by the release that comes with it. */
export const ENDS_HOLD = commandFlags(['release', 'void_', 'expire']);

/** Moves money under the id that asked for it, by legs that follow from what was asked. */
export const OWN_LEGS = commandFlags(['post', 'try_', 'confirm', 'cancel', 'hold', 'capture']);

const { posted, made, confirmed, released } = LEG_PENDING;
const MODE_OF: Readonly<Partial<Record<keyof typeof COMMANDS, number>>> = {
  post: posted,
  try_: made,
  confirm: confirmed,
  cancel: released,
  hold: made,
  capture: posted,
  void_: released,
  release: released,
  expire: released,
};
const NO_MODE = 255;

/** 256 long: LEG_PENDING of the legs of an entry with this command; one that no leg has where it has none. */
export const MODES = new Uint8Array(256).fill(NO_MODE);
for (const [command, mode] of Object.entries(MODE_OF))
  MODES[COMMANDS[command as keyof typeof COMMANDS]] = mode;
