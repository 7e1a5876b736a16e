/**
 * The Bolt edge against clients that are wrong, slow, or noise: one connection suffers, the others do not notice.
 */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { userAccount } from '../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import {
  BOLT_BODY_MAX,
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_PROTOCOL,
  BOLT_STATUS,
  BOLT_TYPE,
  type BoltFrame,
  BoltReader,
  encodeBoltFrame,
} from '../../wire/bolt.js';
import { OPERATION_BYTES } from '../../wire/operations.js';
import { type Gateway, startGateway } from './run-gateway.js';
import { BoltClient, type Operation, writeOperation } from './testing/bolt-client.js';
import { TestStack } from './testing/stack.js';

let stack: TestStack;
let gateway: Gateway;
/** A connection that must live on whatever the others do. */
let bystander: BoltClient;
let client: BoltClient;
const log: string[] = [];

beforeAll(async () => {
  stack = await TestStack.start();
  gateway = await stack.gateway({
    log: (line) => log.push(line),
    clientLimits: {
      unsentPauseBytes: 64 * 1024,
      unsentDropBytes: 16 * 1024 * 1024,
      pausedDropMs: 1000,
    },
    inFlightMax: 60_000,
  });
  bystander = await stack.client(gateway.bolt);
});

beforeEach(async () => {
  log.length = 0;
  client = await stack.client(gateway.bolt);
});

afterEach(async () => {
  expect((await bystander.ask(TOP_UP)).outcome).toBe('ok');
  client.close();
});

afterAll(() => stack.close());

const TOP_UP: Operation = { kind: 'topUp', account: userAccount(7), amount: 1 };
const BALANCE: Operation = { kind: 'balance', account: userAccount(7) };

function record(operation: Operation): Buffer {
  const bytes = Buffer.alloc(OPERATION_BYTES);
  writeOperation(bytes, 0, operation, 1);
  return bytes;
}

const HEAD = {
  type: BOLT_TYPE.request,
  command: BOLT_COMMAND.request,
  requestId: 1,
  codec: BOLT_CODEC.record,
  className: BOLT_CLASS.operations,
};

describe('a frame that cannot be read', () => {
  const bad: [string, Buffer, RegExp][] = [
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /protocol/],
    ['an unknown type', Buffer.from([2, 1, 9, 0, 0]), /type 9/],
    ['an unknown type of version 1', Buffer.from([1, 9, 0, 0]), /type 9/],
    ['version 3', Buffer.from([3, 1, 0, 0]), /is 3, expected protocol 1 or 2/],
    ['a body over the bound', overlong(), /over the bound/],
    ['a wrong CRC32', badCrc(), /CRC32/],
  ];
  it.each(bad)('%s ends the connection with one line', async (_name, bytes, line) => {
    client.socket.write(bytes);
    await client.closed;
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(line);
  });

  it('a frame cut short does nothing, and is forgotten with its connection', async () => {
    const frame = encodeBoltFrame(HEAD, record(TOP_UP));
    client.socket.end(frame.subarray(0, frame.length - 1));
    await client.closed;
    expect(log).toEqual([]);
  });

  it.each([
    [1, -1],
    [2, -1],
    [2, 0],
    [2, -2147483648],
  ])(
    'version %s with a timeout of %s has no deadline, one way too',
    async (protocol, timeoutMs) => {
      const frame = encodeBoltFrame(
        { ...HEAD, protocol, timeoutMs, type: BOLT_TYPE.oneWay },
        record(TOP_UP),
      );
      const heard = new Promise<Buffer>((resolve) => client.socket.once('data', resolve));
      client.socket.write(frame);
      const answer = await heard;
      const contentAt = (protocol === 1 ? 22 : 24) + BOLT_CLASS.acks.length;
      expect([answer[0], answer.length]).toEqual([protocol, contentAt + ACK_BYTES]);
      expect(answer[contentAt + ACK.outcome]).toBe(OUTCOME.ok);
    },
  );

  it('a client that changes the version in between is answered in each', async () => {
    const frames = [1, 2, 1].map((protocol) =>
      encodeBoltFrame({ ...HEAD, protocol, requestId: 1000 }, record(TOP_UP)),
    );
    const versions = await new Promise<number[]>((resolve) => {
      const heard: number[] = [];
      const onFrame = ({ protocol, status, content }: BoltFrame): void => {
        expect([status, content.length]).toEqual([BOLT_STATUS.success, ACK_BYTES]);
        if (heard.push(protocol) === frames.length) resolve(heard);
      };
      const reader = new BoltReader(onFrame, BOLT_BODY_MAX, BOLT_PROTOCOL.v1);
      client.socket.on('data', (chunk: Buffer) => reader.push(chunk));
      client.socket.write(Buffer.concat(frames));
    });
    expect(versions.sort()).toEqual([1, 1, 2]);
  });

  it.each([1, 2])('a frame of version %s that comes byte by byte is read', async (protocol) => {
    const [ack] = client.oneWay([]);
    expect(ack).toBeUndefined();
    const heartbeat = { ...HEAD, protocol, command: BOLT_COMMAND.heartbeat };
    const frame = encodeBoltFrame(heartbeat, Buffer.alloc(0));
    for (const byte of frame) client.socket.write(Buffer.from([byte]));
    const heard = await new Promise<Buffer>((resolve) => client.socket.once('data', resolve));
    expect(heard[0]).toBe(protocol);
    expect(heard.readUInt16BE(protocol + 1)).toBe(BOLT_COMMAND.heartbeat);
  });
});

function overlong(): Buffer {
  const frame = encodeBoltFrame(HEAD, Buffer.alloc(0));
  frame.writeUInt32BE(0x7fffffff, 20);
  return frame;
}

function badCrc(): Buffer {
  const frame = encodeBoltFrame({ ...HEAD, crc: true }, record(TOP_UP));
  frame[60] = 0xff;
  return frame;
}

describe('a request that cannot be served', () => {
  it('of an unknown class is answered noProcessor', async () => {
    const response = await client.raw({ className: 'com.example.Hello', content: Buffer.alloc(3) });
    expect(response?.status).toBe(BOLT_STATUS.noProcessor);
  });

  it('of an unknown codec, or no whole number of records, is answered codecException', async () => {
    const codec = await client.raw({ codec: BOLT_CODEC.hessian, content: record(BALANCE) });
    expect(codec?.status).toBe(BOLT_STATUS.codecException);
    const length = await client.raw({ content: record(BALANCE).subarray(1) });
    expect(length?.status).toBe(BOLT_STATUS.codecException);
    expect(String(length?.content)).toContain('multiple of 72');
    const admin = await client.raw({ className: BOLT_CLASS.admin, content: Buffer.from('{}') });
    expect(admin?.status).toBe(BOLT_STATUS.codecException);
  });

  it('that is no JSON to admin is answered error, in one line', async () => {
    const className = BOLT_CLASS.admin;
    const codec = BOLT_CODEC.json;
    const response = await client.raw({ className, codec, content: Buffer.from('{nope') });
    expect(response?.status).toBe(BOLT_STATUS.error);
    expect(JSON.parse(String(response?.content))).toMatchObject({ error: expect.any(String) });
  });

  it('of more operations than acks fit a frame is answered codecException', async () => {
    const response = await client.raw({ content: Buffer.alloc(OPERATION_BYTES * 50_000) });
    expect(response?.status).toBe(BOLT_STATUS.codecException);
  });

  it('of no operations is answered with no acks', async () => {
    expect(await client.request([])).toEqual([]);
  });

  it('with operations that make no sense is answered with a decline for each', async () => {
    const response = await client.raw({ content: Buffer.alloc(OPERATION_BYTES * 3) });
    expect(response?.content).toHaveLength(3 * 96);
  });
});

describe('a client that does not read', () => {
  it('is paused, and served on when it reads again', async () => {
    client.socket.pause();
    const asked = 1000;
    const answers = Array.from({ length: asked }, () =>
      client.request(Array.from({ length: 100 }, () => BALANCE)),
    );
    await logged('paused');
    client.socket.resume();
    const acks = (await Promise.all(answers)).flat();
    expect(acks).toHaveLength(asked * 100);
  });

  it('is dropped when it never does', async () => {
    client.socket.pause();
    const frame = encodeBoltFrame(
      { ...HEAD, type: BOLT_TYPE.oneWay },
      Buffer.concat(Array.from({ length: 20_000 }, () => record(BALANCE))),
    );
    for (let i = 0; i < 20; i++) client.socket.write(frame);
    await logged('closed');
  });
});

async function logged(text: string): Promise<void> {
  while (!log.join().includes(text)) await new Promise((resolve) => setImmediate(resolve));
}

describe('noise', () => {
  it('never ends the gateway, nor another connection', async () => {
    const head = fc.record({
      type: fc.nat(3),
      command: fc.nat(3),
      codec: fc.nat(30),
      requestId: fc.nat(),
      timeoutMs: fc.integer(),
      crc: fc.boolean(),
      className: fc.constantFrom('', 'x', ...Object.values(BOLT_CLASS)),
      content: fc.uint8Array({ maxLength: 300 }),
    });
    const framed = head.map(({ content, ...rest }) => {
      const isKnown = rest.type <= 2;
      return isKnown ? encodeBoltFrame(rest, content) : Buffer.from(content);
    });
    const spoiled = fc.tuple(framed, fc.nat(), fc.nat(255)).map(([frame, at, byte]) => {
      const copy = Buffer.from(frame);
      if (copy.length > 0) copy[at % copy.length] = byte;
      return copy;
    });
    const operations = fc
      .uint8Array({ minLength: 72, maxLength: 72 })
      .map((bytes) => encodeBoltFrame({ ...HEAD, type: BOLT_TYPE.oneWay }, bytes));
    const noise = fc.oneof(framed, spoiled, operations, fc.uint8Array({ maxLength: 64 }));
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { maxLength: 6 }), async (chunks) => {
        const noisy = await BoltClient.connect(gateway.bolt);
        noisy.socket.removeAllListeners('data');
        noisy.socket.resume();
        for (const chunk of chunks) noisy.socket.write(chunk);
        noisy.socket.end();
        await noisy.closed;
        expect((await bystander.ask(BALANCE)).outcome).toBe('ok');
      }),
      { numRuns: 200 },
    );
    expect(gateway.stats().inFlight).toBe(0);
  });
});

describe('starting', () => {
  it('refuses a port in use and an address that is not loopback, in one line', async () => {
    const options = {
      boltListen: '127.0.0.1:0',
      httpListen: '127.0.0.1:0',
      shardAddresses: stack.relays.map((relay) => relay.address),
      users: 20,
      merchants: 10,
      splitMerchants: 2,
      openingMinor: 100_000,
      log: () => {},
    };
    const inUse = startGateway({ ...options, boltListen: gateway.bolt });
    await expect(inUse).rejects.toThrow(/bolt: cannot listen on .*in use/);
    const httpInUse = startGateway({ ...options, httpListen: gateway.http });
    await expect(httpInUse).rejects.toThrow(/http: cannot listen on .*in use/);
    const far = startGateway({ ...options, boltListen: '0.0.0.0:0' });
    await expect(far).rejects.toThrow(/loopback/);
    await expect(startGateway({ ...options, users: -1 })).rejects.toThrow(/users is -1/);
    await expect(startGateway({ ...options, shardAddresses: ['x'] })).rejects.toThrow(/host:port/);
  });
});
