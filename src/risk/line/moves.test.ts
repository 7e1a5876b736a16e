/** Which movement of money an operation is to the engine, kind by kind. */
import { describe, expect, it } from 'vitest';
import { kindsWhere, knownKind } from '../../products/kinds.js';
import { merchantAccount } from '../../wire/accounts.js';
import { movesMoney } from '../../wire/operation-kinds.js';
import { CHANNEL } from '../../wire/operations.js';
import { EVENT_KIND, type MoneyEvent } from '../engine/fused-engine.js';
import { Parties } from '../engine/parties.js';
import { DECIDED, fillEvent, SEEN } from './moves.js';

const USERS = 50;
const parties = new Parties(USERS, 10);
const HOME = 7;
const OTHER = 8;
const MERCHANT = 3;
/** Ordinal of the merchant among the parties. */
const SHOP = USERS + MERCHANT;

function moveOf(kind: string, counterparty: number, channel: number = CHANNEL.balance) {
  const event: MoneyEvent = {
    ...{ kind: 0, from: 0, to: 0, device: 0, card: 0 },
    ...{ onCredit: false, yuan: 0, atS: 0 },
  };
  const asked = { account: HOME, counterparty, amountMinor: 1250, channel };
  const { number } = knownKind(kind).row;
  if (!fillEvent(event, { ...asked, kind: number }, 60, parties)) return 'nothing';
  expect(event).toMatchObject({ yuan: 12.5, atS: 60 });
  const name = Object.entries(EVENT_KIND).find(([, one]) => one === event.kind)?.[0];
  return [name, event.from, event.to, event.onCredit];
}

describe('what an operation is to the risk engine', () => {
  it.each([
    ['pay', merchantAccount(MERCHANT), ['pay', HOME, SHOP, false]],
    ['transfer', OTHER, ['transfer', HOME, OTHER, false]],
    // Counted when the money is set aside, whoever it is for.
    ['hold', merchantAccount(MERCHANT), ['pay', HOME, SHOP, false]],
    ['hold', OTHER, ['transfer', HOME, OTHER, false]],
    ['capture', merchantAccount(MERCHANT), 'nothing'],
    ['void', 0, 'nothing'],
    ['topUp', 0, ['transfer', 0, HOME, false]],
    ['refund', merchantAccount(MERCHANT), ['refund', SHOP, HOME, false]],
    // Out of a limit that is not money of the payer's.
    ['huabei.pay', merchantAccount(MERCHANT), ['pay', HOME, SHOP, true]],
    ['huabei.refund', merchantAccount(MERCHANT), ['refund', SHOP, HOME, false]],
    ['huabei.repay', 0, ['transfer', HOME, 0, false]],
    // Notes what is owed.
    ['huabei.bill', 0, 'nothing'],
    ['huabei.lateFee', 0, 'nothing'],
    // Decided on before there is any money; what goes on from it pays it out, and gives nothing back.
    ['loan.apply', 0, 'nothing'],
    ['loan.disburse', 0, ['transfer', 0, HOME, false]],
  ])('%s with %d on the other side', (kind, counterparty, move) => {
    expect(moveOf(kind, counterparty)).toEqual(move);
  });

  it('is on credit where the channel says so', () => {
    expect(moveOf('pay', merchantAccount(MERCHANT), CHANNEL.huabei)).toEqual([
      ...['pay', HOME, SHOP, true],
    ]);
  });

  it('is of nobody where the account was not opened', () => {
    expect(moveOf('transfer', USERS + 1)).toEqual(['transfer', HOME, 0, false]);
  });

  it('is seen of every kind of the stack that moves money, and decided on where risk control judges', () => {
    const flagged = (flags: Uint8Array) => kindsWhere(({ number }) => flags[number] === 1);
    expect(flagged(SEEN)).toEqual(
      kindsWhere((row) => movesMoney(row) && row.toldOnly === undefined),
    );
    expect(flagged(DECIDED)).toEqual(kindsWhere(({ judgedByRisk }) => judgedByRisk));
  });
});
