/**
 * Collects the operations issued in one turn of the event loop into as few frames as the bound allows, in buffers
 * that are used again once the kernel has taken them.
 */
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_TYPE,
  boltContentAt,
  writeBoltHead,
} from '../../wire/bolt.js';
import { OPERATION_BYTES } from '../../wire/operations.js';
import type { BoltConnection } from './bolt-connection.js';
import { OPERATION_WORDS } from './in-flight.js';

interface FrameBuffer {
  readonly bytes: Buffer;
  readonly view: DataView;
  operations: number;
}

const HEAD = {
  type: BOLT_TYPE.oneWay,
  command: BOLT_COMMAND.request,
  codec: BOLT_CODEC.record,
  className: BOLT_CLASS.operations,
} as const;

const CONTENT_AT = boltContentAt({ ...HEAD, requestId: 0, contentBytes: 0 });

export class FrameBatch {
  readonly #operationsMax: number;
  readonly #timeoutMs: number;
  readonly #spare: FrameBuffer[] = [];
  readonly #full: FrameBuffer[] = [];
  #current: FrameBuffer | undefined;
  #requestId = 0;
  /** Frames and operations written, for the mean operations a frame. */
  frames = 0;
  operations = 0;

  constructor(options: { readonly operationsMax: number; readonly timeoutMs: number }) {
    this.#operationsMax = options.operationsMax;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Appends the operation record that starts at word `at` of `words`. */
  add(words: Uint32Array, at: number): void {
    const frame = this.#current ?? this.#take();
    const { view } = frame;
    let to = CONTENT_AT + frame.operations * OPERATION_BYTES;
    for (let i = at; i < at + OPERATION_WORDS; i++, to += 4) view.setUint32(to, words[i], true);
    frame.operations++;
    if (frame.operations < this.#operationsMax) return;
    this.#full.push(frame);
    this.#current = undefined;
  }

  get empty(): boolean {
    return this.#current === undefined && this.#full.length === 0;
  }

  /** Writes all frames to `connection` at once. */
  send(connection: BoltConnection): void {
    connection.cork();
    for (const frame of this.#full) this.#write(connection, frame);
    this.#full.length = 0;
    if (this.#current !== undefined) this.#write(connection, this.#current);
    this.#current = undefined;
    connection.uncork();
  }

  #take(): FrameBuffer {
    let frame = this.#spare.pop();
    if (frame === undefined) {
      const bytes = Buffer.alloc(CONTENT_AT + this.#operationsMax * OPERATION_BYTES);
      frame = {
        bytes,
        view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
        operations: 0,
      };
    }
    frame.operations = 0;
    this.#current = frame;
    return frame;
  }

  #write(connection: BoltConnection, frame: FrameBuffer): void {
    const contentBytes = frame.operations * OPERATION_BYTES;
    this.#requestId = (this.#requestId + 1) >>> 0;
    writeBoltHead(frame.bytes, 0, {
      ...HEAD,
      requestId: this.#requestId,
      timeoutMs: this.#timeoutMs,
      contentBytes,
    });
    this.frames++;
    this.operations += frame.operations;
    connection.write(frame.bytes.subarray(0, CONTENT_AT + contentBytes), () => {
      this.#spare.push(frame);
    });
  }
}
