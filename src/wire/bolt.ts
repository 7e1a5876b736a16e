/**
 * SOFABolt frames, version 2 and, where asked for, 1: heads are written here and cut out of a byte stream here. No I/O, no meaning of
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
 * Both directions use the request head for requests and one-way messages. Version 1, which SOFABolt's Java client speaks
 * unless it is told otherwise, is the same without ver1 and switch (and so without CRC32): 22 and 20 bytes.
 */
import { crc32 } from 'node:zlib';

/** The first byte of a frame. */
export const BOLT_PROTOCOL = { v1: 1, v2: 2 } as const;
export const BOLT_REQUEST_HEAD = 24;
const BOLT_RESPONSE_HEAD = 22;
/** What the heads of version 1 lack: ver1 and switch. */
const V1_LESS = 2;
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
  /** BOLT_PROTOCOL; who answers does so in the same. */
  readonly protocol: number;
  readonly type: number;
  readonly command: number;
  readonly requestId: number;
  readonly codec: number;
  /** Requests and one-way messages: milliseconds left to answer; 0 = none given, or one below 0. Responses: 0. */
  readonly timeoutMs: number;
  /** Responses: BOLT_STATUS. Others: 0. */
  readonly status: number;
  readonly className: string;
  /** A view into the chunk the frame came in: copy what must outlive the call. */
  readonly content: Uint8Array;
}

export interface BoltFrameHead {
  /** BOLT_PROTOCOL; default v2. */
  readonly protocol?: number;
  readonly type: number;
  readonly command: number;
  readonly requestId: number;
  readonly codec: number;
  readonly timeoutMs?: number;
  readonly status?: number;
  readonly className: string;
  readonly contentBytes: number;
  /** Appends a CRC32 over the whole frame; not in version 1. Default false. */
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
  return boltContentAt(head) + head.contentBytes + (withCrc(head) ? 4 : 0);
}

/** Where the content of a frame with this head begins. */
export function boltContentAt(head: BoltFrameHead): number {
  const fixed = head.type === BOLT_TYPE.response ? BOLT_RESPONSE_HEAD : BOLT_REQUEST_HEAD;
  const less = head.protocol === BOLT_PROTOCOL.v1 ? V1_LESS : 0;
  return fixed - less + classBytes(head.className).length;
}

function withCrc(head: BoltFrameHead): boolean {
  return head.crc === true && head.protocol !== BOLT_PROTOCOL.v1;
}

/** Writes head and class at `at`; the content follows at `at + boltContentAt(head)`. */
export function writeBoltHead(target: Buffer, at: number, head: BoltFrameHead): void {
  const name = classBytes(head.className);
  const isResponse = head.type === BOLT_TYPE.response;
  const isV1 = head.protocol === BOLT_PROTOCOL.v1;
  target[at] = isV1 ? BOLT_PROTOCOL.v1 : BOLT_PROTOCOL.v2;
  if (!isV1) target[at + 1] = head.crc ? 2 : 1;
  const typeAt = isV1 ? at + 1 : at + 2;
  target[typeAt] = head.type;
  target.writeUInt16BE(head.command, typeAt + 1);
  target[typeAt + 3] = 1;
  target.writeUInt32BE(head.requestId >>> 0, typeAt + 4);
  target[typeAt + 8] = head.codec;
  let next = typeAt + 9;
  if (!isV1) {
    target[next] = head.crc ? 1 : 0;
    next++;
  }
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
  if (withCrc(full)) writeBoltCrc(frame, 0, full);
  return frame;
}

/**
 * Cuts frames out of the chunks of one connection. Holds at most one incomplete frame; a chunk that ends on a
 * frame boundary is never copied.
 */
export class BoltReader {
  readonly #onFrame: (frame: BoltFrame) => void;
  readonly #bodyMax: number;
  readonly #oldest: number;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #wanted = 0;

  /**
   * `bodyMax`: bytes of class, header and content a frame may have; default BOLT_BODY_MAX. `oldest`: the oldest version of
   * the protocol that is read; default v2.
   */
  constructor(
    onFrame: (frame: BoltFrame) => void,
    bodyMax: number = BOLT_BODY_MAX,
    oldest: number = BOLT_PROTOCOL.v2,
  ) {
    this.#onFrame = onFrame;
    this.#bodyMax = bodyMax;
    this.#oldest = oldest;
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
      const bytes = frameBytes(data, at, this.#bodyMax, this.#oldest);
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
    const isV1 = data[at] === BOLT_PROTOCOL.v1;
    const typeAt = isV1 ? at + 1 : at + 2;
    const type = data[typeAt] ?? 0;
    const isResponse = type === BOLT_TYPE.response;
    const head = headBytes(isV1, type);
    const lengthsAt = at + head - 8;
    const ownAt = isV1 ? typeAt + 9 : typeAt + 10;
    const classLength = data.readUInt16BE(lengthsAt);
    const contentAt = at + head + classLength + data.readUInt16BE(lengthsAt + 2);
    this.#onFrame({
      protocol: isV1 ? BOLT_PROTOCOL.v1 : BOLT_PROTOCOL.v2,
      type,
      command: data.readUInt16BE(typeAt + 1),
      requestId: data.readUInt32BE(typeAt + 4),
      codec: data[typeAt + 8] ?? 0,
      timeoutMs: isResponse ? 0 : Math.max(0, data.readInt32BE(ownAt)),
      status: isResponse ? data.readUInt16BE(ownAt) : 0,
      className: data.toString('latin1', at + head, at + head + classLength),
      content: data.subarray(contentAt, contentAt + data.readUInt32BE(lengthsAt + 4)),
    });
  }
}

/**
 * Bytes of the frame at `at`, or more than there are while its head is incomplete; for who reads frames into memory of their
 * own. Throws BoltFormatError on bytes that are no frame.
 */
export function frameBytes(
  data: Buffer,
  at: number,
  bodyMax: number,
  oldest: number = BOLT_PROTOCOL.v2,
): number {
  const have = data.length - at;
  const protocol = data[at] ?? 0;
  if (protocol < oldest || protocol > BOLT_PROTOCOL.v2) {
    const spoken = oldest === BOLT_PROTOCOL.v2 ? '2' : '1 or 2';
    throw new BoltFormatError(`byte 0 of a frame is ${protocol}, expected protocol ${spoken}`);
  }
  const isV1 = protocol === BOLT_PROTOCOL.v1;
  if (have < 3) return headBytes(isV1, BOLT_TYPE.response);
  const type = data[isV1 ? at + 1 : at + 2] ?? 0;
  if (type > BOLT_TYPE.oneWay) throw new BoltFormatError(`frame type ${type} is unknown`);
  const head = headBytes(isV1, type);
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

function headBytes(isV1: boolean, type: number): number {
  const bytes = type === BOLT_TYPE.response ? BOLT_RESPONSE_HEAD : BOLT_REQUEST_HEAD;
  return isV1 ? bytes - V1_LESS : bytes;
}

function hasCrc(data: Buffer, at: number): boolean {
  const isV2 = data[at] === BOLT_PROTOCOL.v2;
  return isV2 && data[at + 1] === 2 && ((data[at + 11] ?? 0) & 1) === 1;
}
