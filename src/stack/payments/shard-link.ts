/**
 * The link to one ledger shard: one TCP connection, through whatever stands between, that is made again and
 * again until it holds. Commands go out as one-way frames, one a turn; acks come back in frames of any grouping.
 *
 *   down -> connecting -> asked for its shard number (ping) -> up -> down ...
 *
 * Nothing is sent before the other end has said that it is the right shard. A connection on which something is
 * owed and nothing arrives for a while (a black hole: partition, stopped process) is dropped. What was sent and
 * not answered when a connection ends is reported through `onDown`, never sent again by the link itself.
 */
import { connect, type Socket } from 'node:net';
import { ACK_BYTES } from '../../wire/acks.js';
import { addressOf } from '../../wire/address.js';
import type { PingAnswer, ShardRequest } from '../../wire/admin.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_STATUS,
  BOLT_TYPE,
  type BoltFrame,
  BoltReader,
  encodeBoltFrame,
} from '../../wire/bolt.js';
import { COMMAND_BYTES } from '../../wire/ledger-commands.js';
import { jitteredMs } from './clock.js';
import { type ChunkPool, FrameOutput } from './frame-output.js';
import type { Flushable, Turn } from './turn.js';

export interface ShardLinkOptions {
  readonly shard: number;
  /** `host:port` */
  readonly address: string;
  readonly pool: ChunkPool;
  readonly turn: Turn;
  readonly log: (line: string) => void;
  /** A frame of ack records arrived; each is ACK_BYTES long. */
  readonly onAcks: (shard: number, acks: DataView, count: number) => void;
  /** The connection ended: what it owes will never be answered. */
  readonly onDown: (shard: number) => void;
  /** New commands may be sent: the link came up, or its backlog has drained. */
  readonly onReady: (shard: number) => void;
}

/** Between `tick` calls. */
export const LINK_TICK_MS = 100;
/** Silence, in ticks, after which a connection that owes something is a black hole: 1.5 s. */
const QUIET_TICKS_MAX = 15;
/** Idle ticks before a heartbeat asks whether the other end still lives: 0.5 s. */
const HEARTBEAT_TICKS = 5;
const RECONNECT_FIRST_MS = 20;
const RECONNECT_MAX_MS = 500;
/** Bytes handed to the socket and not taken by the other side: above, new operations wait. */
const UNSENT_BYTES_MAX = 1024 * 1024;

const INPUT_BYTES = 256 * 1024;

interface AdminCall {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ShardLink implements Flushable {
  readonly shard: number;
  readonly #options: ShardLinkOptions;
  readonly #address: string;
  /** All reads of this link go here: a fresh buffer for each would be most of what the process allocates. */
  readonly #input = Buffer.allocUnsafeSlow(INPUT_BYTES);
  #socket: Socket | undefined;
  #output: FrameOutput | undefined;
  #reader: BoltReader;
  #up = false;
  #closed = false;
  #joined = false;
  #blocked = false;
  #inFlight = 0;
  #quietTicks = 0;
  #quietTicksMax = QUIET_TICKS_MAX;
  #heartbeatsOwed = 0;
  #backOffMs = RECONNECT_FIRST_MS;
  #retry: NodeJS.Timeout | undefined;
  #requestId = 0;
  readonly #calls = new Map<number, AdminCall>();
  /** Of the record that `place` last returned. */
  view: DataView = new DataView(new ArrayBuffer(0));

  constructor(options: ShardLinkOptions) {
    this.shard = options.shard;
    this.#options = options;
    this.#address = options.address;
    this.#reader = new BoltReader((frame) => this.#onFrame(frame));
    this.#connect();
  }

  get up(): boolean {
    return this.#up;
  }

  /** Commands sent and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The other side does not take what it is sent: new operations should wait. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Offset in `view` for the next command, of so many records; only while `up`. It leaves at the end of the turn. */
  place(records: number): number {
    const output = this.#output;
    if (output === undefined) throw new Error(`shard ${this.shard} is not connected`);
    const at = output.place(records);
    this.view = output.view;
    this.#inFlight++;
    if (!this.#joined) {
      this.#joined = true;
      this.#options.turn.join(this);
    }
    return at;
  }

  flush(): void {
    this.#joined = false;
    const output = this.#output;
    if (output === undefined) return;
    output.flush();
    if (output.unsentBytes > UNSENT_BYTES_MAX) this.#blocked = true;
  }

  /** A JSON request; rejects when the connection ends or the shard refuses. `patienceMs`: silence allowed. */
  request(body: ShardRequest, patienceMs = 0): Promise<unknown> {
    const socket = this.#socket;
    if (!this.#up || socket === undefined) {
      return Promise.reject(new Error(`shard ${this.shard} at ${this.#address} is not connected`));
    }
    this.#quietTicksMax = Math.max(this.#quietTicksMax, Math.ceil(patienceMs / LINK_TICK_MS));
    return this.#call(socket, body).finally(() => {
      this.#quietTicksMax = QUIET_TICKS_MAX;
    });
  }

  /** Called every LINK_TICK_MS. Counts ticks, not time, so that a stall of this process accuses nobody. */
  tick(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#quietTicks++;
    const owed = this.#inFlight > 0 || this.#heartbeatsOwed > 0 || this.#calls.size > 0;
    if ((owed || !this.#up) && this.#quietTicks >= this.#quietTicksMax) {
      this.#log(`nothing arrived for ${this.#quietTicks * LINK_TICK_MS} ms: dropped`);
      socket.destroy();
    } else if (this.#up && this.#quietTicks >= HEARTBEAT_TICKS && this.#heartbeatsOwed === 0) {
      this.#heartbeatsOwed++;
      socket.write(heartbeat(this.#nextRequestId()));
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
  }

  #connect(): void {
    const { host, port } = addressOf(this.#address);
    const socket: Socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: this.#input,
        callback: (bytes) => {
          this.#onData(socket, this.#input.subarray(0, bytes));
          return true;
        },
      },
    });
    this.#socket = socket;
    this.#quietTicks = 0;
    this.#heartbeatsOwed = 0;
    this.#reader = new BoltReader((frame) => this.#onFrame(frame));
    socket.once('connect', () => this.#introduce(socket));
    socket.on('error', () => {});
    socket.once('close', () => this.#onClose(socket));
  }

  /** Asks who is there: behind a proxy the wrong shard may answer. */
  #introduce(socket: Socket): void {
    this.#call(socket, { op: 'ping' }).then(
      (answer) => this.#onPing(socket, answer),
      () => socket.destroy(),
    );
  }

  #onPing(socket: Socket, answer: unknown): void {
    if (socket !== this.#socket || socket.destroyed) return;
    const shard = shardOfPing(answer);
    if (shard !== this.shard) {
      this.#log(`${shard === undefined ? 'no shard' : `shard ${shard}`} answers there: dropped`);
      socket.destroy();
      return;
    }
    this.#output = new FrameOutput({
      socket,
      pool: this.#options.pool,
      className: BOLT_CLASS.commands,
      recordBytes: COMMAND_BYTES,
      onWritten: () => this.#onWritten(),
    });
    this.#inFlight = 0;
    this.#blocked = false;
    this.#up = true;
    this.#backOffMs = RECONNECT_FIRST_MS;
    this.#options.onReady(this.shard);
  }

  #onWritten(): void {
    if (!this.#blocked || (this.#output?.unsentBytes ?? 0) > UNSENT_BYTES_MAX / 2) return;
    this.#blocked = false;
    this.#options.onReady(this.shard);
  }

  #onData(socket: Socket, chunk: Buffer): void {
    this.#quietTicks = 0;
    try {
      // the reader keeps what is no whole frame yet, and the input is read into again
      this.#reader.push(this.#reader.incomplete ? Buffer.from(chunk) : chunk);
    } catch (error) {
      this.#log(`${error instanceof Error ? error.message : String(error)}: dropped`);
      socket.destroy();
    }
  }

  #onFrame(frame: BoltFrame): void {
    if (frame.type === BOLT_TYPE.oneWay && frame.className === BOLT_CLASS.acks) {
      this.#onAckFrame(frame.content);
    } else if (frame.type === BOLT_TYPE.response && frame.command === BOLT_COMMAND.heartbeat) {
      this.#heartbeatsOwed = 0;
    } else if (frame.type === BOLT_TYPE.response) {
      this.#onAnswer(frame);
    }
  }

  #onAckFrame(content: Uint8Array): void {
    const count = content.length / ACK_BYTES;
    if (!Number.isInteger(count)) {
      this.#log(`an ack frame of ${content.length} bytes is no multiple of ${ACK_BYTES}: dropped`);
      this.#socket?.destroy();
      return;
    }
    this.#inFlight = Math.max(0, this.#inFlight - count);
    const acks = new DataView(content.buffer, content.byteOffset, content.length);
    this.#options.onAcks(this.shard, acks, count);
  }

  #onAnswer(frame: BoltFrame): void {
    const call = this.#calls.get(frame.requestId);
    if (call === undefined) return;
    this.#calls.delete(frame.requestId);
    const text = Buffer.from(frame.content).toString('utf8');
    if (frame.status !== BOLT_STATUS.success) {
      call.reject(new Error(`shard ${this.shard} answers status ${frame.status}: ${text}`));
      return;
    }
    try {
      call.resolve(JSON.parse(text));
    } catch (cause) {
      call.reject(new Error(`shard ${this.shard} answers no JSON`, { cause }));
    }
  }

  #onClose(socket: Socket): void {
    if (socket !== this.#socket) return;
    const wasUp = this.#up;
    this.#up = false;
    this.#blocked = false;
    this.#socket = undefined;
    this.#output?.close();
    this.#output = undefined;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(new Error(`shard ${this.shard}: the connection broke`));
    if (wasUp) this.#options.onDown(this.shard);
    this.#inFlight = 0;
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#connect(), jitteredMs(this.#backOffMs));
    this.#backOffMs = Math.min(this.#backOffMs * 2, RECONNECT_MAX_MS);
  }

  #call(socket: Socket, body: ShardRequest): Promise<unknown> {
    const requestId = this.#nextRequestId();
    return new Promise((resolve, reject) => {
      this.#calls.set(requestId, { resolve, reject });
      const content = Buffer.from(JSON.stringify(body));
      const head = { type: BOLT_TYPE.request, command: BOLT_COMMAND.request, requestId };
      const codec = BOLT_CODEC.json;
      socket.write(encodeBoltFrame({ ...head, codec, className: BOLT_CLASS.admin }, content));
    });
  }

  #nextRequestId(): number {
    this.#requestId = (this.#requestId + 1) % 0x7fffffff;
    return this.#requestId;
  }

  #log(line: string): void {
    this.#options.log(`link to shard ${this.shard} at ${this.#address}: ${line}`);
  }
}

function heartbeat(requestId: number): Buffer {
  const command = BOLT_COMMAND.heartbeat;
  const head = { type: BOLT_TYPE.request, command, requestId, codec: BOLT_CODEC.record };
  return encodeBoltFrame({ ...head, className: '' }, new Uint8Array(0));
}

function shardOfPing(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { role, shard }: Partial<PingAnswer> = answer;
  return role === 'shard' && typeof shard === 'number' ? shard : undefined;
}
