/**
 * kill -9 under load: the shard comes back with everything it acknowledged and with no half batch. Each row is a seed;
 * the moment of the kill is drawn from it (in acks, not in time), so it falls anywhere in a commit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type AckRead,
  type Asked,
  alice,
  bob,
  carol,
  clearing,
  decodeAcks,
  decodeEntries,
  type EntryRead,
  encodeCommands,
  fee,
  idText,
  platform,
  shop,
} from './testing/ledger-kit.js';
import { ShardClient } from './testing/shard-client.js';
import { type ProcessOptions, ShardBuild, type ShardProcess } from './testing/shard-process.js';

let build: ShardBuild;
let folder: string;
let shard: ShardProcess;
let client: ShardClient;

beforeAll(() => {
  build = new ShardBuild();
});

afterAll(() => build.remove());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-crash-'));
});

afterEach(async () => {
  client.close();
  await shard.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  more: Pick<ProcessOptions, 'mutant' | 'idsMax' | 'checkpointEvery'> = {},
): Promise<void> {
  const options = { shard: 0, shards: 3, listen: '127.0.0.1:0', dataFolder: folder };
  shard = build.start({ ...options, ...more });
  client = await ShardClient.connect(await shard.address);
}

const RICH = 1_000_000;
const OPENING = [
  { firstAccount: alice, count: 3, stride: 1, openingMinor: RICH, mustNotOverdraw: true },
  { firstAccount: shop, count: 1, stride: 1, openingMinor: 0, mustNotOverdraw: true },
];

/** mulberry32 (Tommy Ettinger, public domain). */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The n-th command of a run: payments, transfers, branches with their ends, holds with theirs. */
function command(n: number, draw: (below: number) => number): Asked {
  const from = [alice, bob, carol][(n >> 3) % 3];
  const to = [alice, bob, carol].filter((user) => user !== from)[draw(2)];
  const legs = [
    [from, -10],
    [shop, 7],
    [fee, 2],
    [platform, 1],
  ] as const;
  switch (n % 8) {
    case 0:
      return {
        command: 'hold',
        id: n,
        kind: 'hold',
        timeoutS: 3600,
        legs: [
          [from, -5],
          [clearing(0), 5],
        ],
      };
    case 1:
      return { command: 'void_', id: n, kind: 'void', reference: n - 1, user: from };
    case 2:
      return {
        command: 'try_',
        id: n,
        flags: 1,
        peer: 1,
        legs: [
          [from, -5],
          [clearing(1), 5],
        ],
      };
    case 3:
      return { command: draw(2) === 0 ? 'confirm' : 'cancel', id: n - 1 };
    case 4:
      return { command: 'post', id: n, legs };
    case 5:
      return {
        command: 'post',
        id: n,
        kind: 'refund',
        reference: n - 1,
        legs: [
          [shop, -7],
          [from, 7],
        ],
      };
    default:
      return {
        command: 'post',
        id: n,
        kind: 'transfer',
        legs: [
          [from, -1],
          [to, 1],
        ],
      };
  }
}

interface Run {
  readonly asked: Asked[];
  /** By tag, which is the command's place in `asked`. */
  readonly acks: Map<number, AckRead>;
}

/** Sends frames of commands, some in flight, until `acks` came; then kills. */
async function loadAndKill(run: Run, draw: (below: number) => number, acks: number): Promise<void> {
  const wanted = run.acks.size + acks;
  let inFlight = 0;
  await new Promise<void>((resolve) => {
    const send = (): void => {
      while (inFlight < 400) {
        const first = run.asked.length;
        const count = 8 + 8 * draw(8);
        for (let i = 0; i < count; i++) {
          run.asked.push({ ...command(first + i, draw), tag: first + i });
        }
        client.send(encodeCommands(run.asked.slice(first)));
        inFlight += count;
      }
    };
    client.onAcks = (content) => {
      // What earlier kills lost is never answered: only what this round sent is in flight.
      for (const ack of decodeAcks(content)) {
        run.acks.set(ack.tag, ack);
        inFlight -= 1;
      }
      if (run.acks.size >= wanted) resolve();
      else send();
    };
    send();
  });
  await shard.kill();
}

async function readEntries(): Promise<EntryRead[]> {
  const entries: EntryRead[] = [];
  for (;;) {
    const content = await client.ask({ op: 'entries', fromLsn: entries.length });
    if (content.length === 0) return entries;
    entries.push(...decodeEntries(content));
  }
}

/** Books that add up: postings sum to zero, versions are dense, balances follow, timestamps rise. */
function checkBooks(entries: readonly EntryRead[]): void {
  const versions = new Map<number, number>();
  const balances = new Map<number, number>([
    [alice, RICH],
    [bob, RICH],
    [carol, RICH],
  ]);
  let last = 0;
  for (const entry of entries) {
    if (entry.timestamp <= last) throw new Error(`timestamp ${entry.timestamp} after ${last}`);
    last = entry.timestamp;
    let sum = 0;
    for (const { account, posting, balance, version, pending } of entry.legs) {
      sum += posting;
      const moved = pending === 0 || pending === 2 ? posting : 0;
      const right = (versions.get(account) ?? 0) + 1;
      if (version !== right) throw new Error(`${account} at version ${version}, not ${right}`);
      const sound = (balances.get(account) ?? 0) + moved;
      if (balance !== sound) throw new Error(`${account} has ${balance}, not ${sound}`);
      versions.set(account, version);
      balances.set(account, balance);
    }
    if (sum !== 0) throw new Error(`entry ${entry.id} sums to ${sum}`);
  }
}

/** Whatever was acknowledged is in the books as it was acknowledged. */
function missing(run: Run, entries: readonly EntryRead[]): string[] {
  const found = new Map<string, EntryRead>();
  for (const entry of entries) found.set(`${entry.id} ${entry.timestamp}`, entry);
  const lost: string[] = [];
  for (const [tag, ack] of run.acks) {
    if (ack.outcome !== 'ok') continue;
    const { id } = run.asked[tag];
    const entry = found.get(`${idText(id)} ${ack.timestamp}`);
    const receipt = entry?.legs.map(({ account, balance, version }) => ({
      account,
      balance,
      version,
    }));
    if (JSON.stringify(receipt) !== JSON.stringify(ack.legs))
      lost.push(`${id}: ${JSON.stringify(ack)}`);
  }
  return lost;
}

describe('kill -9 under load', () => {
  test.each([
    [1, {}],
    [2, {}],
    [3, {}],
    [4, { checkpointEvery: 300, idsMax: 4096 }],
    [5, { checkpointEvery: 1000 }],
    [6, { checkpointEvery: 50, idsMax: 2048 }],
  ])('loses nothing that was acknowledged (seed %i, %o)', async (seed, options) => {
    const draw = generator(seed);
    const run: Run = { asked: [], acks: new Map() };
    for (let round = 0; round < 3; round++) {
      await start(options);
      await client.open(OPENING);
      if (round > 0) {
        const entries = await readEntries();
        checkBooks(entries);
        expect(missing(run, entries)).toEqual([]);
      }
      await loadAndKill(run, draw, 200 + draw(1500));
    }
    await start(options);
    const entries = await readEntries();
    checkBooks(entries);
    expect(missing(run, entries)).toEqual([]);
    const spared = 'checkpointEvery' in options ? ', \\d+ of them replayed' : '';
    expect(shard.stderr).toMatch(
      new RegExp(`^shard 0: recovered \\d+ entries in \\d+ ms${spared}\n$`),
    );
    const ok = [...run.acks.values()].filter((ack) => ack.outcome === 'ok').length;
    expect(ok).toBeGreaterThan(run.acks.size / 2);
    await repeatsAgree(run);
  });
});

/** Every acknowledged command, sent again, gets the answer it got. */
async function repeatsAgree(run: Run): Promise<void> {
  const again = new Map<number, AckRead>();
  const acked = run.asked.filter((_asked, tag) => run.acks.has(tag));
  await new Promise<void>((resolve) => {
    client.onAcks = (content) => {
      for (const ack of decodeAcks(content)) again.set(ack.tag, ack);
      if (again.size === acked.length) resolve();
    };
    for (let i = 0; i < acked.length; i += 500) {
      client.send(encodeCommands(acked.slice(i, i + 500)));
    }
  });
  const differing = acked.filter(({ tag = 0, command }) => {
    if (command === 'try_') return false; // answers with what became of it
    return JSON.stringify(again.get(tag)) !== JSON.stringify(run.acks.get(tag));
  });
  expect(differing).toEqual([]);
}

describe('the planted bugs show', () => {
  test('ack-before-commit loses what it acknowledged', async () => {
    const run: Run = { asked: [], acks: new Map() };
    await start({ mutant: 'ack-before-commit' });
    await client.open(OPENING);
    await loadAndKill(run, generator(9), 2000);
    await start();
    const entries = await readEntries();
    checkBooks(entries);
    expect(missing(run, entries).length).toBeGreaterThan(0);
  });

  test('forget-ids-on-restart applies an id twice', async () => {
    await start({ mutant: 'forget-ids-on-restart' });
    await client.open(OPENING);
    const pay: Asked = {
      command: 'post',
      id: 4,
      legs: [
        [alice, -10],
        [shop, 10],
      ],
    };
    const answer = (): Promise<AckRead> =>
      new Promise((resolve) => {
        client.onAcks = (content) => resolve(decodeAcks(content)[0]);
        client.send(encodeCommands([pay]));
      });
    expect((await answer()).legs[0].balance).toBe(RICH - 10);
    await shard.kill();
    await start({ mutant: 'forget-ids-on-restart' });
    expect((await answer()).legs[0].balance).toBe(RICH - 20);
    expect((await readEntries()).map((entry) => entry.id)).toEqual([idText(4), idText(4)]);
  });
});
