/**
 * Every id that was ever recorded, for as long as the log lasts: looked into for ids that are not in memory (ids.ts). The
 * records of one second of id time are copied in runs, spread over chunks by hash, so that a look-up reads one chunk a
 * run; a run is never written again. What changes of a record that was copied - the end of what was open, what is refunded
 * of a payment - is kept by id beside the runs, and counts before them. Newer runs count before older ones: after a crash
 * what was replayed is copied again.
 *
 *   look up  memory --> changes not on disk yet --> changes --> runs of the id's second, newest first
 *
 * It is not even looked into for an id whose second is younger than anything that was archived before this process began and
 * than anything that left memory since: such an id is in memory or new, however late it comes.
 *
 * Nothing here is ever open: ids that are tried or held are in memory, whatever their run says.
 */
import { DERIVED_HEAD_BYTES, type Derived, type Store } from '../../store/store.js';
import { hashOf } from '../id-index.js';
import { type IdRun, type IdTable, PAGE, STATE, secondOf, WORDS } from '../ids.js';
import { chunkKey, directoryKey, recordKey, viewOf } from './keys.js';

/** Records of a chunk, about, and at most twice as many. */
const CHUNK_RECORDS = 512;
/** Seconds are keys of 32 bits: until the year 2109. */
const SECOND_MAX = 2 ** 32 - 1;
/** Seconds whose directory is remembered. */
const SECONDS_MAX = 2 ** 16;

/** A changed record: behind the head a, b as in ids.ts, u32 whether it was refunded, f64 how much. */
const CHANGED_BYTES = DERIVED_HEAD_BYTES + 20;

interface Second {
  /** log2 of the chunks of each run. */
  runs: Uint8Array;
  /** Runs that are on disk. */
  written: number;
}

interface Found {
  readonly a: number;
  readonly b: number;
  readonly refunded: number | undefined;
}

export class IdArchive {
  /**
   * False: nothing is told to it and nothing recalled. While a log is replayed that it is ahead of; and for the mutant that
   * forgets ids on restart.
   */
  isAsked = true;
  /** The newest that has a run, -1 when none has. */
  newestSecond = -1;
  /** As it was when this process began. */
  #newestAtStart = -1;
  readonly #ids: IdTable;
  readonly #refunds: Map<number, number>;
  readonly #store: Store;
  readonly #seconds = new Map<number, Second>();
  #last: Second = { runs: new Uint8Array(0), written: 0 };
  #lastSecond = -1;
  /** Changes that come with the next batch, and with the one that is being written; by key. */
  #changed = new Map<string, Derived>();
  #writing = new Map<string, Derived>();
  #runsWriting: IdRun[] = [];

  constructor(ids: IdTable, refunds: Map<number, number>, store: Store) {
    this.#ids = ids;
    this.#refunds = refunds;
    this.#store = store;
  }

  /** Ids of seconds up to this one were archived before this process began. */
  restored(newestSecond: number): void {
    this.newestSecond = newestSecond;
    this.#newestAtStart = newestSecond;
  }

  /** Brings an id that is not in memory back there: its record, or -1. Throws StoreError. */
  recall(word0: number, word1: number, word2: number, word3: number): number {
    const second = secondOf(word0, word1);
    if (!this.isAsked || second > SECOND_MAX) return -1;
    const neverLeft = second * 1024 >= this.#ids.watermarkMs;
    if (second > this.#newestAtStart && neverLeft) return -1;
    this.#turnTo(second);
    if (this.#last.written === 0) return -1;
    const found = this.#find(word0, word1, word2, word3);
    if (found === undefined) return -1;
    const state = found.b & 15;
    if (state === STATE.tried || state === STATE.held) {
      throw new Error('an id that is open is not in memory');
    }
    const record = this.#ids.recall(word0, word1, word2, word3);
    this.#ids.set(record, state, found.a, found.b >>> 4);
    if (found.refunded !== undefined) this.#refunds.set(record, found.refunded);
    return record;
  }

  /** Whether it has the id; nothing is recalled. Throws StoreError. */
  knows(word0: number, word1: number, word2: number, word3: number): boolean {
    this.#turnTo(secondOf(word0, word1));
    return this.#find(word0, word1, word2, word3) !== undefined;
  }

  /** A record that was copied is not any more what it was. */
  amend(record: number): void {
    if (!this.isAsked) return;
    const [word0, word1, word2, word3, a, b] = this.#ids.words(record);
    const key = recordKey(word0, word1, word2, word3);
    const value = Buffer.alloc(CHANGED_BYTES);
    const refunded = this.#refunds.get(record);
    value.writeInt32LE(a, DERIVED_HEAD_BYTES);
    value.writeInt32LE(b, DERIVED_HEAD_BYTES + 4);
    value.writeUInt32LE(refunded === undefined ? 0 : 1, DERIVED_HEAD_BYTES + 8);
    if (refunded !== undefined) value.writeDoubleLE(refunded, DERIVED_HEAD_BYTES + 12);
    this.#changed.set(key.toString('latin1'), { key, value });
  }

  /** The changes so far, for the batch that is about to be written. */
  takeChanges(into: Derived[]): void {
    this.#writing = this.#changed;
    this.#changed = new Map();
    for (const change of this.#writing.values()) into.push(change);
  }

  /** A run for the batch that is about to be written, before `takeChanges`: what was refunded of its records is a change. */
  copy(run: IdRun, into: Derived[]): void {
    const { second, pages, counts } = run;
    this.newestSecond = Math.max(this.newestSecond, second);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const chunksLog2 = Math.max(0, Math.ceil(Math.log2(total / CHUNK_RECORDS)));
    this.#turnTo(second);
    const number = this.#last.runs.length;
    this.#last.runs = Uint8Array.of(...this.#last.runs, chunksLog2);
    into.push(...this.#chunks(run, number, chunksLog2));
    const head = Buffer.alloc(DERIVED_HEAD_BYTES);
    into.push({ key: directoryKey(second), value: Buffer.concat([head, this.#last.runs]) });
    for (const [i, page] of pages.entries()) {
      if (this.#refunds.size === 0) break;
      for (let record = page * PAGE; record < page * PAGE + counts[i]; record++) {
        if (this.#refunds.has(record)) this.amend(record);
      }
    }
    this.#runsWriting.push(run);
  }

  /** Runs and changes that were taken are on disk. */
  written(): void {
    this.#writing = new Map();
    for (const run of this.#runsWriting) {
      this.#turnTo(run.second);
      this.#last.written++;
      this.#ids.archived(run);
    }
    this.#runsWriting = [];
  }

  /** The records of the run by the highest bits of their hash. */
  #chunks({ second, pages, counts }: IdRun, number: number, chunksLog2: number): Derived[] {
    const chunkOfRecord = new Uint16Array(pages.length * PAGE);
    const sizes = new Int32Array(2 ** chunksLog2);
    for (const [i, page] of pages.entries()) {
      const words = this.#ids.pageWords(page);
      for (let n = 0, at = 0; n < counts[i]; n++, at += WORDS) {
        const hash = hashOf(words[at], words[at + 1], words[at + 2], words[at + 3]);
        const chunk = chunkOf(hash, chunksLog2);
        chunkOfRecord[i * PAGE + n] = chunk;
        sizes[chunk]++;
      }
    }
    // One word for the head, then the records.
    const values = Array.from(sizes, (size) => new Int32Array(1 + size * WORDS));
    const next = new Int32Array(sizes.length).fill(1);
    for (const [i, page] of pages.entries()) {
      const words = this.#ids.pageWords(page);
      for (let n = 0, at = 0; n < counts[i]; n++) {
        const chunk = chunkOfRecord[i * PAGE + n];
        const value = values[chunk];
        for (let word = 0; word < WORDS; word++) value[next[chunk]++] = words[at++];
      }
    }
    return values.map(({ buffer }, chunk) => {
      return { key: chunkKey(second, number, chunk), value: new Uint8Array(buffer) };
    });
  }

  #find(word0: number, word1: number, word2: number, word3: number): Found | undefined {
    const { runs, written } = this.#last;
    if (written === 0) return undefined;
    const changed = this.#findChanged(recordKey(word0, word1, word2, word3));
    if (changed !== undefined) return changed;
    const hash = hashOf(word0, word1, word2, word3);
    for (let run = written - 1; run >= 0; run--) {
      const key = chunkKey(this.#lastSecond, run, chunkOf(hash, runs[run]));
      const bytes = this.#store.derived(key);
      if (bytes === undefined) throw new Error('a run of the archive is not whole');
      // Copied, so that it is aligned.
      const words = new Int32Array(new Uint8Array(bytes).buffer);
      for (let at = 0; at < words.length; at += WORDS) {
        if (words[at + 3] !== word3 || words[at + 2] !== word2) continue;
        if (words[at + 1] !== word1 || words[at] !== word0) continue;
        return { a: words[at + 4], b: words[at + 5], refunded: undefined };
      }
    }
    return undefined;
  }

  #findChanged(key: Buffer): Found | undefined {
    const text = key.toString('latin1');
    const fresh = this.#changed.get(text) ?? this.#writing.get(text);
    const bytes = fresh?.value.subarray(DERIVED_HEAD_BYTES) ?? this.#store.derived(key);
    if (bytes === undefined) return undefined;
    const view = viewOf(bytes);
    const wasRefunded = view.getUint32(8, true) === 1;
    return {
      a: view.getInt32(0, true),
      b: view.getInt32(4, true),
      refunded: wasRefunded ? view.getFloat64(12, true) : undefined,
    };
  }

  #turnTo(second: number): void {
    if (second === this.#lastSecond) return;
    let found = this.#seconds.get(second);
    if (found === undefined) {
      if (this.#seconds.size >= SECONDS_MAX) this.#letGo();
      const bytes = this.#store.derived(directoryKey(second));
      const runs = bytes === undefined ? new Uint8Array(0) : Uint8Array.from(bytes);
      found = { runs, written: runs.length };
      this.#seconds.set(second, found);
    }
    this.#last = found;
    this.#lastSecond = second;
  }

  /** Seconds that are being written stay: the store does not have their runs yet. */
  #letGo(): void {
    for (const [second, { runs, written }] of this.#seconds) {
      if (runs.length === written) this.#seconds.delete(second);
    }
  }
}

/** The highest bits: the lower ones find the place in the index. */
function chunkOf(hash: number, chunksLog2: number): number {
  return chunksLog2 === 0 ? 0 : hash >>> (32 - chunksLog2);
}
