/**
 * Whose operation an entry is of: the user and the counterparty its client named, read back from what was recorded. One of
 * them stands in the legs, the other in the entry's `party` (wire/ledger-log.ts):
 *
 *   at home, one shard or primary   legs: the user's                                party: the counterparty
 *   secondary                       legs: the counterparty's                        party: the user
 *
 * Pure. Not for entries without legs.
 */
import { kindFlags, OF_MERCHANT } from '../../products/kinds.js';
import { SLOTS } from '../../wire/accounts.js';
import { readInt64 } from '../../wire/bytes.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../wire/ledger-log.js';
import { merchantParty, readParty } from '../../wire/party.js';

const TOWARDS_USER = kindFlags(({ direction }) => direction === 'towards-home');

/** Refund, top-up: money goes to the user, so that the user's leg is a credit. */
export function isTowardsUser(kind: number): boolean {
  return TOWARDS_USER[kind] === 1;
}

/** Number of the user. */
export function userOf(view: DataView, at: number): number {
  if (isSecondary(view, at)) return view.getUint32(at + ENTRY.party, true);
  return legParty(view, at, !isTowardsUser(view.getUint8(at + ENTRY.kind))) >>> 0;
}

/** The other party, as wire/party.ts writes it; 0 = none. */
export function counterpartyOf(view: DataView, at: number): number {
  if (!isSecondary(view, at)) return view.getInt32(at + ENTRY.party, true);
  return legParty(view, at, isTowardsUser(view.getUint8(at + ENTRY.kind)));
}

function isSecondary(view: DataView, at: number): boolean {
  return (view.getUint8(at + ENTRY.flags) & COMMAND_FLAG.secondary) !== 0;
}

/** Party of the first leg that debits, or that credits; 0 when there is none. */
function legParty(view: DataView, at: number, debit: boolean): number {
  const legs = view.getUint8(at + ENTRY.legs);
  for (let i = 0; i < legs; i++) {
    const leg = at + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
    if (readInt64(view, leg + LEG.posting) < 0 === debit) return partyAt(view, leg + LEG.account);
  }
  return 0;
}

/** A merchant's account of a product is the merchant. */
function partyAt(view: DataView, at: number): number {
  const isMerchant = OF_MERCHANT[Math.floor(view.getUint32(at + 4, true) / SLOTS)] === 1;
  return isMerchant ? merchantParty(view.getInt32(at, true)) : readParty(view, at);
}
