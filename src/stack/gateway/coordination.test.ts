/**
 * The coordinator against shards that answer as told: at once, late, twice, never.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  merchantAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
  userAccount,
} from '../../wire/accounts.js';
import { addressOf } from '../../wire/address.js';
import { formatOperationId } from '../../wire/operation-id.js';
import { RESULTS } from '../../wire/results.js';
import {
  createdWithLegs,
  DECLINED,
  ScriptedShard,
  type SeenCommand,
} from '../payments/testing/scripted-shard.js';
import { type Gateway, type GatewayOptions, startGateway } from './run-gateway.js';
import { BoltClient, freshId, type Operation } from './testing/bolt-client.js';

interface Stand {
  readonly shards: readonly [ScriptedShard, ScriptedShard];
  readonly gateway: Gateway;
  readonly client: BoltClient;
  readonly log: string[];
}

const open: { close(): unknown }[] = [];
let shared: Omit<Stand, 'client'>;

beforeAll(async () => {
  shared = await start({});
});

afterEach(async () => {
  for (const one of open.reverse()) await one.close();
  open.length = 0;
});

afterAll(async () => {
  await shared.gateway.close();
  for (const shard of shared.shards) await shard.close();
});

async function start(options: Partial<GatewayOptions>): Promise<Omit<Stand, 'client'>> {
  const shards = [new ScriptedShard(0), new ScriptedShard(1)] as const;
  const log: string[] = [];
  const gateway = await startGateway({
    boltListen: '127.0.0.1:0',
    httpListen: '127.0.0.1:0',
    shardAddresses: [await shards[0].listen(), await shards[1].listen()],
    users: 10,
    merchants: 10,
    splitMerchants: 2,
    openingMinor: 1000,
    recoveryEveryMs: 100,
    log: (line) => log.push(line),
    ...options,
  });
  return { shards, gateway, log };
}

/** With options: a gateway of its own. Without: the shared one, its shards as good as new. */
async function stand(options?: Partial<GatewayOptions>): Promise<Stand> {
  const one = options === undefined ? shared : await start(options);
  if (options !== undefined) open.push(...one.shards, one.gateway);
  const client = await BoltClient.connect(one.gateway.bolt);
  open.push(client);
  for (const shard of one.shards) shard.reset();
  for (const number of [7, 8]) {
    const question: Operation = { kind: 'balance', account: userAccount(number) };
    await until(async () => (await client.ask(question)).outcome === 'ok');
  }
  for (const shard of one.shards) shard.reset();
  one.log.length = 0;
  return { ...one, client };
}

/** Home is shard 1, the merchant lives on shard 0. */
const ACROSS: Operation = {
  kind: 'pay',
  account: userAccount(7),
  counterparty: merchantAccount(8),
  amount: 10_000,
};
const LOCAL: Operation = { ...ACROSS, counterparty: merchantAccount(9) };

function names(shard: ScriptedShard): string[] {
  return shard.seen.map((one) => one.command);
}

describe('an operation on one shard', () => {
  it('is one command, and its receipt is the shard’s', async () => {
    const { shards, client } = await stand();
    const ack = await client.ask(LOCAL);
    expect(ack.outcome).toBe('ok');
    expect(Object.keys(ack.legs)).toEqual(['user:7', 'merchant:9', 'fee@1', 'platform@1']);
    expect(names(shards[1])).toEqual(['post']);
    expect(names(shards[0])).toEqual([]);
  });

  it('is unknown at once when the connection breaks after sending', async () => {
    const { shards, client } = await stand();
    shards[1].script = () => undefined;
    const ack = client.ask(LOCAL);
    await shards[1].saw('post');
    shards[1].cut();
    expect(await ack).toMatchObject({ outcome: 'unknown', code: 'shard_connection_lost' });
  });

  it('is refused for this attempt while the shard is not there, and goes once it is back', async () => {
    const { shards, gateway, client } = await stand();
    const address = await shards[1].pause();
    await until(async () => (await client.ask(LOCAL)).code === 'shard_unavailable');
    expect(gateway.stats().inFlight).toBe(0);
    await shards[1].listen(addressOf(address).port);
    await until(async () => (await client.ask(LOCAL)).outcome === 'ok');
  });

  it('an answer that comes twice is given once, and an answer to nothing is ignored', async () => {
    const { shards, client, gateway } = await stand();
    shards[1].script = (command) => {
      shards[1].answer(command, DECLINED('exceeds_credits'));
      shards[1].answer({ ...command, tag: 0xdeadbeef }, createdWithLegs(command));
      return createdWithLegs(command);
    };
    const acks = await Promise.all(client.oneWay([LOCAL, LOCAL, LOCAL]));
    expect(acks.map((ack) => ack.code)).toEqual(Array(3).fill('exceeds_credits'));
    expect(gateway.stats().inFlight).toBe(0);
  });
});

describe('an operation across shards', () => {
  it('is tried on both, confirmed at home, then at the peer; the receipt has no clearing legs', async () => {
    const { shards, client } = await stand();
    const ack = await client.ask(ACROSS);
    expect(ack).toMatchObject({ outcome: 'ok', code: 'created' });
    expect(Object.keys(ack.legs)).toEqual(['user:7', 'merchant:8', 'fee@0', 'platform@0']);
    expect(names(shards[1])).toEqual(['try_', 'confirm']);
    expect(names(shards[0])).toEqual(['try_', 'confirm']);
    expect(shards[1].seen[0]).toMatchObject({ flags: 1, peer: 0 });
    expect(shards[0].seen[0]).toMatchObject({ flags: 2, peer: 1 });
  });

  it('does not confirm anywhere before both are tried', async () => {
    const { shards, client } = await stand();
    shards[0].script = (one) => (one.command === 'try_' ? undefined : createdWithLegs(one));
    const ack = client.ask(ACROSS);
    const late = await shards[0].saw('try_');
    await shards[1].saw('try_');
    // a round trip to the same shard: whatever was to follow the Try would have been sent by now
    await client.ask({ kind: 'balance', account: userAccount(7) });
    expect(names(shards[1])).toEqual(['try_', 'balance']);
    shards[0].answer(late, createdWithLegs(late));
    expect((await ack).outcome).toBe('ok');
  });

  it('the peer declines: home is cancelled, and the decline is the peer’s', async () => {
    const { shards, client, gateway } = await stand();
    shards[0].script = () => DECLINED('credit_account_not_found');
    const ack = await client.ask(ACROSS);
    expect(ack).toMatchObject({ outcome: 'declined', code: 'credit_account_not_found' });
    expect(names(shards[1])).toEqual(['try_', 'cancel']);
    expect(shards[1].seen[1]).toMatchObject({ code: RESULTS.credit_account_not_found.code });
    expect(names(shards[0])).toEqual(['try_']);
    expect(gateway.stats().inFlight).toBe(0);
  });

  it('the peer declines and home has recorded another code: the answer is what repeats will get', async () => {
    const { shards, client } = await stand();
    shards[0].script = () => DECLINED('not_admitted');
    expect((await client.ask(ACROSS)).code).toBe('cancelled');
    shards[0].script = () => DECLINED('credit_account_not_found');
    shards[1].script = (one) =>
      one.command === 'cancel' ? DECLINED('cancelled') : createdWithLegs(one);
    expect((await client.ask(ACROSS)).code).toBe('cancelled');
  });

  it('home declines: answered at once, and what the peer tried is cancelled when it answers', async () => {
    const { shards, client } = await stand();
    shards[1].script = () => DECLINED('exceeds_credits');
    shards[0].script = (one) => (one.command === 'try_' ? undefined : createdWithLegs(one));
    const ack = await client.ask(ACROSS);
    expect(ack).toMatchObject({ outcome: 'declined', code: 'exceeds_credits' });
    const late = await shards[0].saw('try_');
    shards[0].answer(late, createdWithLegs(late));
    const cancel = await shards[0].saw('cancel');
    expect(cancel.code).toBe(RESULTS.exceeds_credits.code);
    expect(names(shards[1])).toEqual(['try_']);
  });

  it('a branch whose id belongs to another operation is left alone', async () => {
    const { shards, client } = await stand();
    shards[0].script = () => DECLINED('exists_with_different_amount');
    shards[1].script = () => DECLINED('exists_with_different_amount');
    const ack = await client.ask(ACROSS);
    expect(ack.code).toBe('exists_with_different_amount');
    expect(names(shards[0])).toEqual(['try_']);
    expect(names(shards[1])).toEqual(['try_']);
  });

  it('a recovery that was quicker wins: the confirm is refused, the peer is cancelled', async () => {
    const { shards, client } = await stand();
    shards[1].script = (one) =>
      one.command === 'confirm' ? DECLINED('cancelled') : createdWithLegs(one);
    const ack = await client.ask(ACROSS);
    expect(ack).toMatchObject({ outcome: 'declined', code: 'cancelled' });
    await shards[0].saw('cancel');
  });

  it('home turns out to have confirmed when it was to be cancelled: the operation happened', async () => {
    const { shards, client } = await stand();
    shards[0].script = (one) =>
      one.command === 'try_' ? DECLINED('cancelled') : createdWithLegs(one);
    shards[1].script = (one) => ({
      outcome: 'ok',
      code: 'created',
      legs: one.command === 'cancel' ? [{ account: userAccount(7), version: 5 }] : [],
    });
    const ack = await client.ask(ACROSS);
    expect(ack.outcome).toBe('ok');
    expect(ack.legs['user:7']?.version).toBe(5);
    expect(names(shards[0])).toEqual(['try_', 'confirm']);
  });

  const steps: ['home' | 'peer', SeenCommand['command'], number][] = [
    ['home', 'try_', 1],
    ['peer', 'try_', 1],
    ['home', 'confirm', 1],
    ['peer', 'confirm', 1],
  ];
  it.each(steps)('is unknown at once when the link to %s breaks at %s', async (side, command) => {
    const { shards, client, gateway } = await stand();
    const at = side === 'home' ? shards[1] : shards[0];
    at.script = (one) => (one.command === command ? undefined : createdWithLegs(one));
    const ack = client.ask(ACROSS);
    await at.saw(command);
    at.cut();
    expect(await ack).toMatchObject({ outcome: 'unknown', code: 'shard_connection_lost' });
    expect(gateway.stats().inFlight).toBe(0);
  });

  it('a capture tries the payee first; its capture at home is the commit point', async () => {
    const { shards, client } = await stand();
    const ack = await client.ask({ ...ACROSS, kind: 'capture', reference: freshId() });
    expect(ack.outcome).toBe('ok');
    expect(Object.keys(ack.legs)).toEqual(['user:7', 'merchant:8', 'fee@0', 'platform@0']);
    expect(names(shards[0])).toEqual(['try_', 'confirm']);
    expect(names(shards[1])).toEqual(['capture']);
  });

  it('a capture whose payee cannot be paid uses its id up at home and leaves the hold', async () => {
    const { shards, client } = await stand();
    shards[0].script = () => DECLINED('credit_account_not_found');
    shards[1].script = (one) =>
      one.code === RESULTS.credit_account_not_found.code
        ? DECLINED('credit_account_not_found')
        : undefined;
    const ack = await client.ask({ ...ACROSS, kind: 'capture', reference: freshId() });
    expect(ack).toMatchObject({ outcome: 'declined', code: 'credit_account_not_found' });
    expect(names(shards[1])).toEqual(['record_decline']);
  });

  it('a capture of a hold that is gone cancels the payee’s branch', async () => {
    const { shards, client } = await stand();
    shards[1].script = () => DECLINED('pending_transfer_expired');
    const ack = await client.ask({ ...ACROSS, kind: 'capture', reference: freshId() });
    expect(ack).toMatchObject({ outcome: 'declined', code: 'pending_transfer_expired' });
    await shards[0].saw('cancel');
  });
});

describe('a retry while the first attempt is being coordinated', () => {
  it('is not coordinated again and gets the same answer', async () => {
    const { shards, client } = await stand();
    shards[0].script = (one) => (one.command === 'try_' ? undefined : createdWithLegs(one));
    const id = freshId();
    const first = client.ask({ ...ACROSS, id });
    const late = await shards[0].saw('try_');
    const again = client.oneWay([{ ...ACROSS, id, retry: true }]);
    await client.ask({ kind: 'balance', account: userAccount(7) });
    shards[0].answer(late, createdWithLegs(late));
    const [firstAck, againAck] = [await first, await again[0]];
    expect(againAck?.legs).toEqual(firstAck.legs);
    expect(names(shards[0])).toEqual(['try_', 'confirm']);
  });

  it('with another body asks the ledger on its own afterwards', async () => {
    const { shards, client } = await stand();
    let tries = 0;
    shards[0].script = (one) => (one.command === 'try_' ? undefined : createdWithLegs(one));
    shards[1].script = (one) => {
      if (one.command === 'try_') tries++;
      return tries > 1 ? DECLINED('exists_with_different_amount') : createdWithLegs(one);
    };
    const id = freshId();
    const first = client.ask({ ...ACROSS, id });
    const late = await shards[0].saw('try_');
    const other = client.oneWay([{ ...ACROSS, id, amount: 1 }]);
    await client.ask({ kind: 'balance', account: userAccount(9) });
    expect(tries).toBe(1);
    shards[0].answer(late, createdWithLegs(late));
    expect((await first).outcome).toBe('ok');
    expect(await other[0]).toMatchObject({ code: 'exists_with_different_amount' });
  });

  it('shares the fate of the first when the link breaks', async () => {
    const { shards, client } = await stand();
    shards[0].script = () => undefined;
    const id = freshId();
    const first = client.ask({ ...ACROSS, id });
    await shards[0].saw('try_');
    const again = client.oneWay([{ ...ACROSS, id, retry: true }]);
    await client.ask({ kind: 'balance', account: userAccount(7) });
    shards[0].cut();
    expect((await first).code).toBe('shard_connection_lost');
    expect((await again[0])?.code).toBe('shard_connection_lost');
  });
});

describe('recovery', () => {
  const id = formatOperationId(freshId());
  const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + 0, 1);

  it('cancels a primary branch nobody coordinates', async () => {
    const { shards, gateway } = await stand();
    const before = gateway.stats().recoveredCancelled;
    shards[1].branches = [{ id, role: 'primary', peer: 0, ageMs: 5000 }];
    const cancel = await shards[1].saw('cancel');
    expect(cancel).toMatchObject({ id, flags: 1 });
    await shards[1].until(() => gateway.stats().recoveredCancelled > before);
  });

  it('asks the primary of a secondary branch, and confirms what was confirmed there', async () => {
    const { shards } = await stand();
    shards[0].branches = [{ id, role: 'secondary', peer: 1, ageMs: 5000 }];
    shards[1].script = (one) => ({
      outcome: 'ok',
      code: 'created',
      legs: one.command === 'cancel' ? [{ account: clearing }] : [],
    });
    expect(await shards[0].saw('confirm')).toMatchObject({ id, flags: 2 });
    expect(names(shards[1])).toContain('cancel');
  });

  it('cancels a secondary branch whose primary was cancelled', async () => {
    const { shards } = await stand();
    shards[0].branches = [{ id, role: 'secondary', peer: 1, ageMs: 5000 }];
    shards[1].script = () => DECLINED('exceeds_credits');
    const { code } = RESULTS.exceeds_credits;
    expect(await shards[0].saw('cancel')).toMatchObject({ id, flags: 2, code });
    expect(await shards[1].saw('cancel')).toMatchObject({ id, flags: 1, code: 0 });
  });

  it('cancels a secondary branch whose id belongs to another operation at its primary', async () => {
    const { shards } = await stand();
    shards[0].branches = [{ id, role: 'secondary', peer: 1, ageMs: 5000 }];
    shards[1].script = () => ({ outcome: 'ok', code: 'created', legs: [{ account: 9 }] });
    expect(await shards[0].saw('cancel')).toMatchObject({ id, flags: 2 });
    expect(names(shards[0])).not.toContain('confirm');
  });

  it('leaves alone what is being coordinated', async () => {
    const { shards, client } = await stand();
    shards[0].script = (one) => (one.command === 'try_' ? undefined : createdWithLegs(one));
    const ack = client.ask(ACROSS);
    const late = await shards[0].saw('try_');
    shards[1].branches = [{ id: late.id, role: 'primary', peer: 0, ageMs: 5000 }];
    const rounds = shards[1].admin.length;
    await shards[1].until(() => shards[1].admin.length > rounds + 1);
    expect(names(shards[1])).toEqual(['try_']);
    shards[1].branches = [];
    shards[0].answer(late, createdWithLegs(late));
    expect((await ack).outcome).toBe('ok');
  });
});

describe('a look-up', () => {
  it('of an operation across shards completes the receipt at the peer', async () => {
    const { shards, client } = await stand();
    const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + 0, 1);
    shards[1].script = () => ({
      outcome: 'ok',
      code: 'created',
      legs: [{ account: userAccount(7), balance: 900, version: 3 }, { account: clearing }],
    });
    shards[0].script = () => ({
      outcome: 'ok',
      code: 'created',
      legs: [{ account: merchantAccount(8), balance: 100, version: 9 }],
    });
    const ack = await client.ask({ kind: 'lookup', account: userAccount(7) });
    expect(ack.legs).toEqual({
      'user:7': { balance: 900, version: 3 },
      'merchant:8': { balance: 100, version: 9 },
    });
    expect(names(shards[0])).toEqual(['confirm']);
  });

  it('of an operation that is not decided is unknown', async () => {
    const { shards, client } = await stand();
    shards[1].script = () => ({ outcome: 'unknown', code: 'tried' });
    const ack = await client.ask({ kind: 'lookup', account: userAccount(7) });
    expect(ack).toMatchObject({ outcome: 'unknown', code: 'tried' });
  });
});

describe('the link to a shard', () => {
  it('asks who is there before it sends anything', async () => {
    const { shards, client } = await stand();
    shards[1].claimedShard = 0;
    shards[1].cut();
    await shards[1].until(() => shards[1].admin.length > 3);
    expect((await client.ask(LOCAL)).code).toBe('shard_unavailable');
    shards[1].claimedShard = 1;
    await until(async () => (await client.ask(LOCAL)).outcome === 'ok');
  });

  it('a black hole is noticed: outstanding operations are unknown and the connection is made again', async () => {
    const { shards, client, log } = await stand();
    shards[1].script = () => undefined;
    shards[1].deaf = true;
    const ack = await client.ask(LOCAL);
    expect(ack).toMatchObject({ outcome: 'unknown', code: 'shard_connection_lost' });
    expect(log.join()).toContain('nothing arrived');
    shards[1].deaf = false;
    shards[1].script = createdWithLegs;
    await until(async () => (await client.ask(LOCAL)).outcome === 'ok');
  });
});

describe('admission', () => {
  it('beyond the bound is refused at once, definitely, and the rest goes on', async () => {
    const { shards, client, gateway } = await stand({ inFlightMax: 3 });
    shards[1].script = () => undefined;
    const acks = client.oneWay(Array.from({ length: 5 }, () => LOCAL));
    const refused = await Promise.all(acks.slice(3));
    expect(refused.map((ack) => ack.code)).toEqual(['not_admitted', 'not_admitted']);
    await shards[1].saw('post', 3);
    for (const one of shards[1].seen) shards[1].answer(one, createdWithLegs(one));
    const done = await Promise.all(acks.slice(0, 3));
    expect(done.map((ack) => ack.outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(gateway.stats()).toMatchObject({ notAdmitted: 2, inFlight: 0 });
  });

  it('the bound of one shard does not close the other', async () => {
    const { shards, client } = await stand({ inFlightPerShardMax: 1 });
    shards[1].script = () => undefined;
    const acks = client.oneWay([LOCAL, LOCAL]);
    expect((await acks[1])?.code).toBe('not_admitted');
    const there = { ...LOCAL, account: userAccount(8), counterparty: merchantAccount(4) };
    expect((await client.ask(there)).outcome).toBe('ok');
  });

  it('an operation that a stuck shard does not take waits here, and expires unexecuted', async () => {
    const { shards, client, gateway } = await stand({ inFlightPerShardMax: 65_536 });
    shards[1].stopReading();
    const question: Operation = { kind: 'balance', account: userAccount(7) };
    const acks = [];
    for (let i = 0; i < 60; i++) {
      acks.push(
        ...client.oneWay(
          Array.from({ length: 1000 }, () => question),
          200,
        ),
      );
    }
    const codes = new Map<string, number>();
    for (const { code } of await Promise.all(acks)) codes.set(code, (codes.get(code) ?? 0) + 1);
    expect([...codes.keys()].sort()).toEqual(['expired_before_execution', 'shard_connection_lost']);
    expect(gateway.stats()).toMatchObject({
      inFlight: 0,
      expired: codes.get('expired_before_execution'),
    });
  });

  it('an operation whose client names no time, by 0 or less as SOFABolt does, has no deadline', async () => {
    const { client, gateway } = await stand({});
    for (const timeoutMs of [0, -1, -2_147_483_648]) {
      expect(await client.ask(LOCAL, timeoutMs)).toMatchObject({ outcome: 'ok', code: 'created' });
    }
    expect(gateway.stats().expired).toBe(0);
  });
});

describe('planted bugs', () => {
  it('decline-after-commit answers now and then that a payment was declined which was not', async () => {
    const { client } = await stand({ mutant: 'decline-after-commit' });
    const acks = await client.request(Array.from({ length: 4000 }, () => LOCAL));
    expect(acks.filter((ack) => ack.code === 'exceeds_credits')).toHaveLength(20);
  });

  it('confirm-without-try skips the Try at the peer now and then', async () => {
    const { client, shards } = await stand({ mutant: 'confirm-without-try' });
    await client.request(Array.from({ length: 100 }, () => ACROSS));
    const count = (name: string): number => names(shards[0]).filter((one) => one === name).length;
    expect(count('try_')).toBe(95);
    expect(count('confirm')).toBe(100);
  });
});

async function until(fact: () => Promise<boolean>): Promise<void> {
  while (!(await fact())) await new Promise((resolve) => setImmediate(resolve));
}
