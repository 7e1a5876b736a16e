/**
 * Payments a second through one gateway before real ledger shards (fsync on), at 1, 8, 64 and 512 operations a
 * frame, with the CPU each process spends on one. Closed loop: a window of operations is kept in flight. Every
 * process runs on this machine, without the proxy.
 *
 *   npx tsc && node dist/stack/gateway/gateway.bench.js [seconds for each row]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { merchantAccount, userAccount } from '../../wire/accounts.js';
import { ACK, ACK_BYTES } from '../../wire/acks.js';
import type { GatewayStats, ShardStats } from '../../wire/admin.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_TYPE,
  type BoltFrame,
  BoltReader,
  boltContentAt,
  boltFrameBytes,
  writeBoltHead,
} from '../../wire/bolt.js';
import { writeUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_BYTES } from '../../wire/operations.js';
import { monotonicMs, unixMs } from '../payments/clock.js';
import { splitAddress } from '../payments/shard-link.js';
import { BoltClient, writeOperation } from './testing/bolt-client.js';

const SHARDS = 2;
const USERS = 100_000;
const WINDOW = 8192;

interface Row {
  readonly name: string;
  readonly perFrame: number;
  /** Payments to split merchants stay on the payer's shard. */
  readonly acrossEvery: number;
}

const ROWS: Row[] = [
  { name: '1 a frame', perFrame: 1, acrossEvery: 0 },
  { name: '8 a frame', perFrame: 8, acrossEvery: 0 },
  { name: '64 a frame', perFrame: 64, acrossEvery: 0 },
  { name: '512 a frame', perFrame: 512, acrossEvery: 0 },
  { name: '64 a frame, 1 of 10 across shards', perFrame: 64, acrossEvery: 10 },
  { name: '64 a frame, all across shards', perFrame: 64, acrossEvery: 1 },
];

/** Sends payments so that WINDOW are in flight, and counts acks. */
class Load {
  acked = 0;
  notOk = 0;
  #sent = 0;
  #stopped = false;
  readonly #socket: Socket;
  readonly #row: Row;
  readonly #local: Buffer;
  readonly #across: Buffer;
  readonly #idle: () => void;

  constructor(socket: Socket, row: Row, idle: () => void) {
    this.#socket = socket;
    this.#row = row;
    this.#idle = idle;
    this.#local = record(merchantAccount(1));
    this.#across = record(merchantAccount(1001));
    const reader = new BoltReader((frame) => this.#onFrame(frame));
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    this.#fill();
  }

  stop(): void {
    this.#stopped = true;
  }

  #onFrame(frame: BoltFrame): void {
    for (let at = 0; at < frame.content.length; at += ACK_BYTES) {
      if (frame.content[at + ACK.outcome] !== 0) this.notOk++;
      this.acked++;
    }
    if (!this.#stopped) this.#fill();
    else if (this.acked === this.#sent) this.#idle();
  }

  #fill(): void {
    const { perFrame } = this.#row;
    const frames: Buffer[] = [];
    while (this.#sent - this.acked + perFrame <= WINDOW) frames.push(this.#frame(perFrame));
    if (frames.length > 0)
      this.#socket.write(frames.length === 1 ? (frames[0] ?? '') : Buffer.concat(frames));
  }

  #frame(count: number): Buffer {
    const head = {
      type: BOLT_TYPE.oneWay,
      command: BOLT_COMMAND.request,
      requestId: 0,
      codec: BOLT_CODEC.record,
      className: BOLT_CLASS.operations,
      contentBytes: count * OPERATION_BYTES,
    };
    const frame = Buffer.allocUnsafe(boltFrameBytes(head));
    writeBoltHead(frame, 0, head);
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const nowMs = unixMs();
    let at = boltContentAt(head);
    for (let i = 0; i < count; i++, at += OPERATION_BYTES) {
      const n = ++this.#sent;
      const isAcross = this.#row.acrossEvery > 0 && n % this.#row.acrossEvery === 0;
      frame.set(isAcross ? this.#across : this.#local, at);
      view.setUint32(at, Math.floor(nowMs / 65536), true);
      view.setUint32(at + 4, ((nowMs % 65536) << 16) | 0x7000, true);
      view.setUint32(at + 8, (0x80000000 | (process.pid & 0xffff)) >>> 0, true);
      view.setUint32(at + 12, Math.imul(n, 0x9e3779b1) >>> 0, true);
      // merchant 1001 lives on shard 1, even users on shard 0
      const user =
        2 + ((Math.imul(n, 0x85ebca6b) >>> 8) % (USERS / 2 - 1)) * 2 + (isAcross ? 0 : n % 2);
      writeUint64(view, at + OP.account, userAccount(user));
      view.setUint32(at + OP.tag, n, true);
    }
    return frame;
  }
}

function record(merchant: number): Buffer {
  const bytes = Buffer.alloc(OPERATION_BYTES);
  const pay = { kind: 'pay', account: 1, counterparty: merchant, amount: 100 } as const;
  writeOperation(bytes, 0, pay, 0);
  return bytes;
}

async function main(): Promise<void> {
  const seconds = Number(process.argv[2] ?? 2);
  const folder = await mkdtemp(join(tmpdir(), 'paydrill-bench-'));
  const children: ChildProcess[] = [];
  try {
    const shards: string[] = [];
    for (let shard = 0; shard < SHARDS; shard++) {
      const dataFolder = join(folder, `shard-${shard}`);
      const options = { shard, shards: SHARDS, listen: '127.0.0.1:0', dataFolder };
      const ready = await startProcess(children, '../ledger/shard.js', 'runShard', options);
      shards.push(String(ready.address));
    }
    const options = {
      boltListen: '127.0.0.1:0',
      httpListen: '127.0.0.1:0',
      shardAddresses: shards,
      users: USERS,
      merchants: 2000,
      splitMerchants: 1000,
      openingMinor: 1_000_000_000,
      riskLimits: {
        amountMinorMax: 2 ** 48,
        velocity: [{ windowMs: 60_000, countMax: 1e9, amountMinorMax: 2 ** 52 }],
      },
    };
    const ready = await startProcess(children, './run-gateway.js', 'runGateway', options);
    const bolt = String(ready.bolt);
    process.stdout.write(
      `${SHARDS} shards, fsync on, ${WINDOW} in flight, closed loop, ${availableParallelism()} cores, node ${process.version}\n`,
    );
    for (const row of ROWS) process.stdout.write(await runRow(row, { bolt, shards, seconds }));
  } finally {
    for (const child of children) child.stdin?.end();
    await Promise.all(children.map((child) => new Promise((end) => child.once('exit', end))));
    await rm(folder, { recursive: true, force: true });
  }
}

interface Where {
  readonly bolt: string;
  readonly shards: readonly string[];
  readonly seconds: number;
}

async function runRow(row: Row, where: Where): Promise<string> {
  const { host, port } = splitAddress(where.bolt);
  const socket = connect({ host, port, noDelay: true });
  await new Promise((connected) => socket.once('connect', connected));
  const [gatewayBefore, shardsBefore] = await cpus(where);
  const begunMs = monotonicMs();
  const load = await new Promise<Load>((resolve) => {
    const one = new Load(socket, row, () => resolve(one));
    setTimeout(() => one.stop(), where.seconds * 1000);
  });
  const seconds = (monotonicMs() - begunMs) / 1000;
  const [gatewayAfter, shardsAfter] = await cpus(where);
  socket.destroy();
  const perSec = Math.round(load.acked / seconds);
  const gatewayUs = ((gatewayAfter - gatewayBefore) / load.acked).toFixed(2);
  const shardUs = ((shardsAfter - shardsBefore) / load.acked).toFixed(2);
  const name = row.name.padEnd(36);
  const bad = load.notOk > 0 ? `, ${load.notOk} not ok` : '';
  return `${name} ${String(perSec).padStart(7)} payments/s, CPU us a payment: gateway ${gatewayUs}, shards ${shardUs}${bad}\n`;
}

async function cpus(where: Where): Promise<[number, number]> {
  const ask = async (address: string): Promise<number> => {
    const client = await BoltClient.connect(address);
    const stats: unknown = await client.admin({ op: 'stats' });
    client.close();
    return cpuUsOf(stats);
  };
  const shards = await Promise.all(where.shards.map(ask));
  return [await ask(where.bolt), shards.reduce((sum, us) => sum + us, 0)];
}

function cpuUsOf(stats: unknown): number {
  if (typeof stats !== 'object' || stats === null) return 0;
  const { cpuUs }: Partial<GatewayStats | ShardStats> = stats;
  return cpuUs ?? 0;
}

async function startProcess(
  children: ChildProcess[],
  module: string,
  run: string,
  options: unknown,
): Promise<Record<string, unknown>> {
  const url = new URL(module, import.meta.url).href;
  const code = `import(${JSON.stringify(url)}).then((room) => room.${run}(${JSON.stringify(options)}))`;
  const child = spawn(process.execPath, [...process.execArgv, '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const ready: unknown = JSON.parse(line);
    if (typeof ready === 'object' && ready !== null) return { ...ready };
  }
  throw new Error(`${module} ended before it was ready`);
}

await main();
