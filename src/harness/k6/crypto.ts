/**
 * The module `k6/crypto`: hashes and HMACs over text and bytes.
 */
import { createHash, createHmac, getHashes, type Hash, type Hmac } from 'node:crypto';
import type { Vu } from '../vu/virtual-user.js';
import { Md4 } from './crypto/md4.js';
import type { ModuleApi } from './module-api.js';

/** k6's names of the algorithms, and OpenSSL's. */
const ALGORITHMS = {
  md4: 'md4',
  md5: 'md5',
  sha1: 'sha1',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  sha512_224: 'sha512-224',
  sha512_256: 'sha512-256',
  ripemd160: 'ripemd160',
} as const;
type Algorithm = keyof typeof ALGORITHMS;

const NAMES = Object.keys(ALGORITHMS).filter(isAlgorithm);

export const cryptoApi: ModuleApi = {
  exports: {
    createHash: 'plain',
    createHMAC: 'plain',
    hmac: 'plain',
    randomBytes: 'plain',
    ...Object.fromEntries(NAMES.map((name) => [name, 'plain' as const])),
  },
  create: (vu) => new CryptoModule(vu),
};

type AnyHash = Hash | Hmac | Md4;

class Hasher {
  readonly #hash: AnyHash;

  constructor(hash: AnyHash) {
    this.#hash = hash;
  }

  update(data: unknown): void {
    this.#hash.update(bytesOf(data));
  }

  digest(outputEncoding: unknown): string | ArrayBuffer {
    // k6's can be asked more than once, and go on.
    return encoded(copyOf(this.#hash).digest(), outputEncoding);
  }
}

class CryptoModule {
  readonly #vu: Vu;

  constructor(vu: Vu) {
    this.#vu = vu;
    for (const name of NAMES)
      Object.defineProperty(this, name, {
        value: (data: unknown, outputEncoding: unknown) =>
          encoded(newHash(name).update(bytesOf(data)).digest(), outputEncoding),
        enumerable: true,
      });
  }

  get default(): CryptoModule {
    return this;
  }

  createHash(name: string): Hasher {
    return new Hasher(newHash(name));
  }

  createHMAC(name: string, secret: unknown): Hasher {
    return new Hasher(newHmac(name, secret));
  }

  hmac(
    name: string,
    secret: unknown,
    data: unknown,
    outputEncoding: unknown,
  ): string | ArrayBuffer {
    const digest = newHmac(name, secret).update(bytesOf(data)).digest();
    return encoded(digest, outputEncoding);
  }

  /** From the VU's generator: the same seed gives the same bytes. */
  randomBytes(size: number): ArrayBuffer {
    if (!Number.isInteger(size) || size < 1) throw new Error('invalid size');
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = Math.floor(this.#vu.random.nextFloat() * 256);
    return bytes.buffer;
  }
}

function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(ALGORITHMS, name);
}

function newHash(name: string): Hash | Md4 {
  return name === 'md4' ? new Md4() : createHash(algorithm(name));
}

function newHmac(name: string, secret: unknown): Hmac | Md4 {
  const key = bytesOf(secret);
  return name === 'md4' ? new Md4(key) : createHmac(algorithm(name), key);
}

function algorithm(name: string): string {
  if (!isAlgorithm(name))
    throw new Error(`invalid algorithm: ${name}; known are ${NAMES.join(', ')}`);
  const openssl = ALGORITHMS[name];
  if (!getHashes().includes(openssl))
    throw new Error(`${name} is not supported: this Node's OpenSSL has it not`);
  return openssl;
}

function bytesOf(data: unknown): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError(
    `a text or an ArrayBuffer is wanted, got ${data === null ? 'null' : typeof data}`,
  );
}

/** A copy of an HMAC is not to be had: that one is digested once. */
function copyOf(hash: AnyHash): AnyHash {
  return 'copy' in hash ? hash.copy() : hash;
}

function encoded(digest: Buffer, outputEncoding: unknown): string | ArrayBuffer {
  switch (outputEncoding) {
    case 'hex':
    case 'base64':
      return digest.toString(outputEncoding);
    case 'base64url':
      return digest.toString('base64url') + '='.repeat((3 - (digest.length % 3)) % 3);
    case 'base64rawurl':
      return digest.toString('base64url');
    case 'binary':
      return new Uint8Array(digest).buffer;
    default:
      throw new Error(
        `invalid output encoding: ${String(outputEncoding)}; use hex, base64, base64url, base64rawurl or binary`,
      );
  }
}
