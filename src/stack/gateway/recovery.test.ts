/**
 * A coordinator dies, or loses a link, between any two steps of an operation across shards: afterwards the
 * operation happened or did not, on both shards alike, no branch is left open, and no money is gone.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { productAccount } from '../../products/account-names.js';
import { CATALOGUE } from '../../products/kinds.js';
import {
  merchantAccount,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
  userAccount,
} from '../../wire/accounts.js';
import { COMMAND } from '../../wire/ledger-commands.js';
import type { Gateway, GatewayOptions } from './run-gateway.js';
import { type BoltClient, freshId, type Operation } from './testing/bolt-client.js';
import { commandIn, isAcks, type Relay, TestStack } from './testing/stack.js';

let stack: TestStack;
let shardClients: BoltClient[] = [];
let gateways: Gateway[] = [];

beforeAll(async () => {
  stack = await TestStack.start();
  shardClients = [await stack.shardClient(HOME), await stack.shardClient(PEER)];
});

afterEach(async () => {
  for (const relay of stack.relays) {
    relay.toShard = () => 'forward';
    relay.toGateway = () => 'forward';
  }
  for (const gateway of gateways) await gateway.close();
  gateways = [];
});

afterAll(() => stack.close());

async function start(options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const products = ['tickets'];
  const gateway = await stack.gateway({ openingMinor: 100_000_000, products, ...options });
  gateways.push(gateway);
  return gateway;
}

function relayOf(shard: number): Relay {
  const relay = stack.relays[shard];
  if (relay === undefined) throw new Error('no such shard');
  return relay;
}

const NO_LIMITS = { amountMinorMax: 2 ** 48, velocity: [] };

const HOME = 1;
const PEER = 0;

function pay(): Operation & { readonly id: readonly [number, number, number, number] } {
  return {
    kind: 'pay',
    id: freshId(),
    account: userAccount(7),
    counterparty: merchantAccount(8),
    amount: 10_000,
  };
}

/** Each side is even: money goes into escrow at home, seats are held far away. */
function holdTicket(): Operation {
  const [word0, word1, word2, word3] = freshId();
  const stations = 1 + 3 * 8;
  return {
    ...pay(),
    kind: 'tickets.hold',
    id: [word0, ((word1 & ~0xfff) | stations) >>> 0, word2, word3],
  };
}

async function operationOf(kind: Break['kind'], client: BoltClient): Promise<Operation> {
  if (kind === 'capture') return captureOfHold(client);
  return kind === 'pay' ? pay() : holdTicket();
}

async function captureOfHold(client: BoltClient): Promise<Operation> {
  const hold = { ...pay(), kind: 'hold', timeoutS: 600 } as const;
  expect((await client.ask(hold)).outcome).toBe('ok');
  return { ...pay(), kind: 'capture', reference: hold.id };
}

/** Lets nothing of this command through from now on: neither the command nor its answer; calls `then` once. */
function breakAt(relay: Relay, command: number, when: 'before' | 'after', then: () => void): void {
  let broken = false;
  let seen = false;
  const breaks = (): 'cut' | 'forward' => {
    if (broken) return 'forward';
    broken = true;
    then();
    return 'cut';
  };
  relay.toShard = (chunk) => {
    if (commandIn(chunk) !== command) return 'forward';
    seen = true;
    return when === 'before' ? breaks() : 'forward';
  };
  relay.toGateway = (chunk) => (when === 'after' && seen && isAcks(chunk) ? breaks() : 'forward');
}

async function openBranches(): Promise<number> {
  let open = 0;
  for (const client of shardClients) {
    const answer = await client.admin({ op: 'open_branches', olderThanMs: 0, limit: 10 });
    if (typeof answer === 'object' && answer !== null && 'total' in answer) {
      open += Number(answer.total);
    }
  }
  return open;
}

async function until(fact: () => Promise<boolean>): Promise<void> {
  while (!(await fact())) await new Promise((resolve) => setImmediate(resolve));
}

/** The sum over every account; and over the clearing accounts of the pair alone. */
async function sums(client: BoltClient): Promise<{ all: number; clearing: number }> {
  const accounts: number[] = [];
  for (let n = 1; n <= 20; n++) accounts.push(userAccount(n));
  for (let n = 3; n <= 10; n++) accounts.push(merchantAccount(n));
  for (const [number, { account }] of CATALOGUE.classesOf(['tickets'])) {
    const [first, last] = account.of === 'user' ? [1, 20] : [3, 10];
    for (let n = first; n <= last; n++) accounts.push(productAccount(number, n));
  }
  for (const shard of [HOME, PEER]) {
    for (const n of [1, 2]) accounts.push(merchantSubAccount(n, shard));
    for (const n of [SYSTEM_ACCOUNT.fee, SYSTEM_ACCOUNT.platform, SYSTEM_ACCOUNT.bank]) {
      accounts.push(systemAccount(n, shard));
    }
  }
  const clearings = [HOME, PEER].map((shard) =>
    systemAccount(SYSTEM_ACCOUNT.clearing + 1 - shard, shard),
  );
  const [all, clearing] = [await sum(client, accounts), await sum(client, clearings)];
  return { all: all + clearing, clearing };
}

async function sum(client: BoltClient, accounts: readonly number[]): Promise<number> {
  const questions = accounts.map((account) => ({ kind: 'balance', account }) as const);
  for (;;) {
    const acks = await client.request(questions);
    if (acks.every((ack) => ack.outcome === 'ok')) {
      return acks.reduce((total, ack) => total + (Object.values(ack.legs)[0]?.balance ?? 0), 0);
    }
  }
}

/** After the fault: all or nothing, nothing left over, and one truth whoever asks and however often. */
async function expectSettled(gateway: Gateway, operation: Operation): Promise<string> {
  const client = await stack.client(gateway.bolt);
  await until(async () => (await openBranches()) === 0);
  expect(await sums(client)).toEqual({ all: 0, clearing: 0 });
  const lookup = {
    kind: 'lookup',
    account: operation.account,
    id: operation.id ?? freshId(),
  } as const;
  const found = await client.ask(lookup);
  expect(found.outcome).not.toBe('unknown');
  if (found.outcome === 'ok') expect(Object.keys(found.legs)).toHaveLength(4);
  if (found.code !== 'operation_not_found') {
    const again = await client.ask({ ...operation, retry: true });
    expect(again.outcome).toBe(found.outcome);
    expect(found.legs).toMatchObject(again.legs);
    // Of a ticket, which has more legs than a receipt, those at home are told.
    const told = operation.kind === 'tickets.hold' ? 2 : 4;
    if (again.outcome === 'ok') expect(Object.keys(again.legs)).toHaveLength(told);
  }
  expect(await sums(client)).toEqual({ all: 0, clearing: 0 });
  return found.outcome === 'ok' ? 'happened' : 'did not happen';
}

interface Break {
  readonly shard: number;
  readonly command: 'try_' | 'confirm' | 'capture';
  readonly when: 'before' | 'after';
  readonly kind: 'pay' | 'tickets.hold' | 'capture';
  readonly end: string;
}

/** Of what is tried on both shards. */
const ofBoth = (kind: 'pay' | 'tickets.hold'): Break[] => [
  { kind, shard: HOME, command: 'try_', when: 'before', end: 'did not happen' },
  { kind, shard: HOME, command: 'try_', when: 'after', end: 'did not happen' },
  { kind, shard: PEER, command: 'try_', when: 'before', end: 'did not happen' },
  { kind, shard: PEER, command: 'try_', when: 'after', end: 'did not happen' },
  { kind, shard: HOME, command: 'confirm', when: 'before', end: 'did not happen' },
  { kind, shard: HOME, command: 'confirm', when: 'after', end: 'happened' },
  { kind, shard: PEER, command: 'confirm', when: 'before', end: 'happened' },
  { kind, shard: PEER, command: 'confirm', when: 'after', end: 'happened' },
];

const breaks: Break[] = [
  ...ofBoth('pay'),
  ...ofBoth('tickets.hold'),
  { kind: 'capture', shard: PEER, command: 'try_', when: 'before', end: 'did not happen' },
  { kind: 'capture', shard: PEER, command: 'try_', when: 'after', end: 'did not happen' },
  { kind: 'capture', shard: HOME, command: 'capture', when: 'before', end: 'did not happen' },
  { kind: 'capture', shard: HOME, command: 'capture', when: 'after', end: 'happened' },
  { kind: 'capture', shard: PEER, command: 'confirm', when: 'before', end: 'happened' },
  { kind: 'capture', shard: PEER, command: 'confirm', when: 'after', end: 'happened' },
];

describe.each(breaks)('$kind, broken $when $command at shard $shard', (one) => {
  it('the coordinator dies: the next one settles it', async () => {
    const first = await start({ recoveryEveryMs: 60_000 });
    const client = await stack.client(first.bolt);
    const operation = await operationOf(one.kind, client);
    let died: Promise<void> | undefined;
    const relay = relayOf(one.shard);
    breakAt(relay, COMMAND[one.command], one.when, () => {
      died = first.close();
    });
    const [answer] = client.oneWay([operation]);
    expect((await answer)?.outcome).toBe('unknown');
    await died;
    const second = await start({ recoveryAgeMs: 50 });
    expect(await expectSettled(second, operation)).toBe(one.end);
  });

  it('the link breaks: unknown at once, and the same gateway settles it', async () => {
    const gateway = await start({ recoveryAgeMs: 50 });
    const client = await stack.client(gateway.bolt);
    const operation = await operationOf(one.kind, client);
    const relay = relayOf(one.shard);
    breakAt(relay, COMMAND[one.command], one.when, () => {});
    const ack = await client.ask(operation);
    expect(ack).toMatchObject({ outcome: 'unknown', code: 'shard_connection_lost' });
    expect(gateway.stats().inFlight).toBe(0);
    expect(await expectSettled(gateway, operation)).toBe(one.end);
  });

  it('the link breaks and the client retries: it happens once', async () => {
    const gateway = await start({ recoveryEveryMs: 60_000 });
    const client = await stack.client(gateway.bolt);
    const operation = await operationOf(one.kind, client);
    const relay = relayOf(one.shard);
    breakAt(relay, COMMAND[one.command], one.when, () => {});
    expect((await client.ask(operation)).outcome).toBe('unknown');
    await until(async () => (await client.ask({ ...operation, retry: true })).outcome === 'ok');
    expect(await expectSettled(gateway, operation)).toBe('happened');
  });
});

describe('the three anomalies of Try/Confirm/Cancel', () => {
  it('repeat: a Confirm whose answer was lost is repeated and changes nothing', async () => {
    const gateway = await start({ recoveryAgeMs: 50 });
    const client = await stack.client(gateway.bolt);
    const operation = pay();
    const relay = relayOf(PEER);
    breakAt(relay, COMMAND.confirm, 'after', () => {});
    expect((await client.ask(operation)).outcome).toBe('unknown');
    const acks = [];
    for (let i = 0; i < 3; i++) {
      await until(async () => (await client.ask({ ...operation, retry: true })).outcome === 'ok');
      acks.push((await client.ask({ ...operation, retry: true })).legs);
    }
    expect(acks[1]).toEqual(acks[0]);
    const now = await client.ask({ kind: 'balance', account: userAccount(7) });
    expect(acks[0]?.['user:7']).toEqual(now.legs['user:7']);
    expect(await sums(client)).toEqual({ all: 0, clearing: 0 });
  });

  it('empty rollback: Cancel reaches a shard that was never tried, and the id is used up', async () => {
    const gateway = await start({ recoveryAgeMs: 50 });
    const client = await stack.client(gateway.bolt);
    const operation = pay();
    const relay = relayOf(HOME);
    breakAt(relay, COMMAND.try_, 'before', () => {});
    expect((await client.ask(operation)).outcome).toBe('unknown');
    await until(async () => gateway.stats().recoveredCancelled > 0);
    await until(async () => (await openBranches()) === 0);
    const again = await client.ask({ ...operation, retry: true });
    expect(again).toMatchObject({ outcome: 'declined', code: 'cancelled' });
    expect(await sums(client)).toEqual({ all: 0, clearing: 0 });
  });

  it('late Try: one that arrives after the Cancel is refused', async () => {
    const gateway = await start({ recoveryAgeMs: 50 });
    const client = await stack.client(gateway.bolt);
    const balance = { kind: 'balance', account: userAccount(7) } as const;
    const before = await client.ask(balance);
    const operation = pay();
    const relay = relayOf(HOME);
    relay.toShard = (chunk) => (commandIn(chunk) === COMMAND.try_ ? 'keep' : 'forward');
    expect((await client.ask(operation)).outcome).toBe('unknown');
    await until(async () => gateway.stats().recoveredCancelled > 0);
    relay.toShard = () => 'forward';
    relay.deliverKept();
    expect(await expectSettled(gateway, operation)).toBe('did not happen');
    expect((await client.ask(balance)).legs).toEqual(before.legs);
  });
});

it('thousands of branches left by a dead coordinator are settled at once', async () => {
  const first = await start({ recoveryEveryMs: 60_000, riskLimits: NO_LIMITS });
  const client = await stack.client(first.bolt);
  const relay = relayOf(PEER);
  let confirms = 0;
  relay.toShard = (chunk) => {
    if (commandIn(chunk) === COMMAND.confirm) confirms++;
    return confirms > 0 ? 'cut' : 'forward';
  };
  const acks = Promise.all(client.oneWay(Array.from({ length: 3000 }, pay)));
  await acks;
  const died = first.close();
  relay.toShard = () => 'forward';
  expect(await openBranches()).toBeGreaterThan(1024);
  await died;
  // one round only: whatever more there is has to be fetched without waiting for the next
  const second = await start({ recoveryEveryMs: 60_000 });
  await until(async () => (await openBranches()) === 0);
  expect(second.stats().recoveredConfirmed).toBeGreaterThan(0);
  expect(await sums(await stack.client(second.bolt))).toEqual({ all: 0, clearing: 0 });
});
