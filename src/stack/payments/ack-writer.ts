/**
 * Ack records written, copied and merged in place: a shard's answer becomes the client's answer. The receipt
 * of an operation across shards is put together from its two branches: the user's leg from the home shard, the
 * other legs from the peer, no clearing legs. Pure. A record is named by its view and its offset, everywhere.
 */
import { ACCOUNT_CLASS, accountParts, SYSTEM_ACCOUNT } from '../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME, RECEIPT_LEGS } from '../../wire/acks.js';
import { readUint64 } from '../../wire/bytes.js';
import { RESULTS } from '../../wire/results.js';

export interface BareAck {
  readonly tag: number;
  /** OUTCOME */
  readonly outcome: number;
  /** RESULTS */
  readonly code: number;
}

/** An answer without a receipt. */
export function writeBareAck(target: DataView, at: number, ack: BareAck): void {
  for (let byte = 0; byte < ACK_BYTES; byte += 4) target.setInt32(at + byte, 0, true);
  target.setUint32(at + ACK.tag, ack.tag, true);
  target.setUint8(at + ACK.outcome, ack.outcome);
  target.setUint16(at + ACK.code, ack.code, true);
}

/** The same answer under another tag. Word by word: a view to `set` from would be an allocation per ack. */
export function copyAck(
  target: DataView,
  at: number,
  source: DataView,
  sourceAt: number,
  tag: number,
): void {
  target.setUint32(at + ACK.tag, tag, true);
  for (let byte = 4; byte < ACK_BYTES; byte += 4) {
    target.setInt32(at + byte, source.getInt32(sourceAt + byte, true), true);
  }
}

export function ackCode(view: DataView, at: number): number {
  return view.getUint16(at + ACK.code, true);
}

export function ackOutcome(view: DataView, at: number): number {
  return view.getUint8(at + ACK.outcome);
}

/** Whether the ledger says that the command took effect, now or when it was first asked. */
export function isCreated(view: DataView, at: number): boolean {
  return ackOutcome(view, at) === OUTCOME.ok && ackCode(view, at) === RESULTS.created.code;
}

export function isDeclined(view: DataView, at: number): boolean {
  return ackOutcome(view, at) === OUTCOME.declined;
}

/**
 * The shard on the other side of a clearing leg in this receipt, or -1. A hold stands in the clearing account
 * of its shard with itself: that is no other shard.
 */
export function clearingPeer(view: DataView, at: number): number {
  const legs = legsOf(view, at);
  for (let leg = 0; leg < legs; leg++) {
    const account = readUint64(view, at + ACK.accounts + leg * 8);
    if (!isClearing(account)) continue;
    const { number, slot } = accountParts(account);
    const peer = number - SYSTEM_ACCOUNT.clearing;
    if (peer !== slot - 1) return peer;
  }
  return -1;
}

/** Drops the clearing legs of the receipt at `at` and appends the legs of `other` that are none. */
export function mergeReceipts(
  view: DataView,
  at: number,
  other: DataView | undefined,
  otherAt: number,
): void {
  let legs = appendLegs(view, at, 0, view, at);
  if (other !== undefined) legs = appendLegs(view, at, legs, other, otherAt);
  view.setUint8(at + ACK.legs, legs);
  for (let leg = legs; leg < RECEIPT_LEGS; leg++) clearLeg(view, at, leg);
}

/** Copies legs that are no clearing legs behind the first `have` of the target; returns how many it has then. */
function appendLegs(
  target: DataView,
  at: number,
  have: number,
  source: DataView,
  sourceAt: number,
): number {
  const count = legsOf(source, sourceAt);
  let to = have;
  for (let leg = 0; leg < count && to < RECEIPT_LEGS; leg++) {
    if (isClearing(readUint64(source, sourceAt + ACK.accounts + leg * 8))) continue;
    for (let half = 0; half < 8; half += 4) {
      const account = source.getInt32(sourceAt + ACK.accounts + leg * 8 + half, true);
      const balance = source.getInt32(sourceAt + ACK.balances + leg * 8 + half, true);
      target.setInt32(at + ACK.accounts + to * 8 + half, account, true);
      target.setInt32(at + ACK.balances + to * 8 + half, balance, true);
    }
    const version = source.getUint32(sourceAt + ACK.versions + leg * 4, true);
    target.setUint32(at + ACK.versions + to * 4, version, true);
    to++;
  }
  return to;
}

function legsOf(view: DataView, at: number): number {
  return Math.min(view.getUint8(at + ACK.legs), RECEIPT_LEGS);
}

function isClearing(account: number): boolean {
  const { accountClass, number } = accountParts(account);
  return accountClass === ACCOUNT_CLASS.system && number >= SYSTEM_ACCOUNT.clearing;
}

function clearLeg(view: DataView, at: number, leg: number): void {
  for (let half = 0; half < 8; half += 4) {
    view.setInt32(at + ACK.accounts + leg * 8 + half, 0, true);
    view.setInt32(at + ACK.balances + leg * 8 + half, 0, true);
  }
  view.setUint32(at + ACK.versions + leg * 4, 0, true);
}
