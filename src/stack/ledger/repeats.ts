/**
 * An id that comes again: is it the same operation? Compared with the entry that was recorded, in TigerBeetle's order:
 * flags (here: kind, role and what was commanded), pending id (reference), timeout, debit account, credit account,
 * amount. The fees are derived from the amount, so a leg that differs in nothing but its amount counts as that.
 */
import { readInt64, readUint64 } from '../../wire/bytes.js';
import { COMMAND } from '../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../wire/ledger-log.js';
import { RESULTS } from '../../wire/results.js';
import type { Command } from './command.js';

/** 0 when the command asks for what the entry recorded; else exists_with_different_*. */
export function difference(command: Command, view: DataView, at: number): number {
  if (view.getUint8(at + ENTRY.kind) !== command.kind || !sameAct(command, view, at)) {
    return RESULTS.exists_with_different_flags.code;
  }
  if (!sameReference(command, view, at)) return RESULTS.exists_with_different_pending_id.code;
  const act = command.command;
  if (act === COMMAND.hold && view.getUint32(at + ENTRY.timeoutS, true) !== command.timeoutS) {
    return RESULTS.exists_with_different_timeout.code;
  }
  const sameAmount = readUint64(view, at + ENTRY.amount) === command.amount;
  const legsTold = act !== COMMAND.void_ && !(act === COMMAND.record_decline && command.legs === 0);
  const legs = legsTold ? legsDifference(command, view, at) : 0;
  const amountCode = RESULTS.exists_with_different_amount.code;
  if (legs !== 0 && legs !== amountCode) return legs;
  return sameAmount ? legs : amountCode;
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

/** A refusal by risk control repeats whatever the operation was; Try and Confirm are one operation. */
function sameAct(command: Command, view: DataView, at: number): boolean {
  if (command.command === COMMAND.record_decline) return true;
  const recorded = view.getUint8(at + ENTRY.command);
  const act = recorded === COMMAND.confirm ? COMMAND.try_ : recorded;
  return act === command.command && view.getUint8(at + ENTRY.flags) === command.flags;
}

function legsDifference(command: Command, view: DataView, at: number): number {
  const legs = view.getUint8(at + ENTRY.legs);
  for (const debit of [true, false]) {
    if (commandAccount(command, debit) === entryAccount(view, at, debit)) continue;
    return debit
      ? RESULTS.exists_with_different_debit_account_id.code
      : RESULTS.exists_with_different_credit_account_id.code;
  }
  if (legs !== command.legs) return RESULTS.exists_with_different_amount.code;
  for (let i = 0; i < legs; i++) {
    const leg = at + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
    const posting = command.postings[i];
    if (readUint64(view, leg + LEG.account) !== command.accounts[i]) {
      return posting < 0
        ? RESULTS.exists_with_different_debit_account_id.code
        : RESULTS.exists_with_different_credit_account_id.code;
    }
    if (readInt64(view, leg + LEG.posting) !== posting) {
      return RESULTS.exists_with_different_amount.code;
    }
  }
  return 0;
}

function commandAccount(command: Command, debit: boolean): number {
  for (let i = 0; i < command.legs && i < 4; i++) {
    if (command.postings[i] < 0 === debit) return command.accounts[i];
  }
  return 0;
}

/** Account of an entry's first leg that debits, or that credits; 0 when there is none. */
export function entryAccount(view: DataView, at: number, debit: boolean): number {
  const legs = view.getUint8(at + ENTRY.legs);
  for (let i = 0; i < legs; i++) {
    const leg = at + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
    if (readInt64(view, leg + LEG.posting) < 0 === debit)
      return readUint64(view, leg + LEG.account);
  }
  return 0;
}
