/** MD4 and its HMAC (RFC 1320, RFC 2104), which Node's OpenSSL no longer has, in the shape of Node's hashes. */
import md4 from 'js-md4';

const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;

export class Md4 {
  readonly #parts: Uint8Array[] = [];
  readonly #key: Uint8Array | undefined;

  /** `key`: of an HMAC. */
  constructor(key?: Uint8Array) {
    this.#key = key === undefined ? undefined : blockOf(key);
  }

  update(bytes: Uint8Array): this {
    this.#parts.push(Uint8Array.from(bytes));
    return this;
  }

  copy(): Md4 {
    const copy = new Md4(this.#key);
    copy.#parts.push(...this.#parts);
    return copy;
  }

  digest(): Buffer {
    const key = this.#key;
    if (key === undefined) return hashed(this.#parts);
    const padded = (pad: number): Uint8Array => key.map((byte) => byte ^ pad);
    return hashed([padded(OUTER), hashed([padded(INNER), ...this.#parts])]);
  }
}

function blockOf(key: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.byteLength > BLOCK_BYTES ? hashed([key]) : key);
  return block;
}

function hashed(parts: readonly Uint8Array[]): Buffer {
  return Buffer.from(md4.arrayBuffer(Buffer.concat(parts)));
}
