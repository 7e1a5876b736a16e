/**
 * The head of one request that the front may serve itself, read strictly where it lies:
 *
 *   POST /v1/operations HTTP/1.1        GET /v1/<what is asked> HTTP/1.1
 *   name: value                         name: value
 *   (empty line)                        (empty line)
 *
 * It judges nothing: at the first byte that is not of such a request it says `OTHER`, and the request is Node's server's,
 * from its first byte on. That is the answer to everything that two readers might understand differently: a length given
 * twice or beside Transfer-Encoding, a bare LF, a folded line, a space before a colon. Pure.
 */
import {
  bytesOf,
  COLON,
  CR,
  flagsOf,
  isInAnyCase,
  LF,
  NINE,
  QUOTE,
  SPACE,
  standsAt,
  TAB,
  ZERO,
} from './ascii.js';
import { ID_TEXT_BYTES } from './id-bytes.js';

/** In place of where a head ends: it is all right so far, and not all there. */
export const MORE = 0;
/** In place of where a head ends: it is not for the front. */
export const OTHER = -1;

/** Longer heads are Node's to judge, which has a bound of its own. */
const HEAD_BYTES_MAX = 4096;
/** Longer bodies are none that the front would know. */
const BODY_BYTES_MAX = 2048;

const POST_LINE = bytesOf('POST /v1/operations HTTP/1.1\r\n');
const GET = bytesOf('GET ');
const TARGET_START = bytesOf('/v1/');
const GET_END = bytesOf(' HTTP/1.1\r\n');
/** What ids, accounts and the routes are written in, also with escapes. */
const TARGET = flagsOf(/[a-zA-Z0-9/?=:@%-]/);
/** RFC 9110, 5.6.2. */
const TOKEN = flagsOf(/[a-zA-Z0-9!#$%&'*+.^_`|~-]/);
/** RFC 9110, 5.5, without bytes beyond ASCII. */
const VALUE = flagsOf(/[\x20-\x7e\t]/);

/** The fields that mean something here; all others mean nothing to the routes of the front. */
const FIELDS = [
  'host',
  'content-length',
  'content-type',
  'idempotency-key',
  'connection',
  'transfer-encoding',
  'expect',
  'upgrade',
  'proxy-connection',
] as const;

const NAMES = FIELDS.map((name) => bytesOf(name));
const NAME_BYTES_MAX = Math.max(...FIELDS.map((name) => name.length));
const BY_LENGTH = Array.from({ length: NAME_BYTES_MAX + 1 }, (_, length) =>
  [...NAMES.keys()].filter((field) => NAMES[field].length === length),
);
const bitOf = (name: (typeof FIELDS)[number]): number => 1 << FIELDS.indexOf(name);
const GET_NEEDS = bitOf('host');
const POST_NEEDS = bitOf('host') | bitOf('content-length') | bitOf('content-type');

const KEEP_ALIVE = bytesOf('keep-alive');
const JSON_TYPES = ['application/json', 'application/json; charset=utf-8'].map(bytesOf);

export class RequestHead {
  isPost = false;
  /** Of a GET: where its target begins and ends. */
  targetAt = 0;
  targetEnd = 0;
  /** Of a POST, at least 1. */
  bodyBytes = 0;
  /** Where the id begins that Idempotency-Key gives, bare or in quotes, as long as an id; or -1. */
  keyAt = -1;
  /** By bit: the FIELDS that were there. */
  #seen = 0;

  /** Where the head that begins at `from` ends, or MORE, or OTHER; there is at least one byte. */
  read(bytes: Uint8Array, from: number, to: number): number {
    this.#seen = 0;
    this.bodyBytes = 0;
    this.keyAt = -1;
    const end = Math.min(to, from + HEAD_BYTES_MAX);
    let at = this.#readRequestLine(bytes, from, end);
    while (at > 0 && at < end && bytes[at] !== CR) at = this.#readField(bytes, at, end);
    if (at === OTHER) return OTHER;
    if (at === MORE || at + 1 >= end) return end < to ? OTHER : MORE;
    return bytes[at + 1] === LF && this.#isWhole() ? at + 2 : OTHER;
  }

  #isWhole(): boolean {
    const needs = this.isPost ? POST_NEEDS : GET_NEEDS;
    return (this.#seen & needs) === needs;
  }

  #readRequestLine(bytes: Uint8Array, from: number, end: number): number {
    this.isPost = bytes[from] === POST_LINE[0];
    if (this.isPost) return readText(bytes, from, end, POST_LINE);
    this.targetAt = readText(bytes, from, end, GET);
    if (this.targetAt <= 0) return this.targetAt;
    let at = readText(bytes, this.targetAt, end, TARGET_START);
    if (at <= 0) return at;
    while (at < end && TARGET[bytes[at]] === 1) at++;
    this.targetEnd = at;
    return readText(bytes, at, end, GET_END);
  }

  #readField(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end && TOKEN[bytes[at]] === 1) at++;
    if (at === end) return MORE;
    if (at === from || bytes[at] !== COLON) return OTHER;
    const nameEnd = at++;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    const valueAt = at;
    while (at < end && VALUE[bytes[at]] === 1) at++;
    if (at === end) return MORE;
    if (bytes[at] !== CR) return OTHER;
    if (at + 1 === end) return MORE;
    if (bytes[at + 1] !== LF) return OTHER;
    let valueEnd = at;
    while (valueEnd > valueAt && bytes[valueEnd - 1] === SPACE) valueEnd--;
    // Behind a length it is an error to Node, behind another value a blank.
    if (bytes[valueEnd - 1] === TAB && valueEnd > valueAt) return OTHER;
    const field = fieldNamed(bytes, from, nameEnd);
    if (field >= 0 && !this.#take(field, bytes, valueAt, valueEnd)) return OTHER;
    return at + 2;
  }

  /** False where the request is not for the front. */
  #take(field: number, bytes: Uint8Array, at: number, end: number): boolean {
    const isSecond = (this.#seen & (1 << field)) !== 0;
    this.#seen |= 1 << field;
    if (isSecond) return false;
    switch (FIELDS[field]) {
      case 'host':
        return true;
      case 'content-length':
        return this.isPost && this.#takeLength(bytes, at, end);
      case 'content-type':
        return !this.isPost || JSON_TYPES.some((type) => isInAnyCase(bytes, at, end, type));
      case 'idempotency-key':
        return this.#takeKey(bytes, at, end);
      case 'connection':
        return isInAnyCase(bytes, at, end, KEEP_ALIVE);
      default:
        return false;
    }
  }

  #takeKey(bytes: Uint8Array, at: number, end: number): boolean {
    const isQuoted = bytes[at] === QUOTE && bytes[end - 1] === QUOTE;
    this.keyAt = isQuoted ? at + 1 : at;
    return end - at === ID_TEXT_BYTES + (isQuoted ? 2 : 0);
  }

  #takeLength(bytes: Uint8Array, at: number, end: number): boolean {
    let length = 0;
    for (let i = at; i < end; i++) {
      if (bytes[i] < ZERO || bytes[i] > NINE || length > BODY_BYTES_MAX) return false;
      length = length * 10 + bytes[i] - ZERO;
    }
    this.bodyBytes = length;
    return length > 0 && length <= BODY_BYTES_MAX;
  }
}

/** Where `text` ends that is to stand at `at`, or MORE, or OTHER. */
function readText(bytes: Uint8Array, at: number, end: number, text: Uint8Array): number {
  if (standsAt(bytes, at, end, text)) return at + text.length;
  const there = Math.min(end - at, text.length);
  return standsAt(bytes, at, end, text.subarray(0, there)) && there < text.length ? MORE : OTHER;
}

/** Its place in FIELDS, or -1. */
function fieldNamed(bytes: Uint8Array, at: number, end: number): number {
  if (end - at > NAME_BYTES_MAX) return -1;
  for (const field of BY_LENGTH[end - at]) {
    if (isInAnyCase(bytes, at, end, NAMES[field])) return field;
  }
  return -1;
}
