/**
 * One Bolt connection to the target that mends itself: connects, hands out the ack records it reads, and when it
 * breaks says so once and tries again with jittered back-off. Sends what it is given, keeps nothing for later.
 */
import { connect, type Socket } from 'node:net';
import { BOLT_CLASS, BOLT_STATUS, BOLT_TYPE, type BoltFrame, BoltReader } from '../../wire/bolt.js';
import { reconnectDelayMs } from './reconnect.js';

export interface BoltConnectionEvents {
  /** Content of a frame of acks: ack records, valid during the call. */
  onAcks(content: Uint8Array): void;
  /** The connection broke: what was sent and not answered is unknown. Not called for a failed connect. */
  onLost(reason: string): void;
  onConnected(): void;
}

export class BoltConnection {
  readonly #host: string;
  readonly #port: number;
  readonly #events: BoltConnectionEvents;
  readonly #random: () => number;
  #socket: Socket | undefined;
  #connected = false;
  #closed = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly host: string;
    readonly port: number;
    readonly events: BoltConnectionEvents;
    /** Floats in [0, 1), for the jitter. */
    readonly random: () => number;
  }) {
    this.#host = options.host;
    this.#port = options.port;
    this.#events = options.events;
    this.#random = options.random;
    this.#connect();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** `done` is called when the buffer may be used again. Only while connected. */
  write(frame: Uint8Array, done: () => void): void {
    if (this.#socket === undefined) done();
    else this.#socket.write(frame, done);
  }

  cork(): void {
    this.#socket?.cork();
  }

  uncork(): void {
    this.#socket?.uncork();
  }

  /** Breaks the connection, if there is one, and makes a new one: nothing of the old can arrive any more. */
  renew(): void {
    this.#socket?.destroy();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#socket = socket;
    let reason = 'closed by the other side';
    const reader = new BoltReader((frame) => this.#onFrame(frame));
    socket.on('connect', () => {
      this.#connected = true;
      this.#failures = 0;
      this.#events.onConnected();
    });
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'BoltFormatError') throw error;
        reason = error.message;
        socket.destroy();
      }
    });
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => this.#onClose(reason));
  }

  #onFrame(frame: BoltFrame): void {
    if (frame.type === BOLT_TYPE.response && frame.status !== BOLT_STATUS.success) return;
    if (frame.className === BOLT_CLASS.acks) this.#events.onAcks(frame.content);
  }

  #onClose(reason: string): void {
    const wasConnected = this.#connected;
    this.#connected = false;
    this.#socket = undefined;
    if (wasConnected) this.#events.onLost(reason);
    if (this.#closed) return;
    const delayMs = reconnectDelayMs(this.#failures++, this.#random);
    this.#timer = setTimeout(() => this.#connect(), delayMs);
  }
}
