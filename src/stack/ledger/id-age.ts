/** What the time in an id says of it: it may be from too far ahead, too old to be known for new, or outside the window in which a code is good. */
import { CODE_WINDOW_MS } from '../../products/kinds.js';
import { COMMAND, COMMAND_FLAG } from '../../wire/ledger-commands.js';
import type { Mutant } from '../../wire/mutants.js';
import { isTimeOrderedId, operationIdUnixMs } from '../../wire/operation-id.js';
import { RESULTS } from '../../wire/results.js';
import type { Books } from './books.js';
import type { Command } from './command.js';

/** How far ahead of the ledger's clock an id may have been made. */
const FUTURE_MS = 5 * 60_000;

/** 0, or why an id that is not known cannot be taken; nothing is recorded. */
export function idRefusal(books: Books, command: Command): number {
  if (command.idIsZero) return RESULTS.id_must_not_be_zero.code;
  const madeMs = operationIdUnixMs(command.id0, command.id1);
  const inOrder = isTimeOrderedId(command.id1, command.id2);
  if (!inOrder || madeMs > books.nowUs / 1000 + FUTURE_MS) {
    return RESULTS.id_not_time_ordered.code;
  }
  return madeMs < books.ids.watermarkMs ? RESULTS.id_too_old.code : 0;
}

/** 0, or the code for good, where the id is a code: the home shard decides, the other one takes what that has taken. */
export function windowRefusal(books: Books, command: Command, mutant?: Mutant): number {
  const windowMs = CODE_WINDOW_MS[command.kind];
  if (windowMs === 0 || mutant === 'take-old-codes') return 0;
  const isSecondary = (command.flags & COMMAND_FLAG.secondary) !== 0;
  if (isSecondary || command.command === COMMAND.record_decline) return 0;
  const madeMs = operationIdUnixMs(command.id0, command.id1);
  const isOut = Math.abs(books.nowUs / 1000 - madeMs) > windowMs;
  return isOut ? RESULTS.code_out_of_window.code : 0;
}
