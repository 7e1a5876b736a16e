/** Why a request failed, in k6's error codes (its documentation, "Error codes") and in words like its own. */
import { HttpMessageError } from './message-error.js';

export interface Failure {
  readonly code: number;
  readonly message: string;
}

/** Codes that are told apart; the hundreds say where it went wrong: 10 anywhere, 11 DNS, 12 TCP, 13 TLS. */
export const ERROR_CODE = {
  generic: 1000,
  nonTcp: 1010,
  invalidUrl: 1020,
  requestTimeout: 1050,
  dns: 1100,
  noSuchHost: 1101,
  blacklistedIp: 1110,
  blockedHostname: 1111,
  tcp: 1200,
  brokenPipe: 1201,
  unknownErrno: 1202,
  dial: 1210,
  dialTimeout: 1211,
  dialRefused: 1212,
  dialErrno: 1213,
  reset: 1220,
  tls: 1300,
  unknownAuthority: 1310,
  hostnameMismatch: 1311,
  /** HTTP/2, each plus the protocol's own code (RFC 9113, 7): the server went away; a stream was reset. */
  http2GoAway: 1611,
  http2Stream: 1631,
} as const;

export const TIMED_OUT: Failure = { code: ERROR_CODE.requestTimeout, message: 'request timeout' };

/** Until when the connection had got. */
export type Stage = 'lookup' | 'dial' | 'tls' | 'open';

export function failureOf(error: unknown, stage: Stage): Failure {
  if (error instanceof RefusedAddress) return error.failure;
  if (error instanceof HttpMessageError)
    return { code: ERROR_CODE.generic, message: `transport connection broken: ${error.message}` };
  const errno = errnoOf(error);
  const words = error instanceof Error ? error.message : String(error);
  if (stage === 'lookup') return lookupFailure(errno, words);
  if (stage === 'dial') return dialFailure(errno, words);
  if (stage === 'tls' || isTls(errno)) return tlsFailure(errno, words);
  if (errno === 'ECONNRESET')
    return { code: ERROR_CODE.reset, message: 'read: connection reset by peer' };
  if (errno === 'EPIPE') return { code: ERROR_CODE.brokenPipe, message: 'write: broken pipe' };
  if (errno !== '') return { code: ERROR_CODE.tcp, message: words };
  return { code: ERROR_CODE.generic, message: words };
}

/** The connection ended before the whole answer was there. */
export function endedEarly(hasBegun: boolean): Failure {
  return { code: ERROR_CODE.generic, message: hasBegun ? 'unexpected EOF' : 'EOF' };
}

/** The server takes no more requests on the connection (GOAWAY). `code`: of HTTP/2. */
export function goneAway(code: number): Failure {
  return {
    code: ERROR_CODE.http2GoAway + code,
    message: `http2: server sent GOAWAY and closed the connection; ErrCode=${http2Name(code)}`,
  };
}

/** One stream was reset. `code`: of HTTP/2. */
export function streamFailure(code: number): Failure {
  return {
    code: ERROR_CODE.http2Stream + code,
    message: `stream error: ${http2Name(code)}; received from peer`,
  };
}

function http2Name(code: number): string {
  return HTTP2_NAMES[code] ?? `0x${code.toString(16)}`;
}

const HTTP2_NAMES =
  `NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR
  REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED`.split(
    /\s+/,
  );

/** An option of the script forbids the address. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

function lookupFailure(errno: string, words: string): Failure {
  const isUnknown = errno === 'ENOTFOUND' || errno === 'ENODATA';
  return isUnknown
    ? { code: ERROR_CODE.noSuchHost, message: 'lookup: no such host' }
    : { code: ERROR_CODE.dns, message: `lookup: ${words}` };
}

function dialFailure(errno: string, words: string): Failure {
  if (errno === 'ECONNREFUSED')
    return { code: ERROR_CODE.dialRefused, message: 'dial: connection refused' };
  if (errno === 'ETIMEDOUT') return { code: ERROR_CODE.dialTimeout, message: 'dial: i/o timeout' };
  if (errno !== '') return { code: ERROR_CODE.dialErrno, message: `dial: ${words}` };
  return { code: ERROR_CODE.dial, message: `dial: ${words}` };
}

const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function isTls(errno: string): boolean {
  return errno.startsWith('ERR_SSL') || errno.startsWith('ERR_TLS') || UNKNOWN_AUTHORITY.has(errno);
}

function tlsFailure(errno: string, words: string): Failure {
  if (UNKNOWN_AUTHORITY.has(errno))
    return {
      code: ERROR_CODE.unknownAuthority,
      message: 'x509: certificate signed by unknown authority',
    };
  if (errno === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return { code: ERROR_CODE.hostnameMismatch, message: `x509: ${words}` };
  if (errno.startsWith('CERT_')) return { code: ERROR_CODE.tls, message: `x509: ${words}` };
  return { code: ERROR_CODE.tls, message: `tls: ${words}` };
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
