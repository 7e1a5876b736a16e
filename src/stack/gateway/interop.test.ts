/**
 * Against sofa-bolt-node, an independent implementation of the protocol, in both directions.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, type Socket } from 'node:net';
import type { Transform, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { merchantAccount, userAccount } from '../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import { addressOf } from '../../wire/address.js';
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
import type { Gateway } from './run-gateway.js';
import { writeOperation } from './testing/bolt-client.js';
import { TestStack } from './testing/stack.js';

interface ByteBuffer {
  put(bytes: Buffer): void;
  read(length: number): Buffer;
  position(): number;
  limit(): number;
}

interface Encoder extends Transform {
  protocolType: string;
  codecType: string;
  boltVersion: number;
  crcEnable: boolean;
  writeHeartbeat(id: number, heartbeat: object): void;
  writeHeartbeatAck(heartbeat: object): void;
  writeRequest(id: number, request: object): void;
  writeResponse(request: object, response: object): void;
}

interface Packet {
  readonly packetId: number;
  readonly className: string;
  readonly data: unknown;
  readonly options: { readonly timeout?: number };
}

interface SofaBolt {
  readonly BaseRpcCmd: new (obj: object) => { readonly obj: object };
  readonly codec: Record<string, { decode(io: ByteBuffer): Buffer }>;
  encoder(options: object): Encoder;
  decoder(options: object): Writable;
}

interface Codecs {
  readonly codecName2Code: Record<string, number>;
  readonly codecCode2Name: Record<number, string>;
}

const require = createRequire(import.meta.url);
const sofa: SofaBolt = require('sofa-bolt-node');
const codecs: Codecs = require('sofa-bolt-node/lib/protocol/const.js');

// Their registry of codecs, taught ours: content is handed over as it is.
codecs.codecName2Code.record = BOLT_CODEC.record;
codecs.codecCode2Name[BOLT_CODEC.record] = 'record';
sofa.codec.record = { decode: (io) => io.read(io.limit() - io.position()) };

/** Their command object around raw bytes. */
class RawCommand extends sofa.BaseRpcCmd {
  readonly className: string;
  readonly timeout = 3000;
  readonly responseStatus = 0;
  readonly #content: Buffer;

  constructor(className: string, content: Buffer) {
    super({ timeout: 3000 });
    this.className = className;
    this.#content = content;
  }

  serializeHeader(): void {}

  serializeContent(io: ByteBuffer): void {
    io.put(this.#content);
  }
}

describe.each([
  ['version 1', 'bolt'],
  ['version 2', 'bolt2'],
])('their client, our gateway, %s', (_version, protocolType) => {
  let stack: TestStack;
  let gateway: Gateway;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    stack = await TestStack.start();
    gateway = await stack.gateway();
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await stack.close();
  });

  async function theirClient(): Promise<{ encoder: Encoder; decoder: Writable }> {
    const { host, port } = addressOf(gateway.bolt);
    const socket = connect({ host, port });
    sockets.push(socket);
    await once(socket, 'connect');
    const options = { sentReqs: new Map() };
    const encoder = sofa.encoder(options);
    const decoder = sofa.decoder(options);
    encoder.protocolType = protocolType;
    encoder.codecType = 'record';
    encoder.pipe(socket).pipe(decoder);
    return { encoder, decoder };
  }

  function payment(): Buffer {
    const content = Buffer.alloc(OPERATION_BYTES);
    const pay = { kind: 'pay', account: userAccount(7), counterparty: merchantAccount(8) } as const;
    writeOperation(content, 0, { ...pay, amount: 10_000 }, 42);
    return content;
  }

  it('a heartbeat is acknowledged', async () => {
    const { encoder, decoder } = await theirClient();
    encoder.writeHeartbeat(7, { clientUrl: 'bolt://them' });
    const [ack]: Packet[] = await once(decoder, 'heartbeat_ack');
    expect(ack?.packetId).toBe(7);
  });

  it('a payment is paid', async () => {
    const { encoder, decoder } = await theirClient();
    encoder.writeRequest(9, new RawCommand(BOLT_CLASS.operations, payment()));
    const [response]: Packet[] = await once(decoder, 'response');
    expect(response?.packetId).toBe(9);
    expect(response?.className).toBe(BOLT_CLASS.acks);
    const { data } = response ?? {};
    if (!Buffer.isBuffer(data)) throw new Error('no bytes');
    expect(data.length).toBe(ACK_BYTES);
    expect(data.readUInt32LE(ACK.tag)).toBe(42);
    expect(data[ACK.outcome]).toBe(OUTCOME.ok);
    expect(data[ACK.legs]).toBe(4);
  });

  it.runIf(protocolType === 'bolt2')('a payment with their CRC32 is paid', async () => {
    const { encoder, decoder } = await theirClient();
    encoder.boltVersion = 2;
    encoder.crcEnable = true;
    encoder.writeRequest(10, new RawCommand(BOLT_CLASS.operations, payment()));
    const [response]: Packet[] = await once(decoder, 'response');
    if (!Buffer.isBuffer(response?.data)) throw new Error('no bytes');
    expect(response.data[ACK.outcome]).toBe(OUTCOME.ok);
  });

  it('their own kind of request is told that nothing here serves it', async () => {
    const { encoder, decoder } = await theirClient();
    encoder.codecType = 'hessian2';
    const args = [{ $class: 'java.lang.String', $: 'peter' }];
    const request = { args, serverSignature: 'com.alipay.Hello:1.0', methodName: 'hi' };
    encoder.writeRequest(11, { ...request, timeout: 3000 });
    const [response] = await once(decoder, 'response');
    expect(response.packetId).toBe(11);
    expect(response.data.error).toBeInstanceOf(Error);
  });
});

describe('our framing, their server', () => {
  let address = '';
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    const options = { sentReqs: new Map() };
    const encoder = sofa.encoder(options);
    const decoder = sofa.decoder(options);
    encoder.pipe(socket).pipe(decoder);
    decoder.on('heartbeat', (heartbeat: object) => encoder.writeHeartbeatAck(heartbeat));
    decoder.on('request', (request: Packet) => {
      const { data, options: head } = request;
      const content = Buffer.concat([
        Buffer.from(`${head.timeout} `),
        Buffer.isBuffer(data) ? data : Buffer.alloc(0),
      ]);
      encoder.writeResponse(request, new RawCommand(request.className, content));
    });
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    address = `127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  async function ask(frame: Buffer): Promise<BoltFrame> {
    const { host, port } = addressOf(address);
    const socket = connect({ host, port });
    sockets.push(socket);
    return new Promise((resolve, reject) => {
      const reader = new BoltReader(resolve, BOLT_BODY_MAX, BOLT_PROTOCOL.v1);
      socket.on('data', (chunk: Buffer) => reader.push(chunk));
      socket.on('error', reject);
      socket.write(frame);
    });
  }

  it('a heartbeat is acknowledged', async () => {
    const head = { type: BOLT_TYPE.request, command: BOLT_COMMAND.heartbeat, requestId: 77 };
    const codec = BOLT_CODEC.hessian;
    const answer = await ask(encodeBoltFrame({ ...head, codec, className: '' }, Buffer.alloc(0)));
    expect(answer).toMatchObject({
      type: BOLT_TYPE.response,
      command: BOLT_COMMAND.heartbeat,
      requestId: 77,
      status: BOLT_STATUS.success,
    });
  });

  it.each([
    [2, false],
    [2, true],
    [1, false],
  ])('a request is answered (version %s, CRC32 %s)', async (protocol, crc) => {
    const head = {
      protocol,
      type: BOLT_TYPE.request,
      command: BOLT_COMMAND.request,
      requestId: 78,
    };
    const codec = BOLT_CODEC.record;
    const content = Buffer.from('hello');
    const className = BOLT_CLASS.operations;
    const frame = encodeBoltFrame({ ...head, codec, className, timeoutMs: 1234, crc }, content);
    const answer = await ask(frame);
    expect(answer).toMatchObject({
      protocol,
      requestId: 78,
      status: BOLT_STATUS.success,
      className,
    });
    const told = Buffer.from(answer.content).toString();
    expect(told.startsWith('1234 hello')).toBe(true);
  });
});
