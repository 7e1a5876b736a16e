/** A shard behind its socket: frames, admin requests, bounds, and how it starts and stops. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_TYPE,
  encodeBoltFrame,
} from '../../wire/bolt.js';
import { readInt64, readUint64 } from '../../wire/bytes.js';
import { ACCOUNT, ACCOUNT_BYTES } from '../../wire/ledger-log.js';
import { type RunningShard, type StartOptions, startShard } from './shard.js';
import {
  type AckRead,
  type Asked,
  alice,
  bank,
  bob,
  clearing,
  decodeAcks,
  decodeEntries,
  encodeCommands,
  fee,
  idText,
  OPENING,
  START_MS,
  shop,
} from './testing/ledger-kit.js';
import { ShardClient } from './testing/shard-client.js';
import { ShardBuild } from './testing/shard-process.js';

const TMPFS = { mount: 'mount', unmount: 'umount' };

let folder: string;
let shard: RunningShard;
let client: ShardClient;
let lines: string[];
let nowMs: number;

const options = (): StartOptions => ({
  shard: 0,
  shards: 3,
  listen: '127.0.0.1:0',
  dataFolder: folder,
  clock: () => nowMs * 1000,
  logLine: (line) => lines.push(line),
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-shard-'));
  lines = [];
  nowMs = START_MS + 60_000;
  shard = await startShard(options());
  client = await ShardClient.connect(shard.address);
  await client.open(OPENING);
});

afterEach(async () => {
  client.close();
  await shard.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Acks of these commands, in order of their tags. */
function ask(asked: readonly Asked[], from: ShardClient = client): Promise<AckRead[]> {
  const acks: AckRead[] = [];
  return new Promise((resolve) => {
    from.onAcks = (content) => {
      acks.push(...decodeAcks(content));
      if (acks.length === asked.length) resolve(acks.sort((a, b) => a.tag - b.tag));
    };
    from.send(encodeCommands(asked));
  });
}

function pay(id: number, minor = 1): Asked {
  return {
    command: 'post',
    id,
    legs: [
      [alice, -minor],
      [shop, minor],
    ],
  };
}

/** Ends when the shard has closed the connection. */
async function refusedWith(bytes: Uint8Array): Promise<string[]> {
  const other = await ShardClient.connect(shard.address);
  other.write(bytes);
  await other.closed;
  return lines;
}

function frameOf(
  className: string,
  content: Uint8Array,
  codec: number = BOLT_CODEC.record,
): Buffer {
  const head = { type: BOLT_TYPE.oneWay, command: BOLT_COMMAND.request, requestId: 0, codec };
  return encodeBoltFrame({ ...head, className }, content);
}

describe('commands', () => {
  test('many in one frame are each acknowledged by tag', async () => {
    const asked = Array.from({ length: 900 }, (_, i) => ({ ...pay(i), tag: 5000 + i }));
    const acks = await ask(asked);
    expect(acks.map((ack) => ack.tag)).toEqual(asked.map((one) => one.tag));
    expect(acks.map((ack) => ack.legs[0].balance)).toEqual(asked.map((_, i) => 999 - i));
  });

  test('what is acknowledged is in the books at once, and reads see it', async () => {
    await ask([pay(1)]);
    const entries = decodeEntries(await client.ask({ op: 'entries', fromLsn: 0 }));
    expect(entries.map((entry) => entry.id)).toEqual([idText(1)]);
    const [balance] = await ask([{ command: 'balance', id: 2, legs: [[alice, 0]] }]);
    expect(balance.legs).toEqual([{ account: alice, balance: 999, version: 1 }]);
  });

  test('a read of something not yet on disk is answered after it', async () => {
    const other = await ShardClient.connect(shard.address);
    const order: string[] = [];
    const paid = ask([pay(1)]).then(() => order.push('paid'));
    const read = ask([{ command: 'lookup', id: 1 }], other).then(([ack]) => {
      if (ack.outcome === 'ok') order.push('read');
    });
    await Promise.all([paid, read]);
    const entries = await client.ask({ op: 'entries', fromLsn: 0 });
    expect(order).toContain('paid');
    expect(decodeEntries(entries)).toHaveLength(1);
    other.close();
  });

  test('more than a batch holds is still acknowledged whole', async () => {
    const asked = Array.from({ length: 20_000 }, (_, i) => ({
      ...pay(i, 1),
      legs: [
        [bank, -1],
        [alice, 1],
      ] as const,
    }));
    const acks: AckRead[] = [];
    await new Promise<void>((resolve) => {
      client.onAcks = (content) => {
        acks.push(...decodeAcks(content));
        if (acks.length === asked.length) resolve();
      };
      for (let i = 0; i < asked.length; i += 4000) {
        client.send(encodeCommands(asked.slice(i, i + 4000)));
      }
    });
    expect(acks.every((ack) => ack.outcome === 'ok')).toBe(true);
    const stats = await client.stats();
    expect(stats.entries).toBe(20_000);
    expect(stats.idMemory).toMatchObject({ ids: 20_000, idsMax: 2 ** 24, left: 0 });
  });

  test('a hold expires by itself and the money is free again', async () => {
    const held = {
      command: 'hold',
      id: 1,
      kind: 'hold',
      timeoutS: 1,
      legs: [
        [alice, -1000],
        [clearing(0), 1000],
      ],
    } as const;
    expect((await ask([held, pay(2)])).map((ack) => ack.code)).toEqual([
      'created',
      'exceeds_credits',
    ]);
    nowMs += 1001;
    let entries = 0;
    while (entries < 3) entries = (await client.stats()).entries;
    expect((await ask([pay(3, 1000)]))[0].code).toBe('created');
  });
});

describe('admin requests', () => {
  test('ping, heartbeat and stats are answered', async () => {
    const ping = JSON.parse((await client.ask({ op: 'ping' })).toString());
    expect(ping).toEqual({ role: 'shard', shard: 0, pid: process.pid });
    expect(await client.heartbeat()).toHaveLength(0);
    expect(await client.stats()).toMatchObject({
      shard: 0,
      entries: 0,
      accounts: 11,
      openHolds: 0,
    });
  });

  test('the accounts add up: the bank owes what the others were opened with', async () => {
    await ask([pay(1, 100)]);
    const records = await client.ask({ op: 'accounts', from: 0 });
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    let sum = 0;
    const openings = new Map<number, number>();
    for (let at = 0; at < records.length; at += ACCOUNT_BYTES) {
      sum +=
        readUint64(view, at + ACCOUNT.creditsPosted) - readUint64(view, at + ACCOUNT.debitsPosted);
      openings.set(readUint64(view, at), readInt64(view, at + ACCOUNT.opening));
    }
    expect(sum).toBe(0);
    expect(openings.get(bank)).toBe(-3000);
    expect(openings.get(alice)).toBe(1000);
    expect(await client.ask({ op: 'accounts', from: 11 })).toHaveLength(0);
  });

  test('entries are handed out whole, from anywhere, to the end', async () => {
    await ask(Array.from({ length: 900 }, (_, i) => pay(i)));
    await ask([{ command: 'record_decline', id: 2000, code: 1020 }]);
    for (const from of [0, 1, 899, 900]) {
      const entries = decodeEntries(await client.ask({ op: 'entries', fromLsn: from }));
      expect(entries).toHaveLength(901 - from);
    }
    for (const from of [901, 5000]) {
      expect(await client.ask({ op: 'entries', fromLsn: from })).toHaveLength(0);
    }
  });

  test('open branches are listed oldest first with their role, peer and age', async () => {
    const branch = (id: number, flags: number, peer: number): Asked => ({
      command: 'try_',
      id,
      flags,
      peer,
      legs: [
        [alice, -1],
        [clearing(peer), 1],
      ],
    });
    await ask([branch(1, 1, 1)]);
    nowMs += 500;
    await ask([branch(2, 2, 2), branch(3, 1, 1), { command: 'confirm', id: 3 }]);
    nowMs += 500;
    expect(await client.openBranches(0)).toEqual({
      branches: [
        { id: idText(1), role: 'primary', peer: 1, ageMs: 1000 },
        { id: idText(2), role: 'secondary', peer: 2, ageMs: 500 },
      ],
      total: 2,
    });
    expect((await client.openBranches(600)).branches).toHaveLength(1);
  });

  const wrong: [string, unknown, RegExp][] = [
    ['an unknown op', { op: 'explode' }, /explode.* is unknown to a shard/],
    ['no object', [1], /the request is not an object/],
    ['a missing field', { op: 'entries' }, /fromLsn must be an integer from 0/],
    [
      'a fractional count',
      { op: 'open', ranges: [{ ...OPENING[0], count: 1.5 }] },
      /count must be an integer/,
    ],
    [
      'too many accounts',
      { op: 'open', ranges: [{ ...OPENING[0], firstAccount: 9, count: 2 ** 24 }] },
      /at most 16777216 accounts/,
    ],
    [
      'an overlapping range',
      { op: 'open', ranges: [{ ...OPENING[0], firstAccount: 3 }] },
      /3 is open in another range/,
    ],
  ];
  test.each(wrong)('%s is refused in one line', async (_what, request, words) => {
    const content = Buffer.from(JSON.stringify(request));
    const answer = client.ask(JSON.parse(content.toString()));
    await expect(answer).rejects.toThrow(words);
    expect((await client.stats()).accounts).toBe(11);
  });

  test('a million accounts open while other connections are served', async () => {
    const million = {
      firstAccount: 1000,
      count: 1_000_000,
      stride: 2,
      openingMinor: 5,
      mustNotOverdraw: true,
    };
    await client.open([million]);
    const last = 1000 + 999_999 * 2;
    const [ack] = await ask([
      {
        command: 'post',
        id: 1,
        legs: [
          [last, -5],
          [bob, 5],
        ],
      },
    ]);
    expect(ack.legs[0]).toEqual({ account: last, balance: 0, version: 1 });
    expect(
      (
        await ask([
          {
            ...pay(2),
            legs: [
              [last - 1, -5],
              [bob, 5],
            ],
          },
        ])
      )[0].code,
    ).toBe('debit_account_not_found');
  });
});

describe('what is not understood closes that connection with one line', () => {
  const rows: [string, () => Uint8Array, RegExp][] = [
    [
      'bytes that are no frame',
      () => Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      /byte 0 of a frame is 71/,
    ],
    [
      'an unknown class',
      () => frameOf('paydrill.Nonsense', Buffer.alloc(0)),
      /class "paydrill.Nonsense" is unknown/,
    ],
    [
      'an unknown codec',
      () => frameOf(BOLT_CLASS.commands, encodeCommands([pay(1)]), 1),
      /codec 1 of commands/,
    ],
    [
      'half a command',
      () => frameOf(BOLT_CLASS.commands, Buffer.alloc(100)),
      /100 bytes are no whole number of commands/,
    ],
    [
      'a frame that is too long',
      () => frameOf(BOLT_CLASS.commands, Buffer.alloc(128 * 9000)),
      /over the bound/,
    ],
    [
      'an admin request that expects no answer',
      () => frameOf(BOLT_CLASS.admin, Buffer.from('{}'), BOLT_CODEC.json),
      /must be a request in JSON/,
    ],
  ];
  test.each(rows)('%s', async (_what, bytes, words) => {
    const said = await refusedWith(bytes());
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^connection from 127\.0\.0\.1:\d+ closed: /);
    expect(said[0]).toMatch(words);
    expect((await ask([pay(1)]))[0].code).toBe('created');
  });

  test('a bad checksum', async () => {
    const head = {
      type: BOLT_TYPE.oneWay,
      command: BOLT_COMMAND.request,
      requestId: 0,
      codec: BOLT_CODEC.record,
      crc: true,
    };
    const frame = encodeBoltFrame(
      { ...head, className: BOLT_CLASS.commands },
      encodeCommands([pay(1)]),
    );
    frame[60] ^= 1;
    expect((await refusedWith(frame))[0]).toMatch(/CRC32 of a frame does not match/);
    expect((await client.stats()).entries).toBe(0);
  });

  test('commands that make no sense are declined one by one', async () => {
    const acks = await ask([
      {
        ...pay(1),
        legs: [
          [alice, -5],
          [shop, 6],
        ],
      },
      { ...pay(2), legs: [[alice, -5]] },
      pay(3),
    ]);
    expect(acks.map((ack) => ack.code)).toEqual([
      'malformed_operation',
      'malformed_operation',
      'created',
    ]);
  });
});

describe('starting and stopping', () => {
  let build: ShardBuild;
  beforeAll(() => {
    build = new ShardBuild();
  });
  afterAll(() => build.remove());
  const processOptions = (dataFolder: string) => ({
    shard: 0,
    shards: 1,
    listen: '127.0.0.1:0',
    dataFolder,
  });

  test('it ends at once when its standard input closes', async () => {
    const running = build.start(processOptions(join(folder, 'other')));
    await running.address;
    running.closeStdin();
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(running.stderr).toBe('');
  });

  test('a port in use is one line', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const starting = startShard({
      ...options(),
      dataFolder: join(folder, 'x'),
      listen: `127.0.0.1:${port}`,
    });
    await expect(starting).rejects.toThrow(
      /^shard 0 cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
    );
    await new Promise((resolve) => taken.close(resolve));
  });

  test('it listens on loopback only', async () => {
    const starting = startShard({ ...options(), listen: '0.0.0.0:0' });
    await expect(starting).rejects.toThrow(/0\.0\.0\.0:0 is not a loopback address/);
  });

  test('a store that is full stops the process, and nothing of the batch is acknowledged', async (context) => {
    const mount = join(folder, 'small');
    mkdirSync(mount);
    try {
      execFileSync(TMPFS.mount, ['-t', 'tmpfs', '-o', 'size=2m', 'paydrill', mount], {
        stdio: 'ignore',
      });
    } catch {
      context.skip('mounting a tmpfs is not permitted here');
    }
    try {
      const running = build.start(processOptions(mount));
      const small = await ShardClient.connect(await running.address);
      await small.open(OPENING);
      const acked: number[] = [];
      small.onAcks = (content) => {
        for (const ack of decodeAcks(content)) if (ack.outcome === 'ok') acked.push(ack.tag);
      };
      for (let n = 0; n < 20_000; n += 500) {
        const legs = [
          [bank, -1],
          [fee, 1],
        ] as const;
        small.send(
          encodeCommands(
            Array.from({ length: 500 }, (_, i) => ({ ...pay(n + i), legs, tag: n + i })),
          ),
        );
      }
      expect((await running.exited).code).toBe(1);
      expect(running.stderr).toMatch(
        /^shard 0: cannot write batch \d+ to .*small, [\d,]+ KiB with [\d,]+ KiB free: .+; stopping, nothing of it was acknowledged\n$/,
      );
      const books = await startShard({ ...options(), shards: 1, dataFolder: mount });
      const reader = await ShardClient.connect(books.address);
      expect(books.recoveredEntries).toBeGreaterThanOrEqual(acked.length);
      const found = new Set<string>();
      let read = 0;
      while (read < books.recoveredEntries) {
        const entries = decodeEntries(await reader.ask({ op: 'entries', fromLsn: read }));
        for (const entry of entries) found.add(entry.id);
        read += entries.length;
      }
      expect(acked.filter((tag) => !found.has(idText(tag)))).toEqual([]);
      reader.close();
      await books.close();
    } finally {
      execFileSync(TMPFS.unmount, ['-l', mount]);
    }
  });
});
