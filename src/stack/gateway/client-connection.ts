/**
 * One client connection: frames in, acks out. Operations are parsed where they lie in the socket's chunk; acks
 * are written where they leave.
 *
 *   request of n operations   -> one response with n acks, in their order, once all are known
 *   one-way of n operations   -> acks as one-way frames, grouped by turn, in the order they become known
 *   heartbeat                 -> answered
 *   admin (JSON request)      -> one JSON response
 *
 * Each answer is in the version of the protocol that was asked in. A frame it cannot read ends the connection with one log
 * line. A request it cannot serve gets a response status. A client that sends and does not read is paused, and dropped when
 * it stays so.
 */
import type { Socket } from 'node:net';
import { ACK_BYTES } from '../../wire/acks.js';
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
import type { AckSink } from '../payments/ack-sink.js';
import { monotonicMs } from '../payments/clock.js';
import { type ChunkPool, FrameOutput } from '../payments/frame-output.js';
import type { Flushable, Turn } from '../payments/turn.js';
import type { OperationDesk } from './operation-desk.js';
import { RequestReply } from './request-reply.js';

export interface ClientConnectionOptions {
  readonly socket: Socket;
  readonly desk: OperationDesk;
  readonly turn: Turn;
  readonly pool: ChunkPool;
  readonly log: (line: string) => void;
  /** Answers an admin request with JSON; throws one line. */
  readonly onAdmin: (body: unknown) => unknown;
  /** Bytes the client has not taken, at which reading from it stops; default 1 MiB. */
  readonly unsentPauseBytes?: number;
  /** Bytes the client has not taken, at which it is dropped; default 16 MiB. */
  readonly unsentDropBytes?: number;
}

/** So that the acks of one request fit a frame. */
const REQUEST_OPERATIONS_MAX = Math.floor((BOLT_BODY_MAX - 1024) / ACK_BYTES);

export class ClientConnection implements AckSink, Flushable {
  readonly #options: ClientConnectionOptions;
  readonly #socket: Socket;
  readonly #output: FrameOutput;
  readonly #reader: BoltReader;
  readonly #pauseBytes: number;
  readonly #dropBytes: number;
  #nowMs = 0;
  #joined = false;
  #closed = false;
  #refusedLogged = false;
  #pauseLogged = false;
  /** Reading stopped because the client does not read. */
  paused = false;
  view: DataView = new DataView(new ArrayBuffer(ACK_BYTES));

  constructor(options: ClientConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#pauseBytes = options.unsentPauseBytes ?? 1024 * 1024;
    this.#dropBytes = options.unsentDropBytes ?? 16 * 1024 * 1024;
    this.#output = new FrameOutput({
      socket: options.socket,
      pool: options.pool,
      className: BOLT_CLASS.acks,
      recordBytes: ACK_BYTES,
      onWritten: () => this.#onWritten(),
    });
    this.#reader = new BoltReader((frame) => this.#onFrame(frame), BOLT_BODY_MAX, BOLT_PROTOCOL.v1);
    options.socket.setNoDelay(true);
    options.socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    options.socket.on('error', () => {});
    options.socket.once('close', () => this.#onClose());
  }

  /** For one-way operations the position does not matter: their acks go out as they come. */
  place(_position: number): number {
    if (this.#closed) return 0;
    const at = this.#output.place();
    this.view = this.#output.view;
    return at;
  }

  placed(): void {
    this.#join();
  }

  flush(): void {
    this.#joined = false;
    this.#output.flush();
    if (this.#output.unsentBytes > this.#dropBytes) {
      this.drop('does not read its answers');
    } else if (this.#output.unsentBytes > this.#pauseBytes && !this.paused) {
      this.paused = true;
      this.#socket.pause();
      if (!this.#pauseLogged) this.#log('does not read its answers: paused');
      this.#pauseLogged = true;
    }
  }

  /** Sends a whole frame in its turn. */
  send(frame: Buffer): void {
    if (this.#closed) return;
    this.#output.append(frame);
    this.#join();
  }

  drop(reason: string): void {
    if (this.#closed) return;
    this.#log(`${reason}: closed`);
    this.#socket.destroy();
  }

  end(): void {
    this.#socket.destroy();
  }

  #join(): void {
    if (this.#joined || this.#closed) return;
    this.#joined = true;
    this.#options.turn.join(this);
  }

  #onWritten(): void {
    if (!this.paused || this.#output.unsentBytes > this.#pauseBytes / 2) return;
    this.paused = false;
    this.#socket.resume();
  }

  #onData(chunk: Buffer): void {
    this.#nowMs = monotonicMs();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.drop(error instanceof Error ? error.message : String(error));
    }
  }

  #onFrame(frame: BoltFrame): void {
    if (this.#closed || frame.type === BOLT_TYPE.response) return;
    if (frame.command === BOLT_COMMAND.heartbeat) {
      if (frame.type !== BOLT_TYPE.request) return;
      this.#respond(frame, BOLT_STATUS.success, '', NOTHING, frame.codec);
    } else if (frame.className === BOLT_CLASS.operations) {
      this.#onOperations(frame);
    } else if (frame.className === BOLT_CLASS.admin) {
      this.#onAdmin(frame);
    } else {
      const name = JSON.stringify(frame.className.slice(0, 80));
      this.#refuse(frame, BOLT_STATUS.noProcessor, `nothing here serves class ${name}`);
    }
  }

  #onOperations(frame: BoltFrame): void {
    const { content } = frame;
    const count = content.length / OPERATION_BYTES;
    if (frame.codec !== BOLT_CODEC.record) {
      this.#refuse(frame, BOLT_STATUS.codecException, `codec ${frame.codec} is unknown`);
      return;
    }
    if (!Number.isInteger(count)) {
      const reason = `${content.length} bytes are no multiple of ${OPERATION_BYTES}`;
      this.#refuse(frame, BOLT_STATUS.codecException, reason);
      return;
    }
    const isRequest = frame.type === BOLT_TYPE.request;
    if (isRequest && count > REQUEST_OPERATIONS_MAX) {
      const reason = `${count} operations in a request, at most ${REQUEST_OPERATIONS_MAX}`;
      this.#refuse(frame, BOLT_STATUS.codecException, reason);
      return;
    }
    const operations = new DataView(content.buffer, content.byteOffset, content.length);
    const sink = isRequest ? new RequestReply(this, frame, count) : this;
    if (!isRequest) this.#output.speak(frame.protocol);
    const deadlineMs = frame.timeoutMs === 0 ? Infinity : this.#nowMs + frame.timeoutMs;
    const arrival = { sink, nowMs: this.#nowMs, deadlineMs };
    this.#options.desk.expect(operations, count);
    for (let i = 0; i < count; i++) {
      this.#options.desk.take(operations, i * OPERATION_BYTES, arrival, i);
    }
  }

  #onAdmin(frame: BoltFrame): void {
    if (frame.codec !== BOLT_CODEC.json) {
      this.#refuse(frame, BOLT_STATUS.codecException, `codec ${frame.codec} is unknown`);
      return;
    }
    if (frame.type !== BOLT_TYPE.request) return;
    try {
      const answer = this.#options.onAdmin(JSON.parse(Buffer.from(frame.content).toString('utf8')));
      this.#respondJson(frame, BOLT_STATUS.success, answer);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#respondJson(frame, BOLT_STATUS.error, { error: reason });
    }
  }

  /** A request is told; a one-way message cannot be, so the log is, once a connection. */
  #refuse(frame: BoltFrame, status: number, reason: string): void {
    if (!this.#refusedLogged) this.#log(`frame refused: ${reason}`);
    this.#refusedLogged = true;
    if (frame.type !== BOLT_TYPE.request) return;
    const isOurs = frame.codec === BOLT_CODEC.record || frame.codec === BOLT_CODEC.json;
    // a client of another codec could not read our JSON: to it the status says it all
    if (isOurs) this.#respondJson(frame, status, { error: reason });
    else this.#respond(frame, status, '', NOTHING, frame.codec);
  }

  #respondJson(frame: BoltFrame, status: number, body: unknown): void {
    const content = Buffer.from(JSON.stringify(body));
    this.#respond(frame, status, BOLT_CLASS.admin, content, BOLT_CODEC.json);
  }

  #respond(
    frame: BoltFrame,
    status: number,
    className: string,
    content: Uint8Array,
    codec: number,
  ): void {
    const isHeartbeat = frame.command === BOLT_COMMAND.heartbeat;
    const head = {
      protocol: frame.protocol,
      type: BOLT_TYPE.response,
      command: isHeartbeat ? BOLT_COMMAND.heartbeat : BOLT_COMMAND.response,
      requestId: frame.requestId,
      codec,
      status,
      className,
    };
    this.send(encodeBoltFrame(head, content));
  }

  #onClose(): void {
    this.#closed = true;
    this.#output.close();
    this.view = new DataView(new ArrayBuffer(ACK_BYTES));
  }

  #log(line: string): void {
    this.#options.log(`client ${this.#socket.remoteAddress}:${this.#socket.remotePort}: ${line}`);
  }
}

const NOTHING = new Uint8Array(0);
