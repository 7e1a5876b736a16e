/**
 * For benches: the least client there can be. Keeps a window of payments in flight on one connection, in one-way
 * frames of a fixed number of operations, and counts the acks. What it spends is the floor under any client, not what a
 * load worker spends, which also keeps a schedule, a journal and histograms.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { merchantAccount, userAccount } from '../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import { addressOf } from '../../wire/address.js';
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
import { CURRENCY_CNY, OP, OPERATION_BYTES, OPERATION_KIND } from '../../wire/operations.js';

export interface ClosedLoopOptions {
  /** `host:port` of a gateway with two shards. */
  readonly address: string;
  readonly operationsPerFrame: number;
  /** Payments in flight. */
  readonly window: number;
  /** Every so many-th payment goes to a merchant of the other shard; 0 = none does. */
  readonly acrossEvery: number;
  readonly users: number;
  /** A merchant with an account on every shard, and one that lives on shard 1 alone. */
  readonly splitMerchant: number;
  readonly merchantOfShard1: number;
}

/** Payments of this process so far: makes every id another. */
let payments = 0;

export class ClosedLoop {
  acked = 0;
  notOk = 0;
  #sent = 0;
  #stopped = false;
  readonly #options: ClosedLoopOptions;
  readonly #socket: Socket;
  readonly #idle: Promise<void>;
  #onIdle: () => void = () => {};

  private constructor(options: ClosedLoopOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#idle = new Promise((resolve, reject) => {
      this.#onIdle = resolve;
      socket.once('close', () => reject(new Error(`${options.address} closed the connection`)));
    });
    this.#idle.catch(() => {}); // whoever stops it hears of it
    const reader = new BoltReader((frame) => this.#onFrame(frame));
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    this.#fill();
  }

  static async start(options: ClosedLoopOptions): Promise<ClosedLoop> {
    const socket = connect({ ...addressOf(options.address), noDelay: true });
    await once(socket, 'connect');
    return new ClosedLoop(options, socket);
  }

  /** Sends no more; resolves when every payment has its answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#idle;
    this.#socket.destroy();
  }

  #onFrame({ content }: BoltFrame): void {
    for (let at = 0; at < content.length; at += ACK_BYTES) {
      if (content[at + ACK.outcome] !== OUTCOME.ok) this.notOk++;
      this.acked++;
    }
    if (!this.#stopped) this.#fill();
    else if (this.acked === this.#sent) this.#onIdle();
  }

  #fill(): void {
    const { operationsPerFrame, window } = this.#options;
    const frames: Buffer[] = [];
    while (this.#sent - this.acked + operationsPerFrame <= window) frames.push(this.#frame());
    if (frames.length > 0) this.#socket.write(Buffer.concat(frames));
  }

  #frame(): Buffer {
    const count = this.#options.operationsPerFrame;
    const head = {
      type: BOLT_TYPE.oneWay,
      command: BOLT_COMMAND.request,
      requestId: 0,
      codec: BOLT_CODEC.record,
      className: BOLT_CLASS.operations,
      contentBytes: count * OPERATION_BYTES,
    };
    const frame = Buffer.alloc(boltFrameBytes(head));
    writeBoltHead(frame, 0, head);
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const unixMs = Date.now();
    let at = boltContentAt(head);
    for (let i = 0; i < count; i++, at += OPERATION_BYTES) this.#write(view, at, unixMs);
    return frame;
  }

  #write(view: DataView, at: number, unixMs: number): void {
    const { acrossEvery, users, splitMerchant, merchantOfShard1 } = this.#options;
    const n = ++payments;
    this.#sent++;
    const isAcross = acrossEvery > 0 && n % acrossEvery === 0;
    // A UUID v7: milliseconds, then what makes it another.
    view.setUint32(at, Math.floor(unixMs / 65536), true);
    view.setUint32(at + 4, ((unixMs % 65536) << 16) | 0x7000, true);
    view.setUint32(at + 8, (0x80000000 | (process.pid & 0xffff)) >>> 0, true);
    view.setUint32(at + 12, Math.imul(n, 0x9e3779b1) >>> 0, true);
    // Even users live on shard 0, odd ones on shard 1; those who pay across are even.
    const pair = (Math.imul(n, 0x85ebca6b) >>> 8) % (users / 2 - 1);
    const payer = 2 + pair * 2 + (isAcross ? 0 : n % 2);
    writeUint64(view, at + OP.account, userAccount(payer));
    const merchant = merchantAccount(isAcross ? merchantOfShard1 : splitMerchant);
    writeUint64(view, at + OP.counterparty, merchant);
    writeUint64(view, at + OP.amount, 100);
    view.setUint32(at + OP.tag, n >>> 0, true);
    view.setUint8(at + OP.kind, OPERATION_KIND.pay);
    view.setUint16(at + OP.currency, CURRENCY_CNY, true);
  }
}
