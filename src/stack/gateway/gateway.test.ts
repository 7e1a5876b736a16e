/**
 * The gateway before real shards: every kind of operation, over Bolt.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  merchantAccount,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
  userAccount,
} from '../../wire/accounts.js';
import type { Gateway } from './run-gateway.js';
import { type Ack, type BoltClient, freshId, type Operation } from './testing/bolt-client.js';
import { TestStack } from './testing/stack.js';

let stack: TestStack;
let gateway: Gateway;
let client: BoltClient;

beforeAll(async () => {
  stack = await TestStack.start();
  gateway = await stack.gateway();
  client = await stack.client(gateway.bolt);
});

afterAll(() => stack.close());

const user = userAccount;
const merchant = merchantAccount;

async function balance(account: number): Promise<number> {
  const ack = await client.ask({ kind: 'balance', account });
  return Object.values(ack.legs)[0]?.balance ?? Number.NaN;
}

async function lookup(operation: Operation): Promise<Ack> {
  return client.ask({
    kind: 'lookup',
    id: operation.id ?? [0, 0, 0, 0],
    account: operation.account,
  });
}

/** Same payment, once on one shard, once across two: odd users live on shard 1, merchants 8 on 0, 9 on 1. */
const places: [string, number, string][] = [
  ['on one shard', merchant(9), 'merchant:9'],
  ['across shards', merchant(8), 'merchant:8'],
  ['at a split merchant', merchant(1), 'merchant:1@1'],
];

describe.each(places)('%s', (_name, payee, payeeName) => {
  it('a payment moves the amount, and the fee stays with the platform', async () => {
    const pay: Operation = {
      kind: 'pay',
      id: freshId(),
      account: user(7),
      counterparty: payee,
      amount: 10_000,
    };
    const before = await balance(user(7));
    const ack = await client.ask(pay);
    expect(ack).toMatchObject({ outcome: 'ok', code: 'created' });
    expect(ack.legs['user:7']?.balance).toBe(before - 10_000);
    expect(ack.legs[payeeName]).toBeDefined();
    expect(Object.keys(ack.legs)).toHaveLength(4);
    expect((await lookup(pay)).legs).toEqual(ack.legs);
  });

  it('a repeat is answered with the first receipt, and charges nothing', async () => {
    const pay: Operation = {
      kind: 'pay',
      id: freshId(),
      account: user(7),
      counterparty: payee,
      amount: 1000,
    };
    const first = await client.ask(pay);
    const after = await balance(user(7));
    const again = await client.ask({ ...pay, retry: true });
    expect(again).toMatchObject({ outcome: 'ok', legs: first.legs });
    expect(await balance(user(7))).toBe(after);
  });

  it('two at the same moment under one id charge once', async () => {
    const pay: Operation = {
      kind: 'pay',
      id: freshId(),
      account: user(5),
      counterparty: payee,
      amount: 700,
    };
    const before = await balance(user(5));
    const acks = await Promise.all([...client.oneWay([pay, pay]), client.ask(pay)]);
    expect(acks.map((ack) => ack.outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(acks[1]?.legs).toEqual(acks[0]?.legs);
    expect(await balance(user(5))).toBe(before - 700);
  });

  it('the same id with another amount, or for another payee, is refused by name', async () => {
    const pay: Operation = {
      kind: 'pay',
      id: freshId(),
      account: user(7),
      counterparty: payee,
      amount: 1000,
    };
    const first = await client.ask(pay);
    const amount = await client.ask({ ...pay, amount: 1001 });
    expect(amount).toMatchObject({ outcome: 'declined', code: 'exists_with_different_amount' });
    const other = await client.ask({ ...pay, counterparty: merchant(3) });
    expect(other.outcome).toBe('declined');
    expect(other.code).toMatch(/^exists_with_different_/);
    expect((await lookup(pay)).legs).toEqual(first.legs);
  });

  it('more than the payer has is declined, and stays so', async () => {
    const pay: Operation = {
      kind: 'pay',
      id: freshId(),
      account: user(3),
      counterparty: payee,
      amount: (await balance(user(3))) + 1,
    };
    expect(await client.ask(pay)).toMatchObject({ outcome: 'declined', code: 'exceeds_credits' });
    await client.ask({ kind: 'topUp', account: user(3), amount: 1 });
    expect((await client.ask({ ...pay, retry: true })).outcome).toBe('declined');
    expect((await lookup(pay)).outcome).toBe('declined');
  });

  it('a refund gives the money back, up to what was paid', async () => {
    const pay: Operation = {
      kind: 'pay',
      id: freshId(),
      account: user(7),
      counterparty: payee,
      amount: 1000,
    };
    await client.ask(pay);
    const before = await balance(user(7));
    const refund: Operation = {
      kind: 'refund',
      account: user(7),
      counterparty: payee,
      amount: 600,
      reference: pay.id ?? freshId(),
    };
    const ack = await client.ask(refund);
    expect(ack).toMatchObject({ outcome: 'ok' });
    expect(Object.keys(ack.legs).sort()).toEqual([payeeName, 'user:7'].sort());
    expect(await balance(user(7))).toBe(before + 600);
    expect((await client.ask(refund)).code).toBe('refund_exceeds_payment');
    const other = await client.ask({ ...refund, account: user(5), amount: 1 });
    expect(other.outcome).toBe('declined');
    const nothing = await client.ask({ ...refund, reference: freshId() });
    expect(nothing.code).toBe('refunded_operation_not_found');
  });

  it('a hold reserves, a capture pays and lets the rest go, and neither happens twice', async () => {
    const hold: Operation = {
      kind: 'hold',
      id: freshId(),
      account: user(9),
      counterparty: payee,
      amount: 60_000,
      timeoutS: 60,
    };
    const before = await balance(user(9));
    expect(await client.ask(hold)).toMatchObject({ outcome: 'ok' });
    expect(await balance(user(9))).toBe(before);
    const tooMuch = { kind: 'transfer', account: user(9), counterparty: user(11) } as const;
    const left = await client.ask({ ...tooMuch, amount: before - 60_000 + 1 });
    expect(left.code).toBe('exceeds_credits');
    const capture: Operation = {
      kind: 'capture',
      id: freshId(),
      account: user(9),
      counterparty: payee,
      amount: 10_000,
      reference: hold.id ?? freshId(),
    };
    const ack = await client.ask(capture);
    expect(ack).toMatchObject({ outcome: 'ok' });
    expect(ack.legs['user:9']?.balance).toBe(before - 10_000);
    expect(ack.legs[payeeName]).toBeDefined();
    expect((await lookup(capture)).legs).toEqual(ack.legs);
    expect((await client.ask(capture)).legs).toEqual(ack.legs);
    const second = await client.ask({ ...capture, id: freshId() });
    expect(second).toMatchObject({ code: 'pending_transfer_already_posted' });
    const voided = await client.ask({
      kind: 'void',
      account: user(9),
      reference: hold.id ?? freshId(),
    });
    expect(voided.code).toBe('pending_transfer_already_posted');
    await client.ask({ kind: 'topUp', account: user(9), amount: 10_000 });
  });

  it('a void lets the money go, and a capture after it is refused', async () => {
    const hold: Operation = {
      kind: 'hold',
      id: freshId(),
      account: user(9),
      counterparty: payee,
      amount: 60_000,
      timeoutS: 60,
    };
    await client.ask(hold);
    const reference = hold.id ?? freshId();
    const ended = await client.ask({ kind: 'void', account: user(9), reference });
    expect(ended).toMatchObject({ outcome: 'ok' });
    const capture = await client.ask({ ...hold, kind: 'capture', id: freshId(), reference });
    expect(capture).toMatchObject({ code: 'pending_transfer_already_voided' });
  });
});

/** Users 7 and 8, and merchants 9 and 8, live on shards 1 and 0. */
describe('an id used for the payer of another shard', () => {
  const AT_HOME = { account: user(7), counterparty: merchant(9) };
  const ACROSS = { account: user(7), counterparty: merchant(8) };
  const OTHER_AT_HOME = { account: user(8), counterparty: merchant(8) };
  const OTHER_ACROSS = { account: user(8), counterparty: merchant(9) };

  it.each([
    ['one local, one across', AT_HOME, OTHER_ACROSS],
    ['one across, one local', ACROSS, OTHER_AT_HOME],
    ['both across', ACROSS, OTHER_ACROSS],
  ])('is refused by name where the operations share a shard: %s', async (_name, first, second) => {
    const id = freshId();
    const pay = { kind: 'pay', id, amount: 500 } as const;
    const { legs } = await client.ask({ ...pay, ...first });
    const before = await balance(second.account);
    const again = await client.ask({ ...pay, ...second });
    expect(again.outcome).toBe('declined');
    expect(again.code).toMatch(/^exists_with_different_/);
    expect(await balance(second.account)).toBe(before);
    expect((await lookup({ ...pay, ...first })).legs).toEqual(legs);
    expect((await lookup({ ...pay, ...second })).legs).not.toHaveProperty('user:8');
  });

  it('is another operation where they share none: no shard knows of both', async () => {
    const pay = { kind: 'pay', id: freshId(), amount: 500 } as const;
    const first = await client.ask({ ...pay, ...AT_HOME });
    const second = await client.ask({ ...pay, ...OTHER_AT_HOME });
    expect([first.outcome, second.outcome]).toEqual(['ok', 'ok']);
    expect((await lookup({ ...pay, ...AT_HOME })).legs).toEqual(first.legs);
    expect((await lookup({ ...pay, ...OTHER_AT_HOME })).legs).toEqual(second.legs);
  });
});

describe('other operations', () => {
  it('transfers within a shard and across', async () => {
    for (const to of [user(13), user(12)]) {
      const before = await balance(to);
      const transfer = {
        kind: 'transfer',
        account: user(15),
        counterparty: to,
        amount: 10,
      } as const;
      expect((await client.ask(transfer)).outcome).toBe('ok');
      expect(await balance(to)).toBe(before + 10);
    }
  });

  it('accounts that are not there are named by the side they are on', async () => {
    const pay: Operation = {
      kind: 'pay',
      account: user(999),
      counterparty: merchant(8),
      amount: 1,
    };
    expect((await client.ask(pay)).code).toBe('debit_account_not_found');
    const across = { ...pay, account: user(7), counterparty: merchant(998) };
    expect((await client.ask(across)).code).toBe('credit_account_not_found');
    const here = { ...pay, account: user(7), counterparty: merchant(999) };
    expect((await client.ask(here)).code).toBe('credit_account_not_found');
    expect((await client.ask({ kind: 'balance', account: user(999) })).code).toBe(
      'debit_account_not_found',
    );
  });

  it('a payment over the risk limit is declined, and the id can never be used again', async () => {
    await client.ask({ kind: 'topUp', account: user(1), amount: 10_000_000 });
    for (const counterparty of [merchant(9), merchant(8), merchant(1)]) {
      const pay: Operation = {
        kind: 'pay',
        id: freshId(),
        account: user(1),
        counterparty,
        amount: 5_000_001,
      };
      expect((await client.ask(pay)).code).toBe('risk_amount_limit');
      expect((await lookup(pay)).code).toBe('risk_amount_limit');
      const other = await client.ask({ ...pay, amount: 5 });
      expect(other.outcome).toBe('declined');
    }
  });

  it('says for whom risk control has no windows, and counts their payments', async () => {
    const lines: string[] = [];
    const velocity = [{ windowMs: 60_000, countMax: 1, amountMinorMax: 1_000_000 }];
    const few = await stack.gateway({
      riskLimits: { amountMinorMax: 1_000_000, velocity, windowBytesMax: 64 * 12 },
      log: (line) => lines.push(line),
    });
    const other = await stack.client(few.bolt);
    const codes = async (payer: number): Promise<string[]> => {
      const pay: Operation = { kind: 'pay', account: user(payer), counterparty: merchant(9) };
      const both = [await other.ask({ ...pay, amount: 1 }), await other.ask({ ...pay, amount: 1 })];
      return both.map(({ code }) => code);
    };
    expect(await codes(12)).toEqual(['created', 'risk_velocity_count']);
    expect(await codes(13)).toEqual(['created', 'created']);
    expect(few.stats().riskUnwatched).toBe(2);
    expect(lines.join()).toContain('none for 13 to 20');
    const metrics = await (await fetch(`http://${few.http}/metrics`)).text();
    expect(metrics).toContain('\npaydrill_gateway_risk_unwatched_total 2\n');
  });

  it('a look-up of nothing says so', async () => {
    const ack = await client.ask({ kind: 'lookup', account: user(7) });
    expect(ack).toMatchObject({ outcome: 'declined', code: 'operation_not_found' });
  });

  it('an id that says no time is refused', async () => {
    const ack = await client.ask({ kind: 'topUp', account: user(7), amount: 1, id: [1, 2, 3, 4] });
    expect(ack.code).toBe('id_not_time_ordered');
  });

  it('one request of many operations is answered in their order', async () => {
    const operations = Array.from({ length: 300 }, (_, i): Operation => {
      const kind = i % 3 === 0 ? 'transfer' : 'topUp';
      return {
        kind,
        account: user(17 + (i % 2)),
        counterparty: kind === 'topUp' ? 0 : user(20),
        amount: 1,
      };
    });
    const acks = await client.request(operations);
    const tags = acks.map((ack) => ack.tag);
    expect(tags).toEqual(tags.map((_, i) => (tags[0] ?? 0) + i));
    expect(new Set(acks.map((ack) => ack.outcome))).toEqual(new Set(['ok']));
  });

  it('one-way operations are acknowledged in groups', async () => {
    const operations = Array.from({ length: 500 }, (): Operation => {
      return { kind: 'topUp', account: user(19), amount: 1 };
    });
    client.oneWayFrames.length = 0;
    const acks = await Promise.all(client.oneWay(operations));
    expect(acks.every((ack) => ack.outcome === 'ok')).toBe(true);
    expect(client.oneWayFrames.length).toBeLessThan(100);
  });

  it('conserves: whatever was paid is somewhere, and the clearing accounts of a pair cancel out', async () => {
    let sum = 0;
    for (let n = 1; n <= 20; n++) sum += await balance(user(n));
    for (let n = 3; n <= 10; n++) sum += await balance(merchant(n));
    for (const shard of [0, 1]) {
      for (const n of [1, 2]) sum += await balance(merchantSubAccount(n, shard));
      for (const n of [SYSTEM_ACCOUNT.fee, SYSTEM_ACCOUNT.platform, SYSTEM_ACCOUNT.bank]) {
        sum += await balance(systemAccount(n, shard));
      }
    }
    expect(sum).toBe(0);
    const there = await balance(systemAccount(SYSTEM_ACCOUNT.clearing + 1, 0));
    const back = await balance(systemAccount(SYSTEM_ACCOUNT.clearing + 0, 1));
    expect(there + back).toBe(0);
  });

  it('answers ping, topology and stats', async () => {
    expect(await client.admin({ op: 'ping' })).toMatchObject({ role: 'gateway' });
    expect(await client.admin({ op: 'topology' })).toMatchObject({
      placement: { shards: 2, splitMerchants: 2 },
      users: 20,
      isolation: 'strict-serializable-per-shard',
    });
    expect(await client.admin({ op: 'stats' })).toMatchObject({ inFlight: 0, notAdmitted: 0 });
    expect(await client.admin({ op: 'dance' })).toMatchObject({ error: expect.any(String) });
  });
});
