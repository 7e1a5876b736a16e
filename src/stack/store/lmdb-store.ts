/**
 * The store on LMDB, two databases in one file: `log` with one value per batch, keyed by its ordinal + 1, and `derived`.
 * LMDB's own transaction makes a batch, and what comes with it, whole or absent after a crash. `overlappingSync` is off, so that a commit is: pages written, fdatasync, meta page
 * written through a descriptor opened O_DSYNC - and only then does the promise resolve (seen with strace; with
 * overlappingSync, lmdb's default, the promise resolves before the fdatasync, and a failed one is never
 * reported). `append: true` (MDB_APPEND) makes a second process that wrote the same ordinal a refusal.
 *
 * `derived` has under the key FOLLOWS the head of the batch with which it was last written: a log that ends elsewhere, or
 * has another batch there, is not the one it was derived from.
 *
 * The map is address space, not disk: the file grows with the batches. `bytesMax` bounds it.
 */
import { existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { readUint64 } from '../../wire/bytes.js';
import {
  BATCH_HEAD_BYTES,
  batchDamage,
  DERIVED_HEAD_BYTES,
  type Derived,
  isDerivedWhole,
  type Store,
  StoreError,
  sealBatch,
  sealDerived,
} from './store.js';

/** Bytes of batches one store takes by default: 64 GiB. */
export const STORE_BYTES_MAX = 64 * 2 ** 30;

const FILE = 'ledger.mdb';

const FOLLOWS = Uint8Array.of(0);

/** LMDB maps its lock file: on a disk without room for it the process would die of a signal, not of an error. */
const ROOM_TO_BEGIN_BYTES = 256 * 1024;

/**
 * What a commit writes beside the batch. A write that the disk cuts short makes LMDB print to standard error by itself, in
 * front of the line that says what it means, so it is not attempted.
 */
const ROOM_FOR_PAGES_BYTES = 64 * 1024;

export interface LmdbStoreOptions {
  /** Made when missing; holds `ledger.mdb` and its lock file. */
  readonly folder: string;
  /** Default STORE_BYTES_MAX. */
  readonly bytesMax?: number;
  /**
   * Planted bugs: what a store that is opened again makes of its last batch; undefined = the batch goes, and it is asked of
   * the one before. Not asked of the first.
   */
  readonly mendTail?: (batch: Uint8Array) => Uint8Array | undefined;
}

/** Throws StoreError when the folder cannot be used. */
export function openLmdbStore(options: LmdbStoreOptions): Store {
  try {
    mkdirSync(options.folder, { recursive: true });
    checkRoom(options.folder);
    const root = open<Uint8Array, number>({
      path: join(options.folder, FILE),
      encoding: 'binary',
      mapSize: 2 ** 35,
      overlappingSync: false,
      eventTurnBatching: false,
      maxReaders: 16,
      noMemInit: true,
    });
    return new LmdbStore(root, options);
  } catch (error) {
    throw failure(`cannot open the store in ${options.folder}`, error);
  }
}

/** A store that is there already may be opened, and read, on a full disk. */
function checkRoom(folder: string): void {
  if (existsSync(join(folder, FILE))) return;
  const free = freeBytes(folder);
  if (free < ROOM_TO_BEGIN_BYTES) {
    throw new Error(`${free} bytes free, ${ROOM_TO_BEGIN_BYTES} are needed to begin`);
  }
}

class LmdbStore implements Store {
  readonly #root: RootDatabase<Uint8Array, number>;
  readonly #log: Database<Uint8Array, number>;
  readonly #derived: Database<Uint8Array, Uint8Array>;
  readonly #folder: string;
  readonly #bytesMax: number;
  #batches: number;
  #appending = false;

  constructor(root: RootDatabase<Uint8Array, number>, options: LmdbStoreOptions) {
    this.#root = root;
    const binary = { encoding: 'binary' } as const;
    this.#log = root.openDB({ ...binary, name: 'log', keyEncoding: 'uint32' });
    this.#derived = root.openDB({ ...binary, name: 'derived', keyEncoding: 'binary' });
    this.#folder = options.folder;
    this.#bytesMax = options.bytesMax ?? STORE_BYTES_MAX;
    let last = 0;
    for (const key of this.#log.getKeys({ reverse: true, limit: 1 })) last = key;
    this.#batches = last;
    if (options.mendTail !== undefined && last > 1) this.#mendTail(options.mendTail);
  }

  get batches(): number {
    return this.#batches;
  }

  async append(batch: Uint8Array, derived: readonly Derived[] = []): Promise<void> {
    if (this.#appending) throw new Error('append while another append is under way');
    const ordinal = this.#batches;
    const attempt = `cannot write batch ${ordinal} to ${this.#folder}`;
    const bytes = derived.reduce((sum, { value }) => sum + value.byteLength, batch.byteLength);
    if (statSync(join(this.#folder, FILE)).size + bytes > this.#bytesMax) {
      throw new StoreError(`${attempt}: the store's bound of ${this.#bytesMax} bytes is reached`);
    }
    this.#appending = true;
    sealBatch(batch, ordinal);
    for (const one of derived) sealDerived(one);
    const room = { bytes, words: `${attempt}, ${diskWords(this.#folder, bytes)}` };
    const written = await quietly(() => this.#put(ordinal, batch, derived, room));
    if (!written) throw new StoreError(`${attempt}: another process has written it`);
    this.#root.resetReadTxn();
    this.#batches = ordinal + 1;
    this.#appending = false;
  }

  async #put(
    ordinal: number,
    batch: Uint8Array,
    derived: readonly Derived[],
    { bytes, words }: { readonly bytes: number; readonly words: string },
  ): Promise<boolean> {
    try {
      if (freeBytes(this.#folder) < bytes + ROOM_FOR_PAGES_BYTES)
        throw new Error('no room for it on the disk');
      // lmdb's types give the options of a put to putSync only.
      const values = [keyOf(ordinal), batch, { append: true }];
      const put = (): unknown => Reflect.apply(this.#log.put, this.#log, values);
      if (derived.length === 0) return (await put()) === true;
      let written: unknown;
      const all = this.#log.batch(() => {
        written = put();
        for (const { key, value } of derived) this.#derived.put(key, value);
        this.#derived.put(FOLLOWS, batch.subarray(0, BATCH_HEAD_BYTES));
      });
      return (await Promise.all([written, all]))[0] === true;
    } catch (error) {
      throw failure(words, await commitCause(error));
    }
  }

  read(ordinal: number): Uint8Array {
    return this.#read(ordinal, true);
  }

  reread(ordinal: number): Uint8Array {
    return this.#read(ordinal, false);
  }

  #read(ordinal: number, checksum: boolean): Uint8Array {
    const where = `batch ${ordinal} in ${this.#folder}`;
    const batch = this.#log.getBinaryFast(keyOf(ordinal));
    if (batch === undefined) throw new StoreError(`${where} is missing`);
    // lmdb's reusable buffer carries the value's length as a property; the view is cut to it.
    const bytes = batch.subarray(0, batch.length);
    const damage = batchDamage(bytes, ordinal, checksum);
    if (damage !== undefined) throw new StoreError(`${where} is damaged: ${damage}`);
    return bytes;
  }

  #mendTail(mend: (batch: Uint8Array) => Uint8Array | undefined): void {
    while (this.#batches > 1) {
      const ordinal = this.#batches - 1;
      const mended = mend(Buffer.from(this.read(ordinal)));
      if (mended !== undefined) {
        sealBatch(mended, ordinal);
        this.#log.putSync(keyOf(ordinal), mended);
        return;
      }
      this.#log.removeSync(keyOf(ordinal));
      this.#batches = ordinal;
    }
  }

  derivedFollows(): boolean {
    const found = this.#derived.getBinary(FOLLOWS);
    if (found === undefined || found.byteLength !== BATCH_HEAD_BYTES) return false;
    const ordinal = readUint64(new DataView(found.buffer, found.byteOffset), 8);
    if (ordinal >= this.#batches) return false;
    return Buffer.compare(found, this.read(ordinal).subarray(0, BATCH_HEAD_BYTES)) === 0;
  }

  derived(key: Uint8Array): Uint8Array | undefined {
    const found = this.#derived.getBinaryFast(key);
    if (found === undefined) return undefined;
    const value = found.subarray(0, found.length);
    if (!isDerivedWhole({ key, value })) {
      // So that the next start reads the batches.
      this.#sync('disown derived values in', () => this.#derived.removeSync(FOLLOWS));
      const name = Buffer.from(key).toString('hex');
      throw new StoreError(`derived value ${name} in ${this.#folder} is damaged`);
    }
    return value.subarray(DERIVED_HEAD_BYTES);
  }

  putDerived(derived: readonly Derived[]): void {
    for (const one of derived) sealDerived(one);
    this.#sync('keep derived values in', () => {
      for (const { key, value } of derived) this.#derived.putSync(key, value);
    });
  }

  derivedFollow(): void {
    const head = Buffer.from(this.read(this.#batches - 1).subarray(0, BATCH_HEAD_BYTES));
    this.#sync('keep derived values in', () => this.#derived.putSync(FOLLOWS, head));
  }

  clearDerived(): void {
    // Where there are none nothing is written: the disk may be full.
    if (this.#derived.getKeysCount({ limit: 1 }) === 0) return;
    this.#sync('clear derived values of', () => this.#derived.clearSync());
  }

  #sync(attempt: string, write: () => void): void {
    try {
      this.#root.transactionSync(write);
    } catch (error) {
      throw failure(`cannot ${attempt} ${this.#folder}`, error);
    }
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}

/** LMDB calls a write cut short by a full disk an input/output error, so the room is told beside it. */
function diskWords(folder: string, batchBytes: number): string {
  const kib = (bytes: number): string => `${Math.floor(bytes / 1024).toLocaleString('en')} KiB`;
  return `${kib(batchBytes)} with ${kib(freeBytes(folder))} free`;
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Keys begin at 1: lmdb's reverse iteration does not see a key of 0. */
function keyOf(ordinal: number): number {
  return ordinal + 1;
}

function failure(attempt: string, cause: unknown): StoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(`${attempt}: ${reason}`, { cause });
}

/** lmdb rejects a put with a general error that carries a promise rejecting with the system's own. */
async function commitCause(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

/** lmdb prints the error of a failed commit with its stack; the StoreError says the same in one line. */
async function quietly<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const print = console.error;
  const errors: unknown[] = [];
  console.error = (...words: unknown[]) => {
    if (words.length === 1 && words[0] instanceof Error && 'code' in words[0])
      errors.push(words[0]);
    else print(...words);
  };
  try {
    return await attempt();
  } finally {
    console.error = print;
  }
}
