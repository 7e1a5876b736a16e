/**
 * How fast a shard is, as ratios to read side by side; run after a build with
 * `node dist/stack/ledger/ledger.bench.js [memory|socket] [entries] [rounds]`.
 *
 *   apply      commands to entries and acks, in memory
 *   log        the same with every batch on disk, without and with checkpoints
 *   start      from that log back to the state, without and with a checkpoint
 *   socket     the shard as a process: commands over TCP, acks after fsync, at 1, 8, 64 and 512 commands a frame;
 *              CPU is the shard's own, user and system
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { merchantAccount, systemAccount, userAccount } from '../../wire/accounts.js';
import { ACK_BYTES } from '../../wire/acks.js';
import type { OpenRange } from '../../wire/admin.js';
import { writeInt64, writeUint64 } from '../../wire/bytes.js';
import { CMD, COMMAND, COMMAND_BYTES } from '../../wire/ledger-commands.js';
import { makeOperationId, writeOperationId } from '../../wire/operation-id.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { openLmdbStore } from '../store/lmdb-store.js';
import { AckBuffer } from './ack-buffer.js';
import { CHECKPOINT_EVERY_ENTRIES } from './checkpoint/checkpoint.js';
import { monotonicMs, systemClockUs } from './clock.js';
import { Ledger } from './ledger.js';
import { recoverBooks } from './recovery.js';
import { commandsFrame, ShardClient } from './testing/shard-client.js';

const USERS = 500_000;
const MERCHANTS = 1_000;
const MANY: readonly OpenRange[] = [
  {
    firstAccount: userAccount(1),
    count: USERS,
    stride: 1,
    openingMinor: 1e9,
    mustNotOverdraw: true,
  },
  {
    firstAccount: merchantAccount(1),
    count: MERCHANTS,
    stride: 1,
    openingMinor: 0,
    mustNotOverdraw: true,
  },
];

/** Rewrites the commands of `frame` as new payments of four legs. */
class Payments {
  #made = 0;
  #random = 1;

  fill(frame: Buffer): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const unixMs = Math.floor(systemClockUs() / 1000);
    for (let at = 0; at < frame.byteLength; at += COMMAND_BYTES) {
      const number = this.#made++;
      const free32 = Math.imul(number, 2654435761);
      writeOperationId(
        view,
        at + CMD.id,
        makeOperationId({ unixMs, free12: 1, free30: number & 0x3fffffff, free32 }),
      );
      view.setUint32(at + CMD.tag, number >>> 0, true);
      view.setUint8(at + CMD.command, COMMAND.post);
      view.setUint8(at + CMD.kind, OPERATION_KIND.pay);
      view.setUint8(at + CMD.legs, 4);
      writeUint64(view, at + CMD.amount, 1000);
      this.#leg(view, at, 0, userAccount(1 + this.#draw(USERS)), -1000);
      this.#leg(view, at, 1, merchantAccount(1 + this.#draw(MERCHANTS)), 993);
      this.#leg(view, at, 2, systemAccount(1, 0), 6);
      this.#leg(view, at, 3, systemAccount(2, 0), 1);
    }
  }

  #leg(view: DataView, at: number, leg: number, account: number, posting: number): void {
    writeUint64(view, at + CMD.accounts + leg * 8, account);
    writeInt64(view, at + CMD.postings + leg * 8, posting);
  }

  /** xorshift32 (Marsaglia, 2003). */
  #draw(below: number): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random >>> 0) % below;
  }
}

/** User and system time of this process, all threads. */
function processCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function cpuWords(cpuUs: number, count: number): string {
  return `CPU ${(cpuUs / count).toFixed(2)} us each`;
}

function line(what: string, count: number, ms: number, more = ''): void {
  const rate = Math.round((count / ms) * 1000).toLocaleString('en');
  const each = ((ms * 1000) / count).toFixed(2);
  process.stdout.write(`${what.padEnd(26)} ${rate.padStart(10)}/s  ${each} us each  ${more}\n`);
}

function logLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Payments into a store in `into`, in frames of 512; `checkpointEvery`: 0 = nothing is written at all. */
async function apply(what: string, into: string, total: number, checkpointEvery: number) {
  const payments = new Payments();
  const frames = Array.from({ length: 64 }, () => Buffer.alloc(512 * COMMAND_BYTES));
  const store = openLmdbStore({ folder: into });
  const shard = { shard: 0, shards: 2, store, logLine };
  const { books, checkpoint } = recoverBooks({ ...shard, checkpointEvery });
  const ledger = new Ledger({ books, clock: systemClockUs });
  ledger.open(MANY);
  const acks = new AckBuffer();
  const isOnDisk = checkpointEvery > 0;
  let applyMs = 0;
  let cpuUs = 0;
  for (let done = 0; done < total; done += 64 * 512) {
    for (const frame of frames) payments.fill(frame);
    const from = monotonicMs();
    const cpuFrom = processCpuUs();
    for (const frame of frames) {
      ledger.apply(frame, acks);
      acks.clear();
      if (!books.log.full) continue;
      if (isOnDisk) await checkpoint.commit();
      else books.log.seal();
    }
    applyMs += monotonicMs() - from;
    cpuUs += processCpuUs() - cpuFrom;
  }
  line(what, total, applyMs, cpuWords(cpuUs, total));
  if (isOnDisk) await checkpoint.commit();
  await store.close();
}

async function recover(what: string, into: string, wholeLog: boolean): Promise<void> {
  const store = openLmdbStore({ folder: into });
  if (wholeLog) store.clearDerived();
  const from = monotonicMs();
  const cpuFrom = processCpuUs();
  const { books, replayed } = recoverBooks({ shard: 0, shards: 2, store, logLine });
  const ms = monotonicMs() - from;
  const { entries } = books.log;
  const more = `${Math.round(ms)} ms, ${replayed.toLocaleString('en')} replayed`;
  const cpu = cpuWords(processCpuUs() - cpuFrom, entries);
  line(`${what} of ${entries.toLocaleString('en')}`, entries, ms, `${more}, ${cpu}`);
  await store.close();
}

async function inMemoryAndLog(folder: string, total: number, rounds: number): Promise<void> {
  await apply('apply', join(folder, 'memory'), total, 0);
  for (let round = 0; round < rounds; round++) {
    const [plain, kept] = [join(folder, `plain-${round}`), join(folder, `kept-${round}`)];
    await apply('log (fsync each MiB)', plain, total, Number.POSITIVE_INFINITY);
    await apply('log with checkpoints', kept, total, CHECKPOINT_EVERY_ENTRIES);
    await recover('start, checkpoint', kept, false);
    await recover('start, whole log', kept, true);
    rmSync(plain, { recursive: true });
    rmSync(kept, { recursive: true });
  }
}

/** Many frames in one write, so that the client costs little beside the shard. */
class Train {
  readonly commands: number;
  readonly #bytes: Buffer;
  readonly #contents: Buffer[] = [];

  constructor(perFrame: number, frames: number) {
    this.commands = perFrame * frames;
    const frame = commandsFrame(Buffer.alloc(perFrame * COMMAND_BYTES));
    this.#bytes = Buffer.concat(Array.from({ length: frames }, () => frame));
    const contentAt = frame.byteLength - perFrame * COMMAND_BYTES;
    for (let at = 0; at < this.#bytes.byteLength; at += frame.byteLength) {
      this.#contents.push(this.#bytes.subarray(at + contentAt, at + frame.byteLength));
    }
  }

  /** A copy, because the socket may still hold the last one. */
  next(payments: Payments): Buffer {
    for (const content of this.#contents) payments.fill(content);
    return Buffer.from(this.#bytes);
  }
}

async function overSocket(folder: string, perFrame: number, seconds: number): Promise<void> {
  const child = spawnShard(join(folder, `socket-${perFrame}`));
  const client = await ShardClient.connect(await child.address);
  await client.open(MANY);
  const payments = new Payments();
  const train = new Train(perFrame, Math.max(1, Math.floor(2048 / perFrame)));
  const until = monotonicMs() + seconds * 1000;
  const begun = await client.stats();
  const from = monotonicMs();
  let acked = 0;
  let sent = 0;
  await new Promise<void>((resolve) => {
    const send = (): void => {
      while (sent - acked + train.commands <= 8192 && monotonicMs() < until) {
        client.write(train.next(payments));
        sent += train.commands;
      }
      if (acked === sent && monotonicMs() >= until) resolve();
    };
    client.onAcks = (acks) => {
      acked += acks.byteLength / ACK_BYTES;
      send();
    };
    send();
  });
  const ms = monotonicMs() - from;
  const ended = await client.stats();
  const cpu = ((ended.cpuUs - begun.cpuUs) / acked).toFixed(2);
  const batch = Math.round(ended.entriesPerCommitMean);
  line(`socket, ${perFrame} a frame`, acked, ms, `shard CPU ${cpu} us each, ${batch} a commit`);
  client.close();
  await child.end();
}

/** The shard as its own process; it ends when its standard input does. */
function spawnShard(dataFolder: string): { address: Promise<string>; end: () => Promise<void> } {
  const options = { shard: 0, shards: 2, listen: '127.0.0.1:0', dataFolder };
  const shard = new URL('./shard.js', import.meta.url).href;
  const code = `import { runShard } from ${JSON.stringify(shard)}; await runShard(${JSON.stringify(options)});`;
  const profile = process.env.SHARD_PROFILE ? ['--cpu-prof', '--cpu-prof-dir=/tmp'] : [];
  const child = spawn(process.execPath, [...profile, '--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const address = new Promise<string>((resolve) => {
    child.stdout.once('data', (text: Buffer) => resolve(JSON.parse(text.toString()).address));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = async (): Promise<void> => {
    child.stdin.end();
    await closed;
  };
  return { address, end };
}

const folder = mkdtempSync(join(tmpdir(), 'paydrill-bench-'));
try {
  process.stdout.write(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}\n`);
  const only = process.argv[2];
  const total = Number(process.argv[3] ?? 2_000_000);
  const rounds = Number(process.argv[4] ?? 2);
  if (only !== 'socket') await inMemoryAndLog(folder, total, rounds);
  if (only !== 'memory') {
    for (const perFrame of [1, 8, 64, 512]) await overSocket(folder, perFrame, 3);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
