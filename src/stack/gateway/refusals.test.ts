/**
 * An id that was declined stays declined with its first code, over Bolt, HTTP and real shards: the far side of an operation
 * across shards refuses it, and whoever comes under that id again, now or after a restart, is told the same. Odd users and
 * merchants live on shard 1, even ones on shard 0.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { merchantAccount, userAccount } from '../../wire/accounts.js';
import { formatOperationId } from '../../wire/operation-id.js';
import type { Gateway } from './run-gateway.js';
import { type BoltClient, freshId, type Operation } from './testing/bolt-client.js';
import { TestStack } from './testing/stack.js';

const HOME = 1;
const user = userAccount;
const merchant = merchantAccount;
/** Neither is opened; both would live on shard 0, which is not home. */
const NO_MERCHANT = merchant(12);
const NO_USER = user(22);

let stack: TestStack;
let gateway: Gateway;
let client: BoltClient;

beforeAll(async () => {
  stack = await TestStack.start();
  gateway = await stack.gateway({ riskLimits: { amountMinorMax: 2 ** 48, velocity: [] } });
  client = await stack.client(gateway.bolt);
});

afterAll(() => stack.close());

type Named = Operation & { readonly id: ReturnType<typeof freshId> };

function of(operation: Operation): Named {
  return { ...operation, id: freshId() };
}

async function happened(operation: Operation): Promise<Named> {
  const named = of(operation);
  expect((await client.ask(named)).outcome).toBe('ok');
  return named;
}

const ACROSS = { kind: 'pay', account: user(7), counterparty: merchant(8), amount: 100 } as const;

/** What the far side refuses, and how; all of it is of user 7. */
const REFUSED: Record<string, [() => Promise<Named>, string]> = {
  'a payment to a merchant that does not exist': [
    async () => of({ ...ACROSS, counterparty: NO_MERCHANT }),
    'credit_account_not_found',
  ],
  'a transfer to a user who does not exist': [
    async () => of({ ...ACROSS, kind: 'transfer', counterparty: NO_USER }),
    'credit_account_not_found',
  ],
  'a payment under an id that another payer used': [
    async () => ({ ...ACROSS, id: (await happened({ ...ACROSS, account: user(10) })).id }),
    'exists_with_different_debit_account_id',
  ],
  'a refund that its merchant has no money for': [
    async () => {
      const paid = { ...ACROSS, counterparty: merchant(10), amount: 1000 };
      const { id } = await happened(paid);
      return of({ ...paid, kind: 'refund', reference: id });
    },
    'exceeds_credits',
  ],
  'a capture to a merchant that does not exist': [
    async () => {
      const held = { ...ACROSS, counterparty: NO_MERCHANT };
      const { id } = await happened({ ...held, kind: 'hold', timeoutS: 600 });
      return of({ ...held, kind: 'capture', reference: id });
    },
    'credit_account_not_found',
  ],
};

/** Everything the user can send, or ask, under the id that was refused. */
async function codesUnder(refused: Named): Promise<Record<string, string>> {
  const { id } = refused;
  const comers: Record<string, Operation> = {
    'the body': refused,
    'the body, called a repeat': { ...refused, retry: true },
    'another amount': { ...refused, amount: 99 },
    'another channel': { ...refused, channel: 1 },
    'a payee on the same shard': { ...ACROSS, id, counterparty: merchant(9) },
    'a payee on the other shard': { ...ACROSS, id },
    'a split payee': { ...ACROSS, id, counterparty: merchant(1) },
    'a hold': { ...ACROSS, kind: 'hold', id, timeoutS: 60 },
    'a look-up': { kind: 'lookup', id, account: user(7) },
  };
  const codes: Record<string, string> = {};
  for (const [name, operation] of Object.entries(comers)) {
    const { outcome, code } = await client.ask(operation);
    codes[name] = `${outcome} ${code}`;
  }
  return codes;
}

async function restartHome(): Promise<void> {
  await stack.restartShard(HOME);
  const question: Operation = { kind: 'balance', account: user(7) };
  while ((await client.ask(question)).outcome !== 'ok') {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.each(Object.entries(REFUSED))('%s, across shards', (_name, [make, code]) => {
  it('is refused by one code for ever, whatever comes under its id', async () => {
    const refused = await make();
    expect(await client.ask(refused)).toMatchObject({ outcome: 'declined', code });
    const codes = await codesUnder(refused);
    expect([...new Set(Object.values(codes))], JSON.stringify(codes)).toEqual([`declined ${code}`]);
    const path = `/v1/operations/${formatOperationId(refused.id)}?account=user:7`;
    const answer = await fetch(`http://${gateway.http}${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ outcome: 'declined', code });
    await restartHome();
    expect(await codesUnder(refused)).toEqual(codes);
  });
});

it('the rightful owner of an id keeps his receipt although another payer was refused under it', async () => {
  const owned = of({ ...ACROSS, account: user(10) });
  const receipt = await client.ask(owned);
  expect(receipt.outcome).toBe('ok');
  const code = 'exists_with_different_debit_account_id';
  for (let i = 0; i < 3; i++) {
    expect((await client.ask({ ...ACROSS, id: owned.id })).code).toBe(code);
    expect(await client.ask(owned)).toMatchObject({ outcome: 'ok', legs: receipt.legs });
  }
  await restartHome();
  expect((await client.ask({ ...ACROSS, id: owned.id })).code).toBe(code);
  expect(await client.ask(owned)).toMatchObject({ outcome: 'ok', legs: receipt.legs });
});

it('what home refuses is refused by the same code where the far side remembers the id', async () => {
  const poor = of({ ...ACROSS, amount: 2 ** 40 });
  expect((await client.ask(poor)).code).toBe('exceeds_credits');
  // the far branch is cancelled behind the answer
  while (gateway.stats().inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
  const another = await client.ask({ ...ACROSS, id: poor.id, account: user(10) });
  expect(another).toMatchObject({ outcome: 'declined', code: 'exceeds_credits' });
});
