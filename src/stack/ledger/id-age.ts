/** What the time in an id says of it: it may be from too far ahead, too old to be known for new, or outside the window in which a code is good. */
import { AFTER_MS, CODE_AHEAD_MS, CODE_LATE_MS } from '../../products/kinds.js';
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

/** 0, or the code for good, where the id is a code or refers to one that must be of age: the home shard decides, the other one takes what that has taken. */
export function windowRefusal(books: Books, command: Command, mutant?: Mutant): number {
  const { kind } = command;
  const aheadMs = CODE_AHEAD_MS[kind];
  const afterMs = AFTER_MS[kind];
  if (aheadMs === 0 && afterMs === 0) return 0;
  const isSecondary = (command.flags & COMMAND_FLAG.secondary) !== 0;
  if (isSecondary || command.command === COMMAND.record_decline) return 0;
  const nowMs = books.nowUs / 1000;
  if (aheadMs > 0 && mutant !== 'take-old-codes') {
    const ageMs = nowMs - operationIdUnixMs(command.id0, command.id1);
    if (ageMs > CODE_LATE_MS[kind] || ageMs < -aheadMs) return RESULTS.code_out_of_window.code;
  }
  if (afterMs === 0 || mutant === 'lapse-at-once') return 0;
  const referredMs = operationIdUnixMs(command.reference0, command.reference1);
  return nowMs < referredMs + afterMs ? RESULTS.too_early.code : 0;
}
