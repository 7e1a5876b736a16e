/**
 * What a command refers to: may it end that hold, refund that payment? Whoever does must name the parties of what is
 * referred to. Refuses by result code, in TigerBeetle's order: not found, not a hold, other accounts, then what became of it.
 */
import { AWAITS, GOES_ON_ALONE, PASSES_ON } from '../../products/kinds.js';
import { readUint64 } from '../../wire/bytes.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import { ENTRY } from '../../wire/ledger-log.js';
import type { Mutant } from '../../wire/mutants.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import type { Books } from './books.js';
import type { Command } from './command.js';
import { STATE } from './ids.js';
import { counterpartyOf, userOf } from './parties.js';
import { REFERS_TO, TAKES_WHOLE } from './refund-kinds.js';

const OTHER_ACCOUNTS = RESULTS.reference_has_different_accounts.code;

/** A void names the payer and nobody else; 0, or why it cannot end the hold. */
export function voidRefusal(books: Books, command: Command, mutant?: Mutant): number {
  const namesPayer = mutant !== 'void-by-anybody';
  const refused = holdRefusal(books, command, { namesPayer, namesPayee: false });
  return refused || stillHeld(books, command, mutant === 'void-after-capture');
}

/** A capture names both, for no more than was held. `books.legs` are the capture's. */
export function captureRefusal(books: Books, command: Command, mutant?: Mutant): number {
  const namesPayee = mutant !== 'capture-for-anybody';
  const refused =
    holdRefusal(books, command, { namesPayer: true, namesPayee }) ||
    stillHeld(books, command, mutant === 'capture-twice');
  if (refused !== 0 || mutant === 'capture-over-hold') return refused;
  const held = readUint64(books.entryView, books.entryAt + ENTRY.amount);
  const over = command.amount > held || books.legs.debited > held;
  return over ? RESULTS.exceeds_pending_transfer_amount.code : 0;
}

/**
 * A refund, or whatever else uses up an earlier operation, names both parties of it, and all of them stay within its amount. What goes on
 * from it may have no counterparty, or one where that had none, or take the whole and nothing less.
 */
export function refundRefusal(books: Books, command: Command, mutant?: Mutant): number {
  const { ids, refunds } = books;
  const passesOn = PASSES_ON[command.kind] === 1;
  // Home knows what is referred to, and has tried it.
  if (passesOn && (command.flags & COMMAND_FLAG.secondary) !== 0) return 0;
  const payment = books.findReference(command);
  const state = payment < 0 ? 0 : ids.state(payment);
  if (mutant === 'go-on-from-declined' && state === STATE.declined) return 0;
  if (AWAITS[command.kind] === 1 && (payment < 0 || state === STATE.tried))
    return RESULTS.reference_not_here_yet.code;
  const isForgotten = state === STATE.confirmed && mutant === 'forget-far-payments';
  if (isForgotten || (state !== STATE.posted && state !== STATE.confirmed)) {
    return RESULTS.refunded_operation_not_found.code;
  }
  books.findEntry(payment);
  const { entryView: view, entryAt: at } = books;
  if (REFERS_TO[command.kind]?.[view.getUint8(at + ENTRY.kind)] !== 1) {
    return RESULTS.refunded_operation_not_found.code;
  }
  const isToAnother = userOf(view, at) !== command.user && mutant !== 'refund-to-anybody';
  const namesAnother =
    !passesOn &&
    GOES_ON_ALONE[command.kind] === 0 &&
    counterpartyOf(view, at) !== command.counterparty;
  if (isToAnother || namesAnother) return OTHER_ACCOUNTS;
  if (command.flags & COMMAND_FLAG.secondary || mutant === 'refund-without-bound') return 0;
  const paid = readUint64(view, at + ENTRY.amount);
  const refunded = refunds.get(payment) ?? 0;
  const takesWhole = TAKES_WHOLE[command.kind] === 1;
  const before = takesWhole && mutant === 'go-on-twice' ? 0 : refunded;
  if (before + command.amount > paid) return RESULTS.refund_exceeds_payment.code;
  const isPart = takesWhole && command.amount < paid;
  return isPart && mutant !== 'go-on-in-part' ? RESULTS.reference_has_different_amount.code : 0;
}

/** Is it a hold, and of these parties? Leaves its entry found. */
function holdRefusal(
  books: Books,
  command: Command,
  { namesPayer, namesPayee }: { readonly namesPayer: boolean; readonly namesPayee: boolean },
): number {
  const hold = books.findReference(command);
  const state = hold < 0 ? STATE.declined : books.ids.state(hold);
  if (state === STATE.declined || state === STATE.cancelled) {
    return RESULTS.pending_transfer_not_found.code;
  }
  books.findEntry(hold);
  const { entryView: view, entryAt: at } = books;
  if (view.getUint8(at + ENTRY.kind) !== OPERATION_KIND.hold) {
    return RESULTS.pending_transfer_not_pending.code;
  }
  if (namesPayer && userOf(view, at) !== command.user) return OTHER_ACCOUNTS;
  return namesPayee && counterpartyOf(view, at) !== command.counterparty ? OTHER_ACCOUNTS : 0;
}

/** May the hold still be ended? One whose time is over expires here. `again`: a mutant ends captured ones too. */
function stillHeld(books: Books, command: Command, again: boolean): number {
  const hold = books.findReference(command);
  switch (books.ids.state(hold)) {
    case STATE.captured:
      return again ? 0 : RESULTS.pending_transfer_already_posted.code;
    case STATE.voided:
      return RESULTS.pending_transfer_already_voided.code;
    case STATE.expired:
      return RESULTS.pending_transfer_expired.code;
    default:
      break;
  }
  const slot = books.ids.a(hold);
  if (books.pending.deadlines.deadlineUs(slot) > books.nowUs) return 0;
  books.expire(slot);
  return RESULTS.pending_transfer_expired.code;
}
