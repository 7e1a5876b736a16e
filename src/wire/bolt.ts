/**
 * SOFABolt version 2 frames: heads are written here and cut out of a byte stream here. No I/O, no meaning of
 * the content. Layout (all integers big-endian; source: sofastack/sofa-bolt, RpcProtocolV2):
 *
 *   request head, 24 bytes               response head, 22 bytes
 *    0 proto = 2        u8                0 proto = 2        u8
 *    1 ver1             u8                1 ver1             u8
 *    2 type             u8                2 type             u8
 *    3 cmdcode          u16               3 cmdcode          u16
 *    5 ver2             u8                5 ver2             u8
 *    6 request id       u32               6 request id       u32
 *   10 codec            u8               10 codec            u8
 *   11 switch           u8               11 switch           u8
 *   12 timeout ms       i32              12 response status  u16
 *   16 class length     u16              14 class length     u16
 *   18 header length    u16              16 header length    u16
 *   20 content length   u32              18 content length   u32
 *   24 class, header, content            22 class, header, content
 *   then, where ver1 = 2 and bit 0 of switch is on: CRC32 of everything before it, u32
 *
 * Both directions use the request head for requests and one-way messages.
 */
import { crc32 } from 'node:zlib';

export const BOLT_PROTO = 2;
export const BOLT_REQUEST_HEAD = 24;
export const BOLT_RESPONSE_HEAD = 22;
export const BOLT_TYPE = { response: 0, request: 1, oneWay: 2 } as const;
export const BOLT_COMMAND = { heartbeat: 0, request: 1, response: 2 } as const;

/** Response statuses of the protocol (ResponseStatus.java). */
export const BOLT_STATUS = {
  success: 0,
  error: 1,
  serverException: 2,
  unknown: 3,
  serverBusy: 4,
  errorComm: 5,
  noProcessor: 6,
  timeout: 7,
  clientSendError: 8,
  codecException: 9,
} as const;

/** Codec bytes: SOFABolt's own for what they name, and one of ours for fixed-width records. */
export const BOLT_CODEC = { hessian: 1, json: 12, record: 20 } as const;

/** What a frame's content is. */
export const BOLT_CLASS = {
  /** client -> gateway: operation records */
  operations: 'paydrill.Operations',
  /** gateway -> ledger shard: command records */
  commands: 'paydrill.Commands',
  /** either answer: ack records */
  acks: 'paydrill.Acks',
  /** JSON requests to a process of the stack: see admin.ts */
  admin: 'paydrill.Admin',
  /** ledger entries, as they lie in the log: see admin.ts */
  entries: 'paydrill.Entries',
  /** account records: see ledger-log.ts */
  accounts: 'paydrill.Accounts',
} as const;

/** A frame's class, header and content together may not be longer; the reader refuses it. */
export const BOLT_BODY_MAX = 4 * 1024 * 1024;

export interface BoltFrame {
  readonly type: number;
  readonly command: number;
  readonly requestId: number;
  readonly codec: number;
  /** Requests and one-way messages: milliseconds left to answer; 0 = none given. Responses: 0. */
  readonly timeoutMs: number;
  /** Responses: BOLT_STATUS. Others: 0. */
  readonly status: number;
  readonly className: string;
  /** A view into the chunk the frame came in: copy what must outlive the call. */
  readonly content: Uint8Array;
}

export interface BoltFrameHead {
  readonly type: number;
  readonly command: number;
  readonly requestId: number;
  readonly codec: number;
  readonly timeoutMs?: number;
  readonly status?: number;
  readonly className: string;
  readonly contentBytes: number;
  /** Appends a CRC32 over the whole frame. Default false. */
  readonly crc?: boolean;
}

/** Raised by the reader; the connection cannot be read further. `reason` fits one log line. */
export class BoltFormatError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'BoltFormatError';
  }
}

const CLASS_BYTES = new Map<string, Uint8Array>();

function classBytes(name: string): Uint8Array {
  let bytes = CLASS_BYTES.get(name);
  if (bytes === undefined) {
    bytes = new TextEncoder().encode(name);
    if (CLASS_BYTES.size < 64) CLASS_BYTES.set(name, bytes);
  }
  return bytes;
}

/** Bytes of a whole frame with this head. */
export function boltFrameBytes(head: BoltFrameHead): number {
  return boltContentAt(head) + head.contentBytes + (head.crc ? 4 : 0);
}

/** Where the content of a frame with this head begins. */
export function boltContentAt(head: BoltFrameHead): number {
  const fixed = head.type === BOLT_TYPE.response ? BOLT_RESPONSE_HEAD : BOLT_REQUEST_HEAD;
  return fixed + classBytes(head.className).length;
}

/** Writes head and class at `at`; the content follows at `at + boltContentAt(head)`. */
export function writeBoltHead(target: Buffer, at: number, head: BoltFrameHead): void {
  const name = classBytes(head.className);
  const isResponse = head.type === BOLT_TYPE.response;
  target[at] = BOLT_PROTO;
  target[at + 1] = head.crc ? 2 : 1;
  target[at + 2] = head.type;
  target.writeUInt16BE(head.command, at + 3);
  target[at + 5] = 1;
  target.writeUInt32BE(head.requestId >>> 0, at + 6);
  target[at + 10] = head.codec;
  target[at + 11] = head.crc ? 1 : 0;
  let next = at + 12;
  if (isResponse) next = target.writeUInt16BE(head.status ?? 0, next);
  else next = target.writeInt32BE(head.timeoutMs ?? 0, next);
  next = target.writeUInt16BE(name.length, next);
  next = target.writeUInt16BE(0, next);
  next = target.writeUInt32BE(head.contentBytes, next);
  target.set(name, next);
}

/** Writes the CRC32 behind a frame that was written with `crc: true` and whose content is in place. */
export function writeBoltCrc(target: Buffer, at: number, head: BoltFrameHead): void {
  const end = at + boltContentAt(head) + head.contentBytes;
  target.writeUInt32BE(crc32(target.subarray(at, end)) >>> 0, end);
}

/** A whole frame around `content`, for paths where one more copy does not matter. */
export function encodeBoltFrame(
  head: Omit<BoltFrameHead, 'contentBytes'>,
  content: Uint8Array,
): Buffer {
  const full: BoltFrameHead = { ...head, contentBytes: content.length };
  const frame = Buffer.allocUnsafe(boltFrameBytes(full));
  writeBoltHead(frame, 0, full);
  frame.set(content, boltContentAt(full));
  if (full.crc) writeBoltCrc(frame, 0, full);
  return frame;
}

/**
 * Cuts frames out of the chunks of one connection. Holds at most one incomplete frame; a chunk that ends on a
 * frame boundary is never copied.
 */
export class BoltReader {
  readonly #onFrame: (frame: BoltFrame) => void;
  readonly #bodyMax: number;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #wanted = 0;

  /** `bodyMax`: bytes of class, header and content a frame may have; default BOLT_BODY_MAX. */
  constructor(onFrame: (frame: BoltFrame) => void, bodyMax: number = BOLT_BODY_MAX) {
    this.#onFrame = onFrame;
    this.#bodyMax = bodyMax;
  }

  /** Whether the stream ended inside a frame. */
  get incomplete(): boolean {
    return this.#partsBytes > 0;
  }

  /** Throws BoltFormatError on bytes that are no frame; what came before it has been handed out. */
  push(chunk: Buffer): void {
    let data = chunk;
    if (this.#partsBytes > 0) {
      this.#parts.push(chunk);
      this.#partsBytes += chunk.length;
      if (this.#partsBytes < this.#wanted) return;
      data = Buffer.concat(this.#parts, this.#partsBytes);
      this.#parts = [];
      this.#partsBytes = 0;
    }
    let at = 0;
    while (at < data.length) {
      const bytes = frameBytes(data, at, this.#bodyMax);
      if (bytes > data.length - at) {
        this.#parts = [Buffer.from(data.subarray(at))];
        this.#partsBytes = data.length - at;
        this.#wanted = bytes;
        return;
      }
      this.#read(data, at, bytes);
      at += bytes;
    }
  }

  #read(data: Buffer, at: number, bytes: number): void {
    if (hasCrc(data, at)) {
      const end = at + bytes - 4;
      if (crc32(data.subarray(at, end)) >>> 0 !== data.readUInt32BE(end)) {
        throw new BoltFormatError('CRC32 of a frame does not match');
      }
    }
    const type = data[at + 2] ?? 0;
    const isResponse = type === BOLT_TYPE.response;
    const head = isResponse ? BOLT_RESPONSE_HEAD : BOLT_REQUEST_HEAD;
    const lengthsAt = at + head - 8;
    const classLength = data.readUInt16BE(lengthsAt);
    const contentAt = at + head + classLength + data.readUInt16BE(lengthsAt + 2);
    this.#onFrame({
      type,
      command: data.readUInt16BE(at + 3),
      requestId: data.readUInt32BE(at + 6),
      codec: data[at + 10] ?? 0,
      timeoutMs: isResponse ? 0 : data.readInt32BE(at + 12),
      status: isResponse ? data.readUInt16BE(at + 12) : 0,
      className: data.toString('latin1', at + head, at + head + classLength),
      content: data.subarray(contentAt, contentAt + data.readUInt32BE(lengthsAt + 4)),
    });
  }
}

/**
 * Bytes of the frame at `at`, or more than there are while its head is incomplete; for who reads frames into memory of their
 * own. Throws BoltFormatError on bytes that are no frame.
 */
export function frameBytes(data: Buffer, at: number, bodyMax: number): number {
  const have = data.length - at;
  if (data[at] !== BOLT_PROTO) {
    throw new BoltFormatError(`byte 0 of a frame is ${data[at]}, expected protocol ${BOLT_PROTO}`);
  }
  if (have < 3) return BOLT_RESPONSE_HEAD;
  const type = data[at + 2] ?? 0;
  if (type > BOLT_TYPE.oneWay) throw new BoltFormatError(`frame type ${type} is unknown`);
  const head = type === BOLT_TYPE.response ? BOLT_RESPONSE_HEAD : BOLT_REQUEST_HEAD;
  if (have < head) return head;
  const lengthsAt = at + head - 8;
  const body =
    data.readUInt16BE(lengthsAt) +
    data.readUInt16BE(lengthsAt + 2) +
    data.readUInt32BE(lengthsAt + 4);
  if (body > bodyMax) {
    throw new BoltFormatError(`frame body of ${body} bytes is over the bound of ${bodyMax}`);
  }
  return head + body + (hasCrc(data, at) ? 4 : 0);
}

function hasCrc(data: Buffer, at: number): boolean {
  return data[at + 1] === 2 && ((data[at + 11] ?? 0) & 1) === 1;
}
