/**
 * One connection to a ledger shard, for its admin requests (wire/admin.ts): one request under way at a time, answered by
 * one frame. Books are large: what arrives is read into the place it stays, in one of two buffers that take turns, and is
 * copied nowhere else. Refuses to wait for ever: silence of `timeoutMs` breaks the link. Refuses an answer nobody asked for.
 */
import { connect, type Socket } from 'node:net';
import { addressOf } from '../../wire/address.js';
import type { ShardRequest } from '../../wire/admin.js';
import {
  BOLT_BODY_MAX,
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_REQUEST_HEAD,
  BOLT_STATUS,
  BOLT_TYPE,
  type BoltFrame,
  BoltReader,
  encodeBoltFrame,
  frameBytes,
} from '../../wire/bolt.js';

/** The largest frame: head, body, CRC32. */
const FRAME_BYTES_MAX = BOLT_REQUEST_HEAD + BOLT_BODY_MAX + 4;

export interface ShardLinkOptions {
  /** `host:port` */
  readonly address: string;
  readonly timeoutMs: number;
}

interface Waiting {
  readonly requestId: number;
  readonly resolve: (content: Uint8Array) => void;
  readonly reject: (cause: Error) => void;
}

export class ShardLink {
  readonly #socket: Socket;
  readonly #reader = new BoltReader((frame) => this.#onFrame(frame));
  /** The answer that is arriving, and the one before it. */
  #arriving = Buffer.allocUnsafeSlow(FRAME_BYTES_MAX);
  #before = Buffer.allocUnsafeSlow(FRAME_BYTES_MAX);
  #arrived = 0;
  #waiting: Waiting | undefined;
  #broken: Error | undefined;
  #requestId = 0;

  constructor(options: ShardLinkOptions) {
    const onread = {
      buffer: () => this.#arriving.subarray(this.#arrived),
      callback: (bytes: number) => this.#onBytes(bytes),
    };
    this.#socket = connect({ ...addressOf(options.address), noDelay: true, onread });
    this.#socket.setTimeout(options.timeoutMs, () =>
      this.#break(new Error(`no answer for ${options.timeoutMs} ms`)),
    );
    this.#socket.on('error', (cause) => this.#break(cause));
    this.#socket.on('close', () => this.#break(new Error('the shard closed the connection')));
  }

  /** The answer's content, a view that is valid until the answer after the next. Rejects where the link broke or the shard refuses. */
  ask(request: ShardRequest): Promise<Uint8Array> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#waiting !== undefined) throw new Error('one request at a time');
    const requestId = ++this.#requestId;
    const head = {
      type: BOLT_TYPE.request,
      command: BOLT_COMMAND.request,
      requestId,
      codec: BOLT_CODEC.json,
      timeoutMs: 0,
      className: BOLT_CLASS.admin,
    };
    this.#socket.write(encodeBoltFrame(head, Buffer.from(JSON.stringify(request))));
    return new Promise((resolve, reject) => {
      this.#waiting = { requestId, resolve, reject };
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** More of a frame is there. Always true: read on. */
  #onBytes(bytes: number): boolean {
    this.#arrived += bytes;
    const frame = this.#arriving.subarray(0, this.#arrived);
    try {
      const wanted = frameBytes(frame, 0, BOLT_BODY_MAX);
      if (wanted > this.#arrived) return true;
      if (wanted < this.#arrived) throw new Error('the shard answered more than was asked');
      this.#arrived = 0;
      [this.#arriving, this.#before] = [this.#before, this.#arriving];
      this.#reader.push(frame);
    } catch (cause) {
      this.#break(cause instanceof Error ? cause : new Error(String(cause)));
    }
    return true;
  }

  #onFrame(frame: BoltFrame): void {
    const waiting = this.#waiting;
    if (frame.type !== BOLT_TYPE.response || frame.requestId !== waiting?.requestId) {
      this.#break(new Error('the shard answered what was not asked'));
      return;
    }
    this.#waiting = undefined;
    if (frame.status === BOLT_STATUS.success) {
      waiting.resolve(frame.content);
      return;
    }
    const said = Buffer.from(frame.content).toString('utf8').slice(0, 200);
    waiting.reject(new Error(`the shard refused: ${said}`));
  }

  #break(cause: Error): void {
    this.#broken ??= cause;
    this.#socket.destroy();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#broken);
  }
}
