/**
 * Bytes of one HTTP/1.1 connection become responses, in order: status and whole body, by content-length or in chunks.
 * A body that ends with the connection is refused, because nobody can tell it from a cut one; so is whatever is
 * longer than an answer of ours can be. What is refused throws: nothing behind it can be trusted.
 */

const HEAD_BYTES_MAX = 16 * 1024;
const BODY_BYTES_MAX = 1024 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const EMPTY = Buffer.alloc(0);

/** `body` is valid during the call. `last`: the server closes after it. */
export type OnResponse = (status: number, body: Buffer, last: boolean) => void;

export class HttpFormatError extends Error {
  override readonly name = 'HttpFormatError';
}

interface Head {
  readonly status: number;
  readonly bodyAt: number;
  /** Undefined: in chunks. */
  readonly bodyBytes: number | undefined;
  readonly last: boolean;
}

export class HttpReader {
  readonly #onResponse: OnResponse;
  #rest: Buffer = EMPTY;

  constructor(onResponse: OnResponse) {
    this.#onResponse = onResponse;
  }

  /** Throws HttpFormatError. */
  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let used = this.#take(bytes); used > 0; used = this.#take(bytes)) {
      bytes = bytes.subarray(used);
    }
    this.#rest = bytes.length === 0 ? EMPTY : bytes;
  }

  /** Bytes of the whole response at the front of `bytes`; 0 when it is not all there. */
  #take(bytes: Buffer): number {
    if (bytes.length === 0) return 0;
    const head = readHead(bytes);
    if (head === undefined) return 0;
    const { status, bodyAt, bodyBytes, last } = head;
    if (bodyBytes === undefined) {
      const chunked = readChunks(bytes, bodyAt);
      if (chunked === undefined) return 0;
      this.#onResponse(status, chunked.body, last);
      return chunked.end;
    }
    const end = bodyAt + bodyBytes;
    if (bytes.length < end) return 0;
    if (status >= 200) this.#onResponse(status, bytes.subarray(bodyAt, end), last);
    return end;
  }
}

function readHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0 || end > HEAD_BYTES_MAX) {
    if (bytes.length > HEAD_BYTES_MAX)
      throw new HttpFormatError('the head of a response is too long');
    return undefined;
  }
  const text = bytes.toString('latin1', 0, end);
  const status = Number(/^HTTP\/1\.[01] ([1-9][0-9]{2})(?: |\r|$)/.exec(text)?.[1]);
  if (Number.isNaN(status)) throw new HttpFormatError('no HTTP/1 status line');
  const last = /\r\nconnection:[^\r]*\bclose\b/i.test(text) || text.startsWith('HTTP/1.0');
  const bodyAt = end + HEAD_END.length;
  if (/\r\ntransfer-encoding:[^\r]*\bchunked\b/i.test(text)) {
    return { status, bodyAt, bodyBytes: undefined, last };
  }
  const length = /\r\ncontent-length: *([0-9]{1,15}) *(?:\r|$)/i.exec(text)?.[1];
  const isBare = status < 200 || status === 204 || status === 304;
  if (length === undefined && !isBare) throw new HttpFormatError('a response without a length');
  const bodyBytes = isBare ? 0 : Number(length);
  if (bodyBytes > BODY_BYTES_MAX) throw new HttpFormatError('the body of a response is too long');
  return { status, bodyAt, bodyBytes, last };
}

/** Undefined until the last chunk and the trailer are there. */
function readChunks(
  bytes: Buffer,
  from: number,
): { readonly body: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  let at = from;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const digits = /^([0-9a-f]{1,6})(?:;|$)/i.exec(bytes.toString('latin1', at, lineEnd).trim());
    const size = Number.parseInt(digits?.[1] ?? 'x', 16);
    if (Number.isNaN(size)) throw new HttpFormatError('the size of a chunk cannot be read');
    at = lineEnd + LINE_END.length;
    if (size === 0) return trailerEnd(bytes, at, parts);
    if (at - from + size > BODY_BYTES_MAX) {
      throw new HttpFormatError('the body of a response is too long');
    }
    if (bytes.length < at + size + LINE_END.length) return undefined;
    parts.push(bytes.subarray(at, at + size));
    at += size + LINE_END.length;
  }
}

function trailerEnd(
  bytes: Buffer,
  from: number,
  parts: readonly Buffer[],
): { readonly body: Buffer; readonly end: number } | undefined {
  let at = from;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const isLast = lineEnd === at;
    at = lineEnd + LINE_END.length;
    if (isLast) return { body: Buffer.concat(parts), end: at };
  }
}
