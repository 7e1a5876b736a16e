/**
 * Bytes of one HTTP/1 connection become one answer (RFC 9112), however they are cut. Strict: a status line, header names of token
 * characters, one length, chunks of hexadecimal sizes; whatever else comes is refused, because nobody can tell where it ends.
 * Informational answers (1xx) are passed over.
 *
 *   head -> body by length | in chunks | until the connection ends | none -> complete
 *
 * One parser serves all answers of a connection, one after the other: `begin` for each.
 */
import type { ReadAnswer } from './carrier.js';
import { HttpMessageError } from './message-error.js';

/** As Go's client: enough for any honest server. */
const HEAD_BYTES_MAX = 1 << 20;
const CHUNK_LINE_MAX = 4096;
const CR = 13;
const LF = 10;
const EMPTY = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');

const STATE = {
  idle: 0,
  head: 1,
  length: 2,
  chunkSize: 3,
  chunk: 4,
  chunkEnd: 5,
  trailer: 6,
  untilEnd: 7,
  complete: 8,
} as const;

export class AnswerParser implements ReadAnswer {
  status = 0;
  reason = '';
  proto = 'HTTP/1.1';
  /** Name, value, name, value. */
  headers: string[] = [];
  /** The connection can carry another request after this answer. */
  keepsAlive = false;
  #state: number = STATE.idle;
  /** What of the head, or of a line between chunks, came so far. */
  #rest: Buffer = EMPTY;
  #left = 0;
  #parts: Buffer[] = [];
  #isHead = false;
  #keepsBody = true;

  /** The next answer belongs to this request. */
  begin({ isHead, keepsBody }: { readonly isHead: boolean; readonly keepsBody: boolean }): void {
    this.#isHead = isHead;
    this.#keepsBody = keepsBody;
    this.#state = STATE.head;
    this.#rest = EMPTY;
    this.#parts = [];
  }

  get isComplete(): boolean {
    return this.#state === STATE.complete;
  }

  /** Whether a byte of the answer has come. */
  get hasBegun(): boolean {
    return this.#state !== STATE.head || this.#rest.length > 0;
  }

  /** Of a complete answer. */
  body(): Buffer {
    const parts = this.#parts;
    if (parts.length === 1) return parts[0];
    return parts.length === 0 ? EMPTY : Buffer.concat(parts);
  }

  /** Throws HttpMessageError; also for what comes after the answer, or when none is due. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      switch (this.#state) {
        case STATE.head:
          at = this.#takeHead(chunk, at);
          break;
        case STATE.length:
        case STATE.chunk:
          at = this.#takeBytes(chunk, at);
          break;
        case STATE.chunkSize:
        case STATE.chunkEnd:
        case STATE.trailer:
          at = this.#takeLine(chunk, at);
          break;
        case STATE.untilEnd:
          if (this.#keepsBody) this.#parts.push(chunk.subarray(at));
          at = chunk.length;
          break;
        default:
          throw new HttpMessageError('unsolicited response');
      }
    }
  }

  /** The connection has ended. True where that completes the answer. */
  end(): boolean {
    if (this.#state === STATE.untilEnd) this.#state = STATE.complete;
    return this.isComplete;
  }

  #takeHead(chunk: Buffer, from: number): number {
    const before = this.#rest.length;
    const bytes =
      before === 0
        ? from === 0
          ? chunk
          : chunk.subarray(from)
        : Buffer.concat([this.#rest, chunk.subarray(from)]);
    const end = bytes.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length + 1));
    if (end > HEAD_BYTES_MAX || (end < 0 && bytes.length > HEAD_BYTES_MAX))
      throw new HttpMessageError(`the header is longer than ${HEAD_BYTES_MAX} bytes`);
    if (end < 0) {
      refuseOtherStart(bytes);
      this.#rest = bytes;
      return chunk.length;
    }
    this.#rest = EMPTY;
    this.#readHead(bytes.toString('latin1', 0, end));
    return from + end + HEAD_END.length - before;
  }

  #readHead(text: string): void {
    const lineEnd = text.indexOf('\r\n');
    const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
    const match = STATUS_LINE.exec(line);
    if (match === null) throw new HttpMessageError(`malformed HTTP response ${shown(line)}`);
    const status = Number(match[2]);
    const headers = lineEnd < 0 ? [] : readHeaders(text, lineEnd + 2);
    if (status < 200 && status !== 101) return; // another head follows
    this.status = status;
    this.reason = match[3] ?? '';
    this.proto = `HTTP/1.${match[1]}`;
    this.headers = headers;
    this.#readFraming(match[1] === '1');
  }

  /** RFC 9112, 6.3. */
  #readFraming(isOneOne: boolean): void {
    const { headers, status } = this;
    let length = -1;
    let coding = '';
    let keepsAlive = isOneOne;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i];
      // Their lengths differ: most names are told apart without lower case.
      if (name.length === 14 && name.toLowerCase() === 'content-length')
        length = oneLength(length, headers[i + 1]);
      else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding')
        coding = coding === '' ? headers[i + 1] : `${coding}, ${headers[i + 1]}`;
      else if (name.length === 10 && name.toLowerCase() === 'connection')
        keepsAlive = connectionKeeps(headers[i + 1], keepsAlive);
    }
    this.keepsAlive = keepsAlive;
    if (this.#isHead || status === 204 || status === 304 || status === 101) {
      this.#state = STATE.complete;
    } else if (coding !== '') {
      if (coding.trim().toLowerCase() !== 'chunked')
        throw new HttpMessageError(`unsupported transfer encoding ${shown(coding)}`);
      this.#state = STATE.chunkSize;
    } else if (length >= 0) {
      this.#left = length;
      this.#state = length === 0 ? STATE.complete : STATE.length;
    } else {
      this.keepsAlive = false;
      this.#state = STATE.untilEnd;
    }
  }

  #takeBytes(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#left);
    if (this.#keepsBody)
      this.#parts.push(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
    this.#left -= end - from;
    if (this.#left === 0)
      this.#state = this.#state === STATE.chunk ? STATE.chunkEnd : STATE.complete;
    return end;
  }

  #takeLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LF, from);
    const part = chunk.subarray(from, end < 0 ? chunk.length : end + 1);
    const line = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part]);
    if (line.length > CHUNK_LINE_MAX)
      throw new HttpMessageError('a line between chunks is too long');
    if (end < 0) {
      this.#rest = line;
      return chunk.length;
    }
    this.#rest = EMPTY;
    if (line.length < 2 || line[line.length - 2] !== CR)
      throw new HttpMessageError('a line between chunks ends without CR');
    this.#readLine(line.toString('latin1', 0, line.length - 2));
    return end + 1;
  }

  #readLine(line: string): void {
    if (this.#state === STATE.chunkEnd) {
      if (line !== '') throw new HttpMessageError('malformed chunked encoding');
      this.#state = STATE.chunkSize;
    } else if (this.#state === STATE.trailer) {
      if (line === '') this.#state = STATE.complete;
    } else {
      const size = CHUNK_SIZE.exec(line)?.[1];
      if (size === undefined) throw new HttpMessageError(`invalid chunk size ${shown(line)}`);
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? STATE.trailer : STATE.chunk;
    }
  }
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: ([^\r\n\0]*))?$/;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/;
const START = 'HTTP/1.';

/** Told at once, and not only when the head is there: a server that speaks something else sends no empty line. */
function refuseOtherStart(bytes: Buffer): void {
  const start = bytes.toString('latin1', 0, START.length);
  if (START.startsWith(start) || start === START) return;
  throw new HttpMessageError(`malformed HTTP response ${shown(bytes.toString('latin1', 0, 40))}`);
}

function readHeaders(text: string, from: number): string[] {
  const headers: string[] = [];
  let at = from;
  while (at < text.length) {
    let end = text.indexOf('\r\n', at);
    if (end < 0) end = text.length;
    const first = text.charCodeAt(at);
    if ((first === 32 || first === 9) && headers.length > 0) {
      // Folded: obsolete, and still read.
      headers[headers.length - 1] += ` ${text.slice(at, end).trim()}`;
    } else {
      const colon = text.indexOf(':', at);
      if (colon < 0 || colon > end) throw malformed(text, at, end);
      const name = text.slice(at, colon);
      if (!isToken(name)) throw malformed(text, at, end);
      headers.push(name, trimmed(text, colon + 1, end));
    }
    at = end + 2;
  }
  return headers;
}

function malformed(text: string, from: number, end: number): HttpMessageError {
  return new HttpMessageError(`malformed header line ${shown(text.slice(from, end))}`);
}

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  const value = text.slice(start, end);
  if (FORBIDDEN.test(value)) throw new HttpMessageError(`malformed header value ${shown(value)}`);
  return value;
}

const FORBIDDEN = /[\0\r\n]/;

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function isToken(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (TOKEN[name.charCodeAt(i)] !== 1) return false;
  return name.length > 0;
}

const TOKEN = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  TOKEN[char.charCodeAt(0)] = 1;

/** Several are one where they say the same. */
function oneLength(known: number, text: string): number {
  let length = known;
  for (const part of text.split(',')) {
    const digits = part.trim();
    if (!/^[0-9]{1,15}$/.test(digits))
      throw new HttpMessageError(`bad Content-Length ${shown(text)}`);
    const next = Number(digits);
    if (length >= 0 && length !== next)
      throw new HttpMessageError(`there are two lengths, ${length} and ${next}`);
    length = next;
  }
  return length;
}

function connectionKeeps(value: string, otherwise: boolean): boolean {
  const lower = value.toLowerCase();
  if (lower === 'keep-alive') return true;
  const options = lower.split(',').map((option) => option.trim());
  if (options.includes('close')) return false;
  return options.includes('keep-alive') || otherwise;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
