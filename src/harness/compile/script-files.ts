/**
 * The files that a script opens in its init code: relative to the file in which open() is written, read once a thread. Which they
 * are is found when VU 0 runs the init code; a VU that opens another one is refused, as in k6, so that what a plan was made
 * of is all that a run can read. A module from the web opens nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { messageOf } from '../message-of.js';
import { addressOfSource } from './source-paths.js';

export class ScriptFiles {
  readonly #folder: string;
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #read = new Map<string, Buffer>();

  /** `folder`: of the script; `allowed`: absolute paths, undefined for VU 0, which may open any. */
  constructor(folder: string, allowed: readonly string[] | undefined) {
    this.#folder = folder;
    this.#allowed = allowed && new Set(allowed);
  }

  /** Absolute paths of those opened so far. */
  get opened(): readonly string[] {
    return [...this.#read.keys()];
  }

  /** `source`: the file that the call is in, as the bundle's map names it. */
  open(source: string, path: unknown, mode: unknown): string | ArrayBuffer {
    const address = addressOfSource(source);
    if (address !== undefined)
      throw new Error(`open(): ${address} is a module from the web, which opens no files`);
    if (typeof path !== 'string' || path === '') throw new TypeError('open(): name a file');
    const absolute = this.#absolute(source, path);
    const bytes = this.#read.get(absolute) ?? this.#bytesOf(absolute, path);
    return mode === 'b' ? new Uint8Array(bytes).buffer : bytes.toString('utf8');
  }

  /** Whether open() would find it. */
  exists(source: string, path: string): boolean {
    const absolute = this.#absolute(source, path);
    return this.#allowed === undefined ? existsSync(absolute) : this.#allowed.has(absolute);
  }

  /** What `import.meta.resolve()` gives in that file. */
  resolve(source: string, specifier: unknown): string {
    const base = addressOfSource(source) ?? pathToFileURL(resolve(this.#folder, source));
    return new URL(String(specifier), base).href;
  }

  #absolute(source: string, path: string): string {
    return path.startsWith('file:')
      ? fileURLToPath(path)
      : resolve(this.#folder, dirname(source), path);
  }

  #bytesOf(absolute: string, path: string): Buffer {
    if (this.#allowed?.has(absolute) === false)
      throw new Error(
        `open(): ${path} was not opened by VU 0: open it in every VU, whatever __VU is`,
      );
    try {
      const bytes = readFileSync(absolute);
      this.#read.set(absolute, bytes);
      return bytes;
    } catch (cause) {
      throw new Error(`open(): cannot read ${path}: ${messageOf(cause)}`, { cause });
    }
  }
}
