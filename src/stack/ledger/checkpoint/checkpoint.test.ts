/** A start from a checkpoint: what it spares, what it refuses, and that nothing comes of what it refuses but a longer start. */
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { merchantAccount, userAccount } from '../../../wire/accounts.js';
import { DERIVED_HEAD_BYTES, sealDerived } from '../../store/store.js';
import { type Asked, clearing, LedgerKit } from '../testing/ledger-kit.js';

let kit: LedgerKit;

afterEach(async () => {
  await kit.close();
});

const EVERY = 100;
const users = { firstAccount: userAccount(1), count: 300, stride: 1, openingMinor: 1000 };
const shops = { firstAccount: merchantAccount(1), count: 10, stride: 1, openingMinor: 0 };
const OPENING = [
  { ...users, mustNotOverdraw: true },
  { ...shops, mustNotOverdraw: true },
];

const user = (n: number): number => userAccount(1 + (n % 300));
const shop = (n: number): number => merchantAccount(1 + (n % 10));

function pay(n: number): Asked {
  const legs = [
    [user(n), -2],
    [shop(n), 2],
  ] as const;
  return { command: 'post', id: n * 10, legs };
}

function hold(n: number): Asked {
  const legs = [
    [user(n), -3],
    [clearing(0), 3],
  ] as const;
  return { command: 'hold', id: n * 10 + 1, kind: 'hold', counterparty: shop(n), legs };
}

function refund(n: number): Asked {
  const legs = [
    [shop(n), -1],
    [user(n), 1],
  ] as const;
  return {
    command: 'post',
    id: (n + 200) * 10 + 3,
    kind: 'refund',
    reference: n * 10,
    user: user(n),
    legs,
  };
}

/** `count` payments, every tenth with a hold that stays and a refund of the payment 200 before. */
async function busy(count: number, from = 0): Promise<void> {
  for (let n = from; n < from + count; n++) {
    kit.run(pay(n));
    if (n % 10 === 0) kit.run(hold(n));
    if (n % 10 === 5 && n >= 200) kit.run(refund(n - 200));
    if (n % 20 === 19) await kit.commit();
  }
  await kit.commit();
}

async function plant(): Promise<void> {
  kit = new LedgerKit({ opening: OPENING, checkpointEvery: EVERY, idsMax: 8 * 256 });
  kit.nowMs += 1_000_000;
  await busy(500);
}

/** Accounts, what is open, and answers to everything `busy` asked, as of the last commit. */
function told(ledger: LedgerKit, payments: number) {
  const asked: Asked[] = [];
  for (let n = 0; n < payments; n++) {
    asked.push(pay(n));
    if (n % 10 === 0) asked.push(hold(n));
    if (n % 10 === 5 && n >= 200) asked.push(refund(n - 200));
  }
  const acks = asked.map((one) => JSON.stringify(ledger.ask(one)));
  return { money: ledger.accountRecords(), holds: ledger.ledger.books.pending.holds, acks };
}

async function expectWhole(payments = 500): Promise<void> {
  const twin = kit.fromLog();
  expect(told(kit, payments)).toEqual(told(twin, payments));
  await twin.close();
}

test('a start replays what came after the checkpoint and nothing before', async () => {
  await plant();
  await kit.crash();
  expect(kit.logLines).toEqual([]);
  expect(kit.ledger.books.log.entries).toBeGreaterThan(550);
  expect(kit.replayed).toBeLessThanOrEqual(EVERY * 1.25 + 22);
  await expectWhole();
});

test('a start without one replays the log, says nothing, and keeps what spares the next start', async () => {
  await plant();
  await kit.tamper(() => undefined);
  expect(kit.logLines).toEqual([]);
  expect(kit.replayed).toBe(kit.ledger.books.log.entries);
  await expectWhole();
  await kit.crash();
  expect(kit.replayed).toBe(0);
  await expectWhole();
});

/** First byte of the keys: see keys.ts. */
const STATE = 1;
const ACCOUNTS = 4;
const CHUNK = 7;
const EAGER = [1, 2, 4, 5] as const;
/** With a payment whose look-up reads it: what was refunded is kept by id. */
const LAZY = [
  [6, 7],
  [7, 7],
  [8, 5],
] as const;

const flip = (kind: number) => (key: Buffer, value: Buffer) => {
  if (key[0] === kind) value[value.length - 1] ^= 1;
  return value;
};

test.each(EAGER)(
  'damage of kind %i is seen at the start: the whole log is replayed',
  async (kind) => {
    await plant();
    await kit.tamper(flip(kind));
    expect(kit.logLines).toEqual([
      expect.stringMatching(
        /^checkpoint not used: derived value 0.* damaged; replaying the whole log$/,
      ),
    ]);
    expect(kit.replayed).toBe(kit.ledger.books.log.entries);
    await expectWhole();
    await kit.crash();
    expect([kit.logLines, kit.replayed]).toEqual([[], 0]);
  },
);

test.each(LAZY)(
  'damage of kind %i is seen at a look-up: nothing is answered from it',
  async (kind, id) => {
    await plant();
    await kit.tamper(flip(kind));
    expect(kit.logLines).toEqual([]);
    expect(() => kit.run(pay(id))).toThrow(/^derived value 0.* is damaged$/);
    await kit.crash();
    expect(kit.logLines).toEqual([
      'checkpoint not used: it does not follow from the log, or is damaged; replaying the whole log',
    ]);
    await expectWhole();
  },
);

test('a chunk that is gone is no reason to take an id for a new one', async () => {
  await plant();
  await kit.tamper((key, value) => (key[0] === CHUNK ? undefined : value));
  expect(() => kit.run(pay(7))).toThrow(/not whole/);
});

const changedState = (change: object) => (key: Buffer, value: Buffer) => {
  if (key[0] !== STATE) return value;
  const state = JSON.parse(value.subarray(DERIVED_HEAD_BYTES).toString());
  const json = Buffer.from(JSON.stringify({ ...state, ...change }));
  const changed = Buffer.concat([Buffer.alloc(DERIVED_HEAD_BYTES), json]);
  sealDerived({ key, value: changed });
  return changed;
};

test.each([
  ['of another version', { version: 0 }, /^checkpoint not used: it is of version 0, not 2; /],
  ['of another shard', { shard: 2 }, /^checkpoint not used: it is of shard 2 of 3; /],
  ['of another number of shards', { shards: 4 }, /^checkpoint not used: it is of shard 0 of 4; /],
  [
    'of more batches than there are',
    { batch: 999 },
    /^checkpoint not used: it is of batch 999, the log has /,
  ],
  ['of another log', { lsn: 17 }, /^checkpoint not used: it begins at entry 17, the log at /],
  ['of a batch too late', { batch: 20, lsn: 553 }, /^checkpoint not used: it begins at entry 553/],
  [
    'with more open than it has',
    { slots: 9999 },
    /^checkpoint not used: what is open is not whole; /,
  ],
] as const)('a checkpoint %s is not used', async (_what, change, words) => {
  await plant();
  await kit.tamper(changedState(change));
  expect(kit.logLines).toEqual([expect.stringMatching(words)]);
  expect(kit.replayed).toBe(kit.ledger.books.log.entries);
  await expectWhole();
});

test('accounts that do not come out as the log says are not used', async () => {
  await plant();
  await kit.tamper((key, value) => {
    if (key[0] !== ACCOUNTS) return value;
    for (let row = DERIVED_HEAD_BYTES; row < value.length; row += 40) {
      value.writeDoubleLE(value.readDoubleLE(row + 24) + 1, row + 24);
    }
    sealDerived({ key, value });
    return value;
  });
  expect(kit.logLines).toEqual([
    expect.stringMatching(/^checkpoint not used: batch .* does not follow from the batches before/),
  ]);
  await expectWhole();
});

test('what is derived from another log is not used', async () => {
  const others: [Buffer, Buffer][] = [];
  await plant();
  await busy(20, 500);
  await kit.tamper((key, value) => {
    others.push([key, value]);
    return value;
  });
  await kit.close();
  await plant();
  await kit.tamper((key) => others.find(([other]) => other.equals(key))?.[1]);
  expect(kit.logLines).toEqual([expect.stringMatching(/^checkpoint not used: it does not follow/)]);
  await expectWhole();
});

test('a log that lost its tail is replayed from its beginning', async () => {
  await plant();
  await kit.crash({ mutant: 'drop-tail-on-restart' });
  const { entries } = kit.ledger.books.log;
  expect(kit.replayed).toBe(entries);
  expect(kit.logLines).toHaveLength(1);
  expect(kit.code(pay(499))).toBe('created');
});

test('a torn batch that was written with a step of the checkpoint is replayed as it is', async () => {
  await plant();
  kit.run(pay(2000));
  await kit.commit();
  const before = kit.balance(shop(2000));
  await kit.crash({ mutant: 'accept-torn-tail' });
  expect(kit.balance(shop(2000))).toBe(before - 2);
});

test('ids in memory are bounded while the whole log is replayed, and all are known', async () => {
  await plant();
  await busy(3000, 500);
  await kit.tamper(() => undefined);
  expect(kit.ledger.books.ids.count).toBeLessThanOrEqual(8 * 256);
  await expectWhole(3500);
});

test('a start after batches of thousands replays no more than one after short ones', async () => {
  const [every, batch] = [40_000, 5_000];
  kit = new LedgerKit({ opening: OPENING, checkpointEvery: every, idsMax: 2 ** 18 });
  kit.nowMs += 10_000_000;
  // The second pass began at 80,000 entries, and is to end within 10,000.
  for (let from = 0; from < 100_000; from += batch) {
    kit.run(...Array.from({ length: batch }, (_, n) => pay(from + n)));
    await kit.commit();
  }
  await kit.crash();
  expect(kit.logLines).toEqual([]);
  expect(kit.replayed).toBeLessThanOrEqual(every * 1.25);
});

test.each([1, 2, 3])(
  'however often a shard is killed, what a start replays does not grow (seed %i)',
  async (seed) => {
    const random = fc.sample(fc.integer({ min: 1, max: 4 }), { seed, numRuns: 40 });
    const every = 400;
    kit = new LedgerKit({ opening: OPENING, checkpointEvery: every, idsMax: 2 ** 14 });
    kit.nowMs += 1_000_000;
    let paid = 0;
    let most = 0;
    for (const batches of random) {
      await busy(batches * 20, paid);
      paid += batches * 20;
      await kit.crash();
      most = Math.max(most, kit.replayed);
    }
    expect(kit.ledger.books.log.entries).toBeGreaterThan(every * 3);
    // A pass that a kill cut short ends with the next batch, which has 20 payments, two holds and two refunds.
    expect(most).toBeLessThanOrEqual(every * 1.25 + 2 * 4 * 24);
    await expectWhole(paid);
  },
);
