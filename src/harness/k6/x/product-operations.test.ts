/** What a script asks of a product becomes a request, details in its id; what cannot be is refused by name. */
import { describe, expect, it } from 'vitest';
import { accountNamed } from '../../../products/account-names.js';
import { formatOperationId, makeOperationId } from '../../../wire/operation-id.js';
import type { OperationRequest } from '../../ports/pay.js';
import { productOperations } from './product-operations.js';

const idWith = (free12: number) => makeOperationId({ unixMs: 1, free12, free30: 2, free32: 3 });
const journey = (from: number, to: number): number => from + to * 8;

/** The request that would be sent. */
function ask(operation: string, order: object): OperationRequest {
  const operations: object = productOperations('tickets', {
    submit: (_waiting, request) => request,
    newId: idWith,
  });
  return Object(operations)[operation](order);
}

const TRIP = { payer: 7, merchant: 3 };

describe('a ticket', () => {
  it('has its journey in its id, and the price of it where none is named', () => {
    const { amountMinor, idWords } = ask('hold', { ...TRIP, from: 2, to: 5 });
    expect([amountMinor, idWords]).toEqual([15_000, idWith(journey(2, 5))]);
    expect(ask('hold', { ...TRIP, from: 2, to: 5, amountMinor: 7 }).amountMinor).toBe(7);
  });

  it('is paid for under an id with the same journey, and given up under any', () => {
    const { account, amountMinor, counterparty, idWords } = ask('hold', {
      ...TRIP,
      from: 2,
      to: 5,
    });
    const of = { account, amountMinor, counterparty, idWords };
    expect(ask('pay', { of })).toMatchObject({ amountMinor: 15_000, idWords });
    expect(ask('expire', { of })).toMatchObject({ amountMinor: 15_000, idWords: undefined });
  });

  it('may come with an id of its own, whose journey it has', () => {
    const id = formatOperationId(idWith(journey(1, 2)));
    expect(ask('hold', { ...TRIP, id })).toMatchObject({
      amountMinor: 5_000,
      idWords: idWith(journey(1, 2)),
    });
    expect(() => ask('hold', { ...TRIP, id, from: 1, to: 3 })).toThrow(
      'tickets.hold: to is 3, and in the id that is given 2',
    );
  });

  it.each([
    [{ from: 3, to: 1 }, 'tickets.hold: there is none of from 3, to 1: '],
    [{ from: 1, to: 1 }, 'tickets.hold: there is none of from 1, to 1: '],
    [{ from: 1, to: 6 }, 'tickets.hold: there is none of from 1, to 6: '],
    [{ from: 1, to: 8 }, 'tickets.hold: to must be a whole number from 0 to 7, got 8'],
    [{ from: 1.5, to: 2 }, 'tickets.hold: from must be a whole number from 0 to 7, got 1.5'],
    [{ to: 2 }, 'tickets.hold: from must be a whole number from 0 to 7, got undefined'],
  ])('is refused for %o', (stations, message) => {
    expect(() => ask('hold', { ...TRIP, ...stations })).toThrow(message);
  });
});

describe('a look at an account', () => {
  it('is at a merchant’s or at a user’s', () => {
    const seats = accountNamed('tickets.seg2:3');
    expect(ask('balance', { account: 'seg2', merchant: 3 }).account).toBe(seats);
    const escrow = accountNamed('tickets.escrow:7');
    expect(ask('balance', { account: 'escrow', user: 7 }).account).toBe(escrow);
  });

  it.each([
    [{ account: 'seg9', merchant: 3 }, 'no merchant 3 has an account seg9 of tickets'],
    [{ account: 'seg2', user: 3 }, 'no user 3 has an account seg2 of tickets'],
    [{ account: 'escrow', merchant: 3 }, 'no merchant 3 has an account escrow of tickets'],
    [{ account: 'seg2' }, 'no user 0 has an account seg2 of tickets'],
  ])('is refused for %o', (order, message) => {
    expect(() => ask('balance', order)).toThrow(`tickets.balance: ${message}`);
  });
});
