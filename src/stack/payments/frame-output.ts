/**
 * The outgoing side of one connection: fixed-width records are written straight into the frame that carries
 * them, frames into chunks, chunks to the socket, at most one frame of records a turn while a chunk has room.
 *
 *   chunk (128 KiB, from a shared pool)
 *   | head class | record record record ... | reply frame | head class | record ... |
 *
 * A chunk goes back to the pool when the socket has written it. `unsentBytes` is what the other side has not
 * taken yet: the owner decides what to do about it.
 */
import type { Socket } from 'node:net';
import {
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_PROTOCOL,
  BOLT_TYPE,
  type BoltFrameHead,
  boltContentAt,
  writeBoltHead,
} from '../../wire/bolt.js';

export const CHUNK_BYTES = 128 * 1024;

interface Chunk {
  readonly buffer: Buffer;
  readonly view: DataView;
  owner: FrameOutput | undefined;
  bytes: number;
  readonly written: () => void;
}

/** Chunks shared by all connections of the process; at most `keep` lie idle. */
export class ChunkPool {
  readonly #idle: Chunk[] = [];
  readonly #keep: number;

  constructor(keep = 64) {
    this.#keep = keep;
  }

  take(owner: FrameOutput): Chunk {
    const chunk = this.#idle.pop() ?? this.#make();
    chunk.owner = owner;
    chunk.bytes = 0;
    return chunk;
  }

  #make(): Chunk {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    const chunk: Chunk = { buffer, view, owner: undefined, bytes: 0, written: () => give() };
    const give = (): void => {
      const { owner, bytes } = chunk;
      chunk.owner = undefined;
      if (this.#idle.length < this.#keep) this.#idle.push(chunk);
      owner?.wrote(bytes);
    };
    return chunk;
  }
}

export interface FrameOutputOptions {
  readonly socket: Socket;
  readonly pool: ChunkPool;
  readonly className: string;
  readonly recordBytes: number;
  /** Called when bytes were written out: `unsentBytes` has become less. */
  readonly onWritten: () => void;
}

export class FrameOutput {
  readonly #pool: ChunkPool;
  readonly #recordBytes: number;
  readonly #onWritten: () => void;
  readonly #head: { -readonly [Key in keyof BoltFrameHead]: BoltFrameHead[Key] };
  #contentAt: number;
  readonly #socket: Socket;
  #closed = false;
  #chunk: Chunk | undefined;
  #end = 0;
  /** Where the open frame of records begins, or -1. */
  #frameAt = -1;
  #unsentBytes = 0;
  /** Of the chunk that `place` last pointed into. */
  view: DataView = new DataView(new ArrayBuffer(0));

  constructor(options: FrameOutputOptions) {
    this.#socket = options.socket;
    this.#pool = options.pool;
    this.#recordBytes = options.recordBytes;
    this.#onWritten = options.onWritten;
    this.#head = {
      protocol: BOLT_PROTOCOL.v2,
      type: BOLT_TYPE.oneWay,
      command: BOLT_COMMAND.request,
      requestId: 0,
      codec: BOLT_CODEC.record,
      className: options.className,
      contentBytes: 0,
    };
    this.#contentAt = boltContentAt(this.#head);
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Drops what was not flushed; later records go nowhere. */
  close(): void {
    this.#chunk?.written();
    this.#chunk = undefined;
    this.#frameAt = -1;
    this.#closed = true;
  }

  /** The version of the protocol (BOLT_PROTOCOL) of the frames of records from now on. */
  speak(protocol: number): void {
    if (this.#head.protocol === protocol) return;
    this.#closeFrame();
    this.#head.protocol = protocol;
    this.#contentAt = boltContentAt(this.#head);
  }

  /** Offset in `view` of the next record, of so many that stand together. */
  place(records = 1): number {
    const bytes = this.#recordBytes * records;
    const chunk = this.#roomFor(bytes + (this.#frameAt < 0 ? this.#contentAt : 0));
    if (this.#frameAt < 0) {
      this.#frameAt = this.#end;
      this.#end += this.#contentAt;
    }
    const at = this.#end;
    this.#end = at + bytes;
    this.view = chunk.view;
    return at;
  }

  /** A whole frame, in its turn behind the records placed so far. */
  append(frame: Buffer): void {
    if (frame.length > CHUNK_BYTES / 4) {
      this.flush();
      this.#write(frame, frame.length, undefined);
      return;
    }
    this.#closeFrame();
    const chunk = this.#roomFor(frame.length);
    chunk.buffer.set(frame, this.#end);
    this.#end += frame.length;
  }

  /** Hands everything so far to the socket. */
  flush(): void {
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    this.#closeFrame();
    this.#chunk = undefined;
    this.#write(chunk.buffer.subarray(0, this.#end), this.#end, chunk);
  }

  /** A chunk of ours came back. */
  wrote(bytes: number): void {
    if (bytes === 0) return;
    this.#unsentBytes = Math.max(0, this.#unsentBytes - bytes);
    this.#onWritten();
  }

  #write(bytes: Buffer, length: number, chunk: Chunk | undefined): void {
    if (this.#closed || this.#socket.destroyed) {
      chunk?.written();
      return;
    }
    this.#unsentBytes += length;
    if (chunk !== undefined) {
      chunk.bytes = length;
      this.#socket.write(bytes, chunk.written);
    } else {
      this.#socket.write(bytes, () => this.wrote(length));
    }
  }

  #roomFor(bytes: number): Chunk {
    if (this.#chunk !== undefined && this.#end + bytes > CHUNK_BYTES) this.flush();
    if (this.#chunk === undefined) {
      this.#chunk = this.#pool.take(this);
      this.#end = 0;
      this.#frameAt = -1;
    }
    return this.#chunk;
  }

  #closeFrame(): void {
    const chunk = this.#chunk;
    if (chunk === undefined || this.#frameAt < 0) return;
    this.#head.contentBytes = this.#end - this.#frameAt - this.#contentAt;
    writeBoltHead(chunk.buffer, this.#frameAt, this.#head);
    this.#frameAt = -1;
  }
}
