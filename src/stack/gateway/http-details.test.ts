/** Details in ids over HTTP: what a ticket moves is read out of its id, and a train that is full is refused whole. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatOperationId, makeOperationId } from '../../wire/operation-id.js';
import type { Gateway } from './run-gateway.js';
import { freshId } from './testing/bolt-client.js';
import { TestStack } from './testing/stack.js';

let stack: TestStack;
let gateway: Gateway;

beforeAll(async () => {
  stack = await TestStack.start();
  gateway = await stack.gateway({ products: ['tickets'] });
});

afterAll(() => stack.close());

/** Trains that are not split over the two shards; the payer is on the other one. */
const TRAIN = 8;
const FULL_TRAIN = 10;
const PAYER = 7;
const SEATS = 200;

/** An id with the stations in its free bits. */
function idOf(from: number, to: number): string {
  const [, , word2, word3] = freshId();
  const free12 = from + to * 8;
  return formatOperationId(
    makeOperationId({ unixMs: Date.now(), free12, free30: word2, free32: word3 }),
  );
}

async function post(body: object): Promise<{ status: number; code: unknown }> {
  const response = await fetch(`http://${gateway.http}/v1/operations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { code } = Object(await response.json());
  return { status: response.status, code };
}

const hold = (id: string, amountMinor: number, { payer = PAYER, payee = TRAIN } = {}) =>
  post({
    kind: 'tickets.hold',
    id,
    payer: `user:${payer}`,
    payee: `merchant:${payee}`,
    amountMinor,
  });

async function balanceOf(account: string): Promise<number> {
  const response = await fetch(`http://${gateway.http}/v1/accounts/${account}`);
  return Object(await response.json()).balanceMinor;
}

async function stands(train = TRAIN): Promise<Record<string, number>> {
  const accounts = ['seg1', 'seg2', 'seg3', 'seg4', 'held'].map((one) => `tickets.${one}:${train}`);
  const all = [...accounts, `tickets.escrow:${PAYER}`, `user:${PAYER}`];
  const balances = await Promise.all(all.map(balanceOf));
  return Object.fromEntries(
    all.map((name, index) => [name.replace(/^tickets\.|:.*$/g, ''), balances[index] ?? -1]),
  );
}

it('takes a seat on every segment of the journey in its id, and no other, and gives all of it back', async () => {
  const before = await stands();
  const id = idOf(2, 4);
  expect(await hold(id, 10_000)).toEqual({ status: 200, code: 'created' });
  expect(await stands()).toEqual({
    ...before,
    seg2: SEATS - 1,
    seg3: SEATS - 1,
    held: 2,
    escrow: (before.escrow ?? 0) + 10_000,
    user: (before.user ?? 0) - 10_000,
  });
  const [payer, payee] = [`merchant:${TRAIN}`, `user:${PAYER}`];
  const given = { id: idOf(0, 0), payer, payee, amountMinor: 10_000, reference: id };
  expect(await post({ kind: 'tickets.expire', ...given })).toMatchObject({ status: 200 });
  expect(await stands()).toEqual(before);
});

it.each([
  ['back', idOf(4, 2), 10_000, 'details_not_possible'],
  ['to where it does not go', idOf(3, 6), 15_000, 'details_not_possible'],
  ['for less', idOf(2, 4), 9_999, 'amount_not_of_details'],
])('does not go %s', async (_where, id, amountMinor, code) => {
  const before = await stands();
  expect(await hold(id, amountMinor)).toEqual({ status: 422, code });
  expect(await stands()).toEqual(before);
});

it('refuses a journey over one segment that is full whole: no seat on the others, no money', async () => {
  const payee = FULL_TRAIN;
  const sold = await Promise.all(
    Array.from({ length: SEATS }, (_, index) =>
      hold(idOf(3, 4), 5_000, { payer: 1 + (index % 20), payee }),
    ),
  );
  expect(new Set(sold.map(({ code }) => code))).toEqual(new Set(['created']));
  const before = await stands(payee);
  expect(before).toMatchObject({ seg2: SEATS, seg3: 0 });
  const refused = await hold(idOf(1, 5), 20_000, { payee });
  expect(refused).toEqual({ status: 402, code: 'exceeds_credits' });
  expect(await stands(payee)).toEqual(before);
  expect(await hold(idOf(1, 3), 10_000, { payee })).toMatchObject({ status: 200 });
});

it('knows no seats of a merchant that is split over the shards', async () => {
  const before = await stands();
  expect((await hold(idOf(1, 2), 5_000, { payee: 2 })).code).toBe('debit_account_not_found');
  expect(await stands()).toEqual(before);
});

it('says in OpenAPI where the details lie', async () => {
  const response = await fetch(`http://${gateway.http}/openapi.json`);
  const { schemas } = Object(await response.json()).components;
  expect(schemas['tickets.hold'].properties.id.description).toMatch(
    /its details: from \(bits 0 to 2\), to \(bits 3 to 5\)$/,
  );
  expect(schemas['tickets.pay'].properties.id.description).toMatch(/, as in the reference$/);
  expect(schemas.pay.properties.id.description).not.toMatch(/details/);
});
