/**
 * Signed tokens: a code (code.ts) as a telephone shows it to a gate that has no network. The gate has a public key and a clock, and no
 * secret: it can tell who came, when and by which code, and cannot make a token itself. Text, base64url of
 *
 *    0        1       2          6                22                     86
 *    version  kind    user       id               signature
 *    1        uint8   uint32 BE  4 x uint32 BE    Ed25519 (RFC 8032) of what is before it
 *
 * What a gate cannot tell is whether the token was shown elsewhere: that is for the ledger, once it is uploaded.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { type OperationIdWords, operationIdUnixMs } from '../wire/operation-id.js';

export interface Token {
  /** Number of the kind of operation that it is for. */
  readonly kind: number;
  readonly user: number;
  readonly id: OperationIdWords;
}

/** Why a text is no token, or none that is good here and now. */
export type TokenProblem =
  | 'malformed'
  | 'cut'
  | 'unknown_version'
  | 'unknown_kind'
  | 'bad_signature'
  | 'from_the_future'
  | 'expired';

/** What a gate has of a kind of operation. */
export interface Seen {
  readonly publicKey: KeyObject;
  /** How far the time of a token may lie before or behind the gate's clock. */
  readonly shownMs: number;
}

const VERSION = 1;
const AT = { kind: 1, user: 2, id: 6, signature: 22 } as const;
const TOKEN_BYTES = 86;
const TOKEN_CHARACTERS = Math.ceil((TOKEN_BYTES * 8) / 6);
/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

export function signedToken({ kind, user, id }: Token, key: KeyObject): string {
  const bytes = Buffer.alloc(TOKEN_BYTES);
  bytes[0] = VERSION;
  bytes[AT.kind] = kind;
  bytes.writeUInt32BE(user, AT.user);
  for (const [index, word] of id.entries()) bytes.writeUInt32BE(word, AT.id + index * 4);
  sign(null, bytes.subarray(0, AT.signature), key).copy(bytes, AT.signature);
  return bytes.toString('base64url');
}

/** What the token says, or why it is not let through. `seenOf`: by number of the kind; undefined for one that is not for this gate. */
export function readToken(
  text: string,
  seenOf: (kind: number) => Seen | undefined,
  nowMs: number,
): Token | TokenProblem {
  const bytes = bytesOf(text);
  if (!Buffer.isBuffer(bytes)) return bytes;
  if (bytes[0] !== VERSION) return 'unknown_version';
  const kind = bytes.readUInt8(AT.kind);
  const seen = seenOf(kind);
  if (seen === undefined) return 'unknown_kind';
  const signature = bytes.subarray(AT.signature);
  if (!verify(null, bytes.subarray(0, AT.signature), seen.publicKey, signature))
    return 'bad_signature';
  const id = [0, 4, 8, 12].map((at) => bytes.readUInt32BE(AT.id + at));
  const [a = 0, b = 0, c = 0, d = 0] = id;
  const aheadMs = operationIdUnixMs(a, b) - nowMs;
  if (aheadMs > seen.shownMs) return 'from_the_future';
  if (-aheadMs > seen.shownMs) return 'expired';
  return { kind, user: bytes.readUInt32BE(AT.user), id: [a, b, c, d] };
}

/** The one text that these bytes have: no token has two. */
function bytesOf(text: string): Buffer | TokenProblem {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length > TOKEN_CHARACTERS) return 'malformed';
  if (text.length < TOKEN_CHARACTERS) return 'cut';
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : 'malformed';
}

/** Made of a text that nobody else knows: for a drill, the secret of its codes. */
export function tokenKey(secret: string): KeyObject {
  return keyOfSeed(createHash('sha256').update(`${secret}:token`).digest());
}

/** `seed`: the 32 bytes that RFC 8032 calls the private key. */
export function keyOfSeed(seed: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
}

export function publicKeyOf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}
