/**
 * An id that comes again: is it the same operation? The whole body is compared with what was recorded, in TigerBeetle's order:
 * flags (here: the kind), pending id (reference), timeout, debit account, credit account, amount; then the channel. What a
 * client does not say (rates, which account stands for a split merchant) is not compared.
 *
 * Ids that were declined are not compared: they stay declined with their first code, whatever comes under them.
 */
import { readUint64 } from '../../wire/bytes.js';
import { COMMAND } from '../../wire/ledger-commands.js';
import { ENTRY } from '../../wire/ledger-log.js';
import type { Mutant } from '../../wire/mutants.js';
import { RESULTS } from '../../wire/results.js';
import type { Command } from './command.js';
import { counterpartyOf, isTowardsUser, userOf } from './parties.js';

/** 0 when the command asks for what the entry recorded; else exists_with_different_*. */
export function difference(command: Command, view: DataView, at: number, mutant?: Mutant): number {
  if (view.getUint8(at + ENTRY.kind) !== command.kind) {
    return RESULTS.exists_with_different_flags.code;
  }
  if (!sameReference(command, view, at)) return RESULTS.exists_with_different_pending_id.code;
  if (view.getUint32(at + ENTRY.timeoutS, true) !== command.timeoutS) {
    return RESULTS.exists_with_different_timeout.code;
  }
  const party = partyDifference(command, view, at, mutant);
  if (party !== 0) return party;
  const isOther = readUint64(view, at + ENTRY.amount) !== command.amount;
  if (isOther && mutant !== 'ignore-amount-on-repeat') {
    return RESULTS.exists_with_different_amount.code;
  }
  if (view.getUint8(at + ENTRY.channel) !== command.channel) {
    return RESULTS.exists_with_different_channel.code;
  }
  return sameAct(command, view, at) ? 0 : RESULTS.exists_with_different_flags.code;
}

function sameReference(command: Command, view: DataView, at: number): boolean {
  const from = at + ENTRY.reference;
  return (
    view.getInt32(from, true) === command.reference0 &&
    view.getInt32(from + 4, true) === command.reference1 &&
    view.getInt32(from + 8, true) === command.reference2 &&
    view.getInt32(from + 12, true) === command.reference3
  );
}

function partyDifference(
  command: Command,
  view: DataView,
  at: number,
  mutant: Mutant | undefined,
): number {
  const otherUser = userOf(view, at) !== command.user && mutant !== 'ignore-payer-on-repeat';
  const otherCounterparty =
    counterpartyOf(view, at) !== command.counterparty && mutant !== 'ignore-payee-on-repeat';
  const towardsUser = isTowardsUser(command.kind);
  if (towardsUser ? otherCounterparty : otherUser) {
    return RESULTS.exists_with_different_debit_account_id.code;
  }
  const otherCredit = towardsUser ? otherUser : otherCounterparty;
  return otherCredit ? RESULTS.exists_with_different_credit_account_id.code : 0;
}

/**
 * One body is one act, unless accounts were placed otherwise in between: then a Try must not take the money of a post for
 * its own. Try and Confirm are one act; a refusal by risk control is none.
 */
function sameAct(command: Command, view: DataView, at: number): boolean {
  if (command.command === COMMAND.record_decline) return true;
  const recorded = view.getUint8(at + ENTRY.command);
  const act = recorded === COMMAND.confirm ? COMMAND.try_ : recorded;
  return act === command.command && view.getUint8(at + ENTRY.flags) === command.flags;
}
