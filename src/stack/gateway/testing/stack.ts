/**
 * For tests: a whole stack in this process: real shards on temporary folders, each behind a small relay that can be
 * cut, and gateways that come and go.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf } from '../../../wire/address.js';
import { BOLT_CLASS, BOLT_REQUEST_HEAD, BOLT_TYPE } from '../../../wire/bolt.js';
import { CMD } from '../../../wire/ledger-commands.js';
import { type RunningShard, startShard } from '../../ledger/shard.js';
import { type Gateway, type GatewayOptions, startGateway } from '../run-gateway.js';
import { BoltClient } from './bolt-client.js';

/** Forwards bytes to a shard until it is cut. */
export class Relay {
  readonly #target: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Looked at for every chunk towards the shard: forward it, cut everything instead, or keep it for later. */
  toShard: (chunk: Buffer) => 'forward' | 'cut' | 'keep' = () => 'forward';
  /** Looked at for every chunk from the shard. */
  toGateway: (chunk: Buffer) => 'forward' | 'cut' = () => 'forward';
  #kept: { readonly far: Socket; readonly chunk: Buffer } | undefined;
  /** Refuses connections while set. */
  down = false;
  address = '';

  constructor(target: string) {
    this.#target = target;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address === 'object') this.address = `127.0.0.1:${address?.port}`;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(near: Socket): void {
    if (this.down) {
      near.destroy();
      return;
    }
    const { host, port } = addressOf(this.#target);
    const far = connect({ host, port, noDelay: true });
    near.setNoDelay(true);
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
    }
    near.on('close', () => {
      if (this.#kept?.far !== far) far.destroy();
    });
    far.on('close', () => near.destroy());
    near.on('data', (chunk: Buffer) => {
      const what = this.toShard(chunk);
      if (what === 'cut') this.cut();
      else if (what === 'forward') far.write(chunk);
      else this.#kept = { far, chunk };
      if (what === 'keep') near.destroy();
    });
    far.on('data', (chunk: Buffer) => {
      if (this.toGateway(chunk) === 'cut') this.cut();
      else near.write(chunk);
    });
  }

  /** Delivers what was kept, late, on the connection it was meant for. */
  deliverKept(): void {
    this.#kept?.far.write(this.#kept.chunk);
  }
}

/** The command of the first record in a chunk that begins with a frame of commands, if it does. */
export function commandIn(chunk: Buffer): number | undefined {
  const classLength = chunk.readUInt16BE(16);
  const contentAt = BOLT_REQUEST_HEAD + classLength;
  const isCommands = chunk.toString('latin1', BOLT_REQUEST_HEAD, contentAt) === BOLT_CLASS.commands;
  return isCommands ? chunk[contentAt + CMD.command] : undefined;
}

export function isAcks(chunk: Buffer): boolean {
  return chunk[2] === BOLT_TYPE.oneWay;
}

export class TestStack {
  readonly shards: RunningShard[] = [];
  readonly relays: Relay[] = [];
  readonly #closing: (() => Promise<unknown> | unknown)[] = [];
  #folder = '';

  static async start(shardCount = 2): Promise<TestStack> {
    const stack = new TestStack();
    stack.#folder = await mkdtemp(join(tmpdir(), 'paydrill-gateway-'));
    for (let shard = 0; shard < shardCount; shard++) {
      const running = await stack.#startShard(shard, shardCount, '127.0.0.1:0');
      stack.shards.push(running);
      const relay = new Relay(running.address);
      await relay.listen();
      stack.relays.push(relay);
    }
    return stack;
  }

  /** Stops a shard and starts it from its log, at the address it had. */
  async restartShard(shard: number): Promise<void> {
    const running = this.shards[shard];
    if (running === undefined) throw new Error(`there is no shard ${shard}`);
    await running.close();
    this.shards[shard] = await this.#startShard(shard, this.shards.length, running.address);
  }

  #startShard(shard: number, shards: number, listen: string): Promise<RunningShard> {
    return startShard({
      shard,
      shards,
      listen,
      dataFolder: join(this.#folder, `shard-${shard}`),
      commitEveryMs: 0,
      logLine: () => {},
    });
  }

  async gateway(options: Partial<GatewayOptions> = {}): Promise<Gateway> {
    const gateway = await startGateway({
      boltListen: '127.0.0.1:0',
      httpListen: '127.0.0.1:0',
      shardAddresses: this.relays.map((relay) => relay.address),
      users: 20,
      merchants: 10,
      splitMerchants: 2,
      openingMinor: 100_000,
      recoveryEveryMs: 100,
      log: () => {},
      ...options,
    });
    this.#closing.push(() => gateway.close());
    return gateway;
  }

  async client(address: string): Promise<BoltClient> {
    const client = await BoltClient.connect(address);
    this.#closing.push(() => client.close());
    return client;
  }

  /** A client of a shard itself, past relay and gateway. */
  async shardClient(shard: number): Promise<BoltClient> {
    return this.client(this.shards[shard]?.address ?? '');
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
    for (const relay of this.relays) await relay.close();
    for (const shard of this.shards) await shard.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
