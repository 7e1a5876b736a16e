/**
 * From what a client asks to what the engine counts: which kinds of operation are seen at all, which are decided on, and which movement of
 * money each is. Made of the table of kinds and of the products; a new kind needs no line here.
 *
 *   pay, transfer, hold, huabei.pay     payer --> payee            decided on, counted
 *   topUp, loan.disburse                nobody --> user            counted
 *   refund, huabei.refund               merchant --> user          counted as given back
 *   huabei.repay                        payer --> nobody           counted
 *   loan.apply                          payer --> nobody           decided on: no money moves yet
 *   capture, void, huabei.bill          what they move was counted, or is no money of anybody's: seen, and that is all
 */
import { CATALOGUE, kindFlags, productKind } from '../../products/kinds.js';
import { drawsOnEarlier, movesMoney, type OperationKindRow } from '../../wire/operation-kinds.js';
import { CHANNEL } from '../../wire/operations.js';
import { EVENT_KIND, type MoneyEvent } from '../engine/fused-engine.js';
import type { Parties } from '../engine/parties.js';

/** By number: kinds that the engine is told of. */
export const SEEN = kindFlags((row) => movesMoney(row) && row.toldOnly === undefined);
/** By number: kinds that may be denied. */
export const DECIDED = kindFlags((row) => row.judgedByRisk);

/** What was asked, as it stands in the operation record. */
export interface Asked {
  kind: number;
  account: number;
  counterparty: number;
  amountMinor: number;
  channel: number;
}

const MERCHANTS_FROM = 2 ** 40;
const MINOR_A_YUAN = 100;

/** By number: whether it moves what its parties have, which way, and whether on credit. */
const MOVES = kindFlags(movesOwnMoney);
const BACK = kindFlags((row) => drawsOnEarlier(row) && row.goesOn === undefined);
const TOWARDS_HOME = kindFlags(({ direction }) => direction === 'towards-home');
const ON_CREDIT = kindFlags(({ number }) => isOnCredit(number));

/** Fills `event`; false where nothing is to be counted. */
export function fillEvent(event: MoneyEvent, asked: Asked, atS: number, parties: Parties): boolean {
  const { kind, account, counterparty } = asked;
  event.yuan = asked.amountMinor / MINOR_A_YUAN;
  event.atS = atS;
  event.onCredit = ON_CREDIT[kind] === 1 || asked.channel === CHANNEL.huabei;
  const home = parties.user(account);
  const isMerchant = counterparty >= MERCHANTS_FROM;
  const other = isMerchant
    ? parties.merchant(counterparty - MERCHANTS_FROM)
    : parties.user(counterparty);
  const isIncoming = TOWARDS_HOME[kind] === 1;
  event.from = isIncoming ? other : home;
  event.to = isIncoming ? home : other;
  event.kind = eventKind(kind, isMerchant, isIncoming);
  return MOVES[kind] === 1;
}

function eventKind(kind: number, isMerchant: boolean, isIncoming: boolean): number {
  if (BACK[kind] === 1) return EVENT_KIND.refund;
  if (!isMerchant) return EVENT_KIND.transfer;
  return isIncoming ? EVENT_KIND.payout : EVENT_KIND.pay;
}

/** A hold is counted when it is made; a bill notes a debt. */
function movesOwnMoney(row: OperationKindRow): boolean {
  if (row.effect !== 'posts' && row.effect !== 'reserves') return false;
  const product = productKind(row.number);
  if (product === undefined || row.counterparty !== undefined) return true;
  return product.legs.some(({ account }) => account.on === 'home' && account.of === 'party');
}

/** The payer pays out of an account that can never have more than it opened with: a limit. */
function isOnCredit(number: number): boolean {
  const product = productKind(number);
  if (product === undefined || product.row.direction !== 'from-home') return false;
  if (product.row.counterparty === undefined) return false;
  return product.legs.some(
    ({ account }) =>
      account.on === 'home' &&
      account.of === 'user' &&
      CATALOGUE.classes.get(account.class)?.account.mustNotPassOpening === true,
  );
}
