/**
 * The module `k6/experimental/fs`: files that are read piece by piece. Their bytes are kept once a thread; how far each has been read is
 * the VU's own.
 */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Vu } from '../../vu/virtual-user.js';
import type { ModuleApi } from '../module-api.js';

const SEEK_MODE = { Start: 0, Current: 1, End: 2 } as const;

export const fsApi: ModuleApi = {
  exports: { open: 'plain', SeekMode: 'plain' },
  create: (vu) => fsOf(vu),
};

function fsOf(vu: Vu): object {
  const module = {
    SeekMode: SEEK_MODE,
    /** Relative to the script. Rejects where VU 0 did not open it in its init code, like the global open(). */
    async open(path: unknown): Promise<File> {
      return new File(pathOf(vu, path), bytesOf(vu, path));
    },
    get default(): object {
      return module;
    },
  };
  return module;
}

/** `file:` address or path, as open() takes them. */
function pathOf(vu: Vu, path: unknown): string {
  // Of a file that stands beside the script.
  return fileURLToPath(vu.thread.files.resolve('script', path));
}

function bytesOf({ thread }: Vu, path: unknown): Uint8Array {
  const key = `file ${String(path)}`;
  const known = thread.shared.get(key);
  if (known instanceof Uint8Array) return known;
  const opened = thread.files.open('', path, 'b');
  if (typeof opened === 'string') throw new TypeError('a file is read as bytes');
  const bytes = new Uint8Array(opened);
  thread.shared.set(key, bytes);
  return bytes;
}

export class File {
  /** Absolute. */
  readonly path: string;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.#bytes = bytes;
  }

  async stat(): Promise<{ readonly name: string; readonly size: number }> {
    return { name: basename(this.path), size: this.#bytes.byteLength };
  }

  /** How many bytes were put into it; null at the end. */
  async read(into: unknown): Promise<number | null> {
    if (!(into instanceof Uint8Array)) throw new TypeError('read() fills a Uint8Array');
    if (into.byteLength === 0) throw new TypeError('read() cannot fill an empty Uint8Array');
    const part = this.#bytes.subarray(this.#at, this.#at + into.byteLength);
    if (part.byteLength === 0) return null;
    into.set(part);
    this.#at += part.byteLength;
    return part.byteLength;
  }

  /** The new place, from the start. */
  async seek(offset: unknown, whence: unknown): Promise<number> {
    if (typeof offset !== 'number' || !Number.isInteger(offset))
      throw new TypeError('seek() takes a whole number of bytes');
    const at = this.#from(whence) + offset;
    if (at < 0 || at > this.#bytes.byteLength)
      throw new RangeError(`seek() to ${at}: the file has ${this.#bytes.byteLength} bytes`);
    this.#at = at;
    return at;
  }

  /** All of it, wherever it has been read to: for other modules. */
  static bytesOf(file: File): Uint8Array {
    return file.#bytes;
  }

  #from(whence: unknown): number {
    switch (whence) {
      case SEEK_MODE.Start:
        return 0;
      case SEEK_MODE.Current:
        return this.#at;
      case SEEK_MODE.End:
        return this.#bytes.byteLength;
      default:
        throw new TypeError('seek() counts from SeekMode.Start, Current or End');
    }
  }
}
