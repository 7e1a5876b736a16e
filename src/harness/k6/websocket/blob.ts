/** `Blob` of k6/websockets: bytes that scripts send, and that messages are given as. */
import { Blob as NodeBlob } from 'node:buffer';

export class Blob {
  readonly type: string;
  readonly size: number;
  readonly #bytes: Uint8Array;

  /** Throws for a part that is neither text, bytes nor a Blob. */
  constructor(parts: readonly unknown[] = [], options: { readonly type?: unknown } = {}) {
    if (!Array.isArray(parts)) throw new TypeError('new Blob(): the parts must be an array');
    const bytes = new Uint8Array(Buffer.concat(parts.map(bytesOfPart)));
    this.#bytes = bytes;
    this.size = bytes.byteLength;
    this.type = options?.type === undefined ? '' : String(options.type).toLowerCase();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(new Uint8Array(this.#bytes).buffer);
  }

  bytes(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#bytes));
  }

  text(): Promise<string> {
    return Promise.resolve(Buffer.from(this.#bytes).toString('utf8'));
  }

  slice(start?: number, end?: number, type = ''): Blob {
    return new Blob([this.#bytes.slice(start, end)], { type });
  }

  stream(): ReadableStream {
    return new NodeBlob([this.#bytes]).stream();
  }

  /** Undefined where it is no Blob. */
  static bytesOf(value: unknown): Uint8Array | undefined {
    return typeof value === 'object' && value !== null && #bytes in value
      ? value.#bytes
      : undefined;
  }
}

/** Undefined where it is neither an ArrayBuffer nor a view. */
export function bytesOfBuffer(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : undefined;
}

function bytesOfPart(part: unknown): Uint8Array {
  if (typeof part === 'string') return Buffer.from(part);
  const bytes = bytesOfBuffer(part) ?? Blob.bytesOf(part);
  if (bytes !== undefined) return bytes;
  throw new TypeError('new Blob(): a part must be text, an ArrayBuffer, a view of one or a Blob');
}
