/**
 * Whose an operation is, over Bolt and real shards: one id carries one body, and whoever ends, refunds or looks up something
 * names the parties of it. Odd users and merchants live on shard 1, even ones on shard 0; merchants 1 to 4 are split.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { merchantAccount, userAccount } from '../../wire/accounts.js';
import { type Ack, type BoltClient, freshId, type Operation } from './testing/bolt-client.js';
import { TestStack } from './testing/stack.js';

let stack: TestStack;
let client: BoltClient;

beforeAll(async () => {
  stack = await TestStack.start();
  client = await stack.client((await stack.gateway()).bolt);
});

afterAll(() => stack.close());

const user = userAccount;
const merchant = merchantAccount;

const BODIES: Record<string, Operation> = {
  pay: { kind: 'pay', account: user(7), counterparty: merchant(9), amount: 100 },
  'pay across shards': { kind: 'pay', account: user(7), counterparty: merchant(8), amount: 100 },
  'pay a split merchant': { kind: 'pay', account: user(7), counterparty: merchant(1), amount: 100 },
  transfer: { kind: 'transfer', account: user(7), counterparty: user(9), amount: 100 },
  'transfer across shards': {
    kind: 'transfer',
    account: user(7),
    counterparty: user(8),
    amount: 100,
  },
  topUp: { kind: 'topUp', account: user(7), amount: 100 },
  hold: { kind: 'hold', account: user(7), counterparty: merchant(9), amount: 100, timeoutS: 60 },
  'hold across shards': {
    kind: 'hold',
    account: user(7),
    counterparty: merchant(8),
    amount: 100,
    timeoutS: 60,
  },
};

/** What else could be asked under the same id, and the field that tells it from the first. */
function othersOf(first: Operation): [Partial<Operation>, string][] {
  const debit = first.kind === 'topUp' ? 'credit_account_id' : 'debit_account_id';
  const others: [Partial<Operation>, string][] = [
    [{ amount: 101 }, 'amount'],
    [{ channel: 1 }, 'channel'],
    [{ account: user(11) }, debit],
  ];
  if (first.kind === 'transfer') {
    others.push([{ counterparty: user(13) }, 'credit_account_id']);
    others.push([{ counterparty: user(12) }, 'credit_account_id']);
  } else if (first.kind !== 'topUp') {
    for (const payee of [2, 5, 6]) {
      others.push([{ counterparty: merchant(payee) }, 'credit_account_id']);
    }
  }
  if (first.kind === 'hold') others.push([{ timeoutS: 61 }, 'timeout']);
  else if (first.kind !== 'topUp') {
    others.push([{ kind: 'hold', timeoutS: 60, counterparty: merchant(9) }, 'flags']);
  }
  return others;
}

describe.each(Object.entries(BODIES))('%s: one id, one body', (_name, body) => {
  it('a repeat of the body gets the first receipt, any other body the name of the field', async () => {
    const first = { ...body, id: freshId() };
    const receipt = await client.ask(first);
    expect(receipt.outcome).toBe('ok');
    for (const [other, field] of othersOf(first)) {
      expect({ other, ...(await client.ask({ ...first, ...other })) }).toMatchObject({
        other,
        outcome: 'declined',
        code: `exists_with_different_${field}`,
      });
      expect((await client.ask(first)).legs).toEqual(receipt.legs);
    }
  });
});

it('a payer on another shard is told apart where the payee was paid', async () => {
  const id = freshId();
  const first: Operation = {
    kind: 'pay',
    id,
    account: user(7),
    counterparty: merchant(8),
    amount: 5,
  };
  expect((await client.ask(first)).outcome).toBe('ok');
  const other = await client.ask({ ...first, account: user(10) });
  expect(other).toMatchObject({ code: 'exists_with_different_debit_account_id' });
});

describe.each([
  ['on one shard', merchant(9)],
  ['across shards', merchant(8)],
  ['at a split merchant', merchant(1)],
])('%s', (_name, payee) => {
  const parties = { account: user(7), counterparty: payee };

  async function made(kind: 'pay' | 'hold'): Promise<Operation> {
    const timeoutS = kind === 'hold' ? 60 : 0;
    const operation: Operation = { kind, id: freshId(), ...parties, amount: 1000, timeoutS };
    expect((await client.ask(operation)).outcome).toBe('ok');
    return operation;
  }

  function ask(kind: Operation['kind'], of: Operation, other: Partial<Operation>): Promise<Ack> {
    const named = kind === 'void' ? { account: user(7) } : { ...parties, amount: 700 };
    return client.ask({ kind, ...named, reference: of.id, ...other });
  }

  it('a hold is captured to the party it was made for and to no other, by its payer and by no other', async () => {
    const hold = await made('hold');
    const code = 'reference_has_different_accounts';
    for (const other of [2, 5, 6]) {
      expect(await ask('capture', hold, { counterparty: merchant(other) })).toMatchObject({
        outcome: 'declined',
        code,
      });
    }
    expect((await ask('capture', hold, { counterparty: user(9) })).code).toBe(code);
    expect((await ask('capture', hold, { account: user(11) })).code).toBe(code);
    expect((await ask('void', hold, { account: user(11) })).code).toBe(code);
    expect((await ask('capture', hold, { account: user(12) })).code).toBe(
      'pending_transfer_not_found',
    );
    expect((await ask('capture', hold, {})).outcome).toBe('ok');
    expect((await ask('void', hold, { account: user(11) })).code).toBe(code);
  });

  it('a hold is voided by its payer, and a repeat of the void in another name is refused', async () => {
    const hold = await made('hold');
    const id = freshId();
    expect((await ask('void', hold, { id })).outcome).toBe('ok');
    expect((await ask('void', hold, { id })).outcome).toBe('ok');
    const other = await ask('void', hold, { id, account: user(11) });
    expect(other.code).toBe('exists_with_different_debit_account_id');
  });

  it('a payment is refunded by the merchant that was paid, to the user who paid', async () => {
    const pay = await made('pay');
    const code = 'reference_has_different_accounts';
    for (const other of [2, 5, 6]) {
      expect((await ask('refund', pay, { counterparty: merchant(other) })).code).toBe(code);
    }
    expect((await ask('refund', pay, { account: user(11) })).code).toBe(code);
    const id = freshId();
    expect((await ask('refund', pay, { id })).outcome).toBe('ok');
    for (const other of [2, 5, 6]) {
      expect((await ask('refund', pay, { id, counterparty: merchant(other) })).code).toBe(
        'exists_with_different_debit_account_id',
      );
    }
  });

  it('nobody but its user is told what became of an operation', async () => {
    for (const kind of ['pay', 'hold'] as const) {
      const { id } = await made(kind);
      expect(await client.ask({ kind: 'lookup', id, account: user(11) })).toMatchObject({
        outcome: 'unknown',
        code: 'reference_has_different_accounts',
        legs: {},
      });
      const mine = await client.ask({ kind: 'lookup', id, account: user(7) });
      expect(mine.outcome).toBe('ok');
    }
  });
});
