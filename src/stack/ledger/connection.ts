/**
 * One connection to a shard: frames in, acks out. Commands go straight from the chunk they came in to the ledger; their
 * acks gather here and leave in one frame when the commit is on disk. Refuses, with one log line and by closing:
 * bytes that are no frame, an unknown class or codec, content that is no whole number of commands.
 *
 * Bounds: one incomplete frame of at most FRAME_BYTES_MAX, and OUTPUT_BYTES_MAX of acks the peer has not read, beyond
 * which nothing more is read from it.
 */
import type { Socket } from 'node:net';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_STATUS,
  BOLT_TYPE,
  BoltFormatError,
  type BoltFrame,
  BoltReader,
  encodeBoltFrame,
} from '../../wire/bolt.js';
import { COMMAND_BYTES } from '../../wire/ledger-commands.js';
import { AckBuffer } from './ack-buffer.js';

/** Class and content of one frame: 8,192 commands and their class. */
export const FRAME_BYTES_MAX = 2 ** 20 + 64;
export const OUTPUT_BYTES_MAX = 8 * 2 ** 20;
const SPARE_BUFFERS = 4;

export interface ConnectionOwner {
  commands(connection: ShardConnection, content: Uint8Array): void;
  admin(connection: ShardConnection, frame: BoltFrame): void;
  /** After every chunk. */
  chunkEnds(): void;
  closed(connection: ShardConnection): void;
  logLine(line: string): void;
  /** The owner cannot go on. */
  failed(error: unknown): void;
}

export class ShardConnection {
  /** Acks of the batch being filled. */
  acks = new AckBuffer();
  #sealed: AckBuffer | undefined;
  readonly #spare: AckBuffer[] = [];
  readonly #socket: Socket;
  readonly #reader: BoltReader;
  readonly #owner: ConnectionOwner;
  readonly #peer: string;
  #heldBack = false;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#reader = new BoltReader((frame) => this.#frame(frame), FRAME_BYTES_MAX);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#chunk(chunk));
    socket.on('drain', () => this.#flow());
    // A reset is the peer's business: what was in flight on it is answered by nobody.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => owner.closed(this));
  }

  /** The acks so far belong to the batch that is being written. */
  seal(): void {
    if (this.acks.count === 0) return;
    this.#sealed = this.acks;
    this.acks = this.#spare.pop() ?? new AckBuffer();
  }

  /** The batch is on disk: its acks leave. */
  release(): void {
    const acks = this.#sealed;
    if (acks === undefined) return;
    this.#sealed = undefined;
    this.write(acks.frame(), () => {
      acks.clear();
      if (this.#spare.length < SPARE_BUFFERS) this.#spare.push(acks);
    });
  }

  write(frame: Buffer, done?: () => void): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(frame, done);
    if (this.#socket.writableLength > OUTPUT_BYTES_MAX) this.#socket.pause();
  }

  /** Stops reading, or goes on, for the sake of the batch. */
  holdBack(heldBack: boolean): void {
    this.#heldBack = heldBack;
    this.#flow();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #flow(): void {
    if (this.#heldBack || this.#socket.writableLength > OUTPUT_BYTES_MAX) this.#socket.pause();
    else this.#socket.resume();
  }

  #chunk(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof BoltFormatError)) {
        this.#owner.failed(error);
        return;
      }
      this.#owner.logLine(`connection from ${this.#peer} closed: ${error.message}`);
      this.#socket.destroy();
    }
    this.#owner.chunkEnds();
  }

  #frame(frame: BoltFrame): void {
    if (frame.command === BOLT_COMMAND.heartbeat && frame.type === BOLT_TYPE.request) {
      this.#heartbeat(frame);
    } else if (frame.command === BOLT_COMMAND.request) {
      this.#request(frame);
    } else {
      throw new BoltFormatError(`command code ${frame.command} was not expected`);
    }
  }

  #request(frame: BoltFrame): void {
    switch (frame.className) {
      case BOLT_CLASS.commands:
        this.#commands(frame);
        break;
      case BOLT_CLASS.admin:
        this.#owner.admin(this, frame);
        break;
      default:
        throw new BoltFormatError(`class "${frame.className.slice(0, 80)}" is unknown to a shard`);
    }
  }

  #commands(frame: BoltFrame): void {
    const { content } = frame;
    if (frame.type !== BOLT_TYPE.oneWay) throw new BoltFormatError('commands must come one-way');
    if (frame.codec !== BOLT_CODEC.record) {
      throw new BoltFormatError(`codec ${frame.codec} of commands is not ${BOLT_CODEC.record}`);
    }
    if (content.byteLength % COMMAND_BYTES !== 0) {
      throw new BoltFormatError(`${content.byteLength} bytes are no whole number of commands`);
    }
    this.#owner.commands(this, content);
  }

  #heartbeat(frame: BoltFrame): void {
    const head = {
      type: BOLT_TYPE.response,
      command: BOLT_COMMAND.heartbeat,
      requestId: frame.requestId,
      codec: frame.codec,
      status: BOLT_STATUS.success,
      className: '',
    };
    this.write(encodeBoltFrame(head, new Uint8Array(0)));
  }
}
