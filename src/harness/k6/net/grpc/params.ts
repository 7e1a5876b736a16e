/** The last argument of connect(), invoke() and Stream, checked. What k6 does not know of it refuses too. */
import { parseDurationUs } from '../../../options/duration.js';
import type { GrpcConnectOptions, GrpcMetadata, GrpcTls } from '../../../ports/grpc.js';
import type { Tags } from '../../../ports/metrics.js';
import { textTags } from '../../../vu/script-values.js';

/** k6's, of a connection and of a call. */
const TIMEOUT_MS = 60_000;

export interface CallParams {
  readonly metadata: GrpcMetadata;
  readonly tags: Tags | undefined;
  readonly timeoutMs: number;
  readonly discardResponseMessage: boolean;
}

export interface ConnectParams extends GrpcConnectOptions {
  readonly reflect: boolean;
  readonly reflectMetadata: GrpcMetadata;
}

/** `timeoutMs`: where the script gives none. Throws for what no call can be made with. */
export function callParams(params: unknown, timeoutMs: number = TIMEOUT_MS): CallParams {
  const given = fields(params, CALL_FIELDS, 'param');
  return {
    metadata: metadataOf(given.metadata, 'metadata'),
    tags: textTags(given.tags),
    timeoutMs: given.timeout === undefined ? timeoutMs : timeoutOf(given.timeout),
    discardResponseMessage: flagOf(given.discardResponseMessage, 'discardResponseMessage'),
  };
}

export function connectParams(params: unknown): ConnectParams {
  const given = fields(params, CONNECT_FIELDS, 'connect param');
  const authority = given.authority;
  if (authority !== undefined && typeof authority !== 'string')
    throw new Error('invalid authority value: it must be a text');
  return {
    tls: flagOf(given.plaintext, 'plaintext') ? undefined : tlsOf(given.tls),
    authority,
    timeoutMs: given.timeout === undefined ? TIMEOUT_MS : timeoutOf(given.timeout),
    maxReceiveSize: sizeOf(given.maxReceiveSize, 'maxReceiveSize'),
    maxSendSize: sizeOf(given.maxSendSize, 'maxSendSize'),
    reflect: flagOf(given.reflect, 'reflect'),
    reflectMetadata: metadataOf(given.reflectMetadata, 'reflectMetadata'),
  };
}

const CALL_FIELDS = ['metadata', 'tags', 'timeout', 'discardResponseMessage'];
const CONNECT_FIELDS = [
  'authority',
  'maxReceiveSize',
  'maxSendSize',
  'plaintext',
  'reflect',
  'reflectMetadata',
  'timeout',
  'tls',
];

function fields(
  params: unknown,
  known: readonly string[],
  what: string,
): Readonly<Record<string, unknown>> {
  if (params === undefined || params === null) return {};
  if (typeof params !== 'object') throw new Error(`${what}s must be an object`);
  const unknownOne = Object.keys(params).find((name) => !known.includes(name));
  if (unknownOne !== undefined)
    throw new Error(
      `unknown ${what}: ${JSON.stringify(unknownOne)}; known are ${known.join(', ')}`,
    );
  return { ...params };
}

function metadataOf(metadata: unknown, field: string): GrpcMetadata {
  if (metadata === undefined || metadata === null) return [];
  if (typeof metadata !== 'object')
    throw new Error(`${field} must be an object with key-value pairs`);
  return Object.entries(metadata).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'string')
      return [name, name.endsWith('-bin') ? Buffer.from(value, 'utf8') : value] as const;
    const bytes = name.endsWith('-bin') ? bytesOf(value) : undefined;
    if (bytes === undefined)
      throw new Error(
        `${field} ${JSON.stringify(name)} must be a text${name.endsWith('-bin') ? ' or bytes' : ''}`,
      );
    return [name, bytes] as const;
  });
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : undefined;
}

function tlsOf(tls: unknown): GrpcTls {
  const { cacerts, cert, key, password }: Readonly<Record<string, unknown>> = Object(tls ?? {});
  const text = (value: unknown, field: string): string | undefined => {
    if (value === undefined || typeof value === 'string') return value;
    throw new Error(`invalid tls ${field} value: it must be PEM text`);
  };
  const authorities = cacerts === undefined ? [] : Array.isArray(cacerts) ? cacerts : [cacerts];
  return {
    cacerts: authorities.map((one: unknown) => text(one, 'cacerts') ?? ''),
    cert: text(cert, 'cert'),
    key: text(key, 'key'),
    password: text(password, 'password'),
  };
}

function flagOf(value: unknown, field: string): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw new Error(`invalid ${field} value: '${String(value)}', it needs to be boolean`);
}

/** Bytes. */
function sizeOf(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new Error(`invalid ${field} value: '${String(value)}', it needs to be a positive integer`);
}

/** A number is milliseconds. */
function timeoutOf(value: unknown): number {
  const us = parseDurationUs(value);
  if (us !== undefined) return us / 1000;
  throw new Error(`invalid timeout value: give milliseconds or a duration like "30s"`);
}
