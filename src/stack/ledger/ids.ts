/**
 * Every operation id the shard remembers, and what became of it. Three parts, none of which is copied as a
 * whole when it grows:
 *
 *   index    256 open-addressing tables of (hash, record + 1); each doubles by itself, a few hundred us at a time
 *   records  6 words each, in pages of 256, in segments of 256 pages: id (4) | a | b = c * 16 + state
 *   buckets  the pages of one second of id time (UUID v7: the id says when it was made)
 *
 * Bound: RECORDS_MAX records (16M, counted in whole pages). When they run out, the oldest seconds are forgotten
 * and the watermark rises to their end: an id made before the watermark that is not found may have been applied
 * and forgotten, so the ledger refuses it (`id_too_old`) and never applies it twice. Ids that are still open (tried,
 * held) are never forgotten. Around the bound a page is reused in steps, a few hundred ids at a time.
 *
 * `a` and `c` say where to look: declined, cancelled: a = result code, c = `userMark`. Tried, held: a = slot of pending.ts.
 * Everything else: a = ordinal of the batch, c = offset of the entry in it, in units of 32 bytes.
 */
import { operationIdUnixMs } from '../../wire/operation-id.js';

export const STATE = {
  posted: 1,
  tried: 2,
  confirmed: 3,
  cancelled: 4,
  declined: 5,
  held: 6,
  captured: 7,
  voided: 8,
  expired: 9,
} as const;

/** Whose a declined id is, in 28 bits: all of a user's number up to 2^28 - 1, and part of a greater one. */
export function userMark(user: number): number {
  return user & 0xfffffff;
}

export const RECORDS_MAX = 2 ** 24;

const WORDS = 6;
const PAGE = 256;
const PAGES_PER_SEGMENT = 256;
const SEGMENT_MASK = PAGE * PAGES_PER_SEGMENT - 1;
const SEGMENT_SHIFT = 16;
const TABLES = 256;
const TABLE_START = 64;

interface Bucket {
  /** Milliseconds of id time / 1024. */
  readonly key: number;
  readonly pages: number[];
  /** Records in the last page. */
  fill: number;
}

export interface IdTableOptions {
  /** Default RECORDS_MAX; rounded up to whole pages, at least 64 of them. */
  readonly recordsMax?: number;
  /** A record that must not be forgotten moved from one place to another. */
  readonly onMove?: (from: number, to: number) => void;
  /** A record was forgotten. */
  readonly onForget?: (record: number) => void;
}

export class IdTable {
  /** Ids made before this that are not found may have been forgotten. Milliseconds since the Unix epoch. */
  watermarkMs = 0;
  #count = 0;
  readonly #tables: Uint32Array[] = [];
  readonly #used = new Int32Array(TABLES);
  readonly #segments: Int32Array[] = [];
  readonly #pagesMax: number;
  #pagesMade = 0;
  readonly #freePages: number[] = [];
  readonly #leaving: { page: number; records: number }[] = [];
  readonly #buckets = new Map<number, Bucket>();
  #lastBucket: Bucket = { key: -1, pages: [], fill: PAGE };
  #kept: Bucket = { key: -1, pages: [], fill: PAGE };
  readonly #options: IdTableOptions;

  constructor(options: IdTableOptions = {}) {
    this.#options = options;
    this.#pagesMax = Math.max(64, Math.ceil((options.recordsMax ?? RECORDS_MAX) / PAGE));
    for (let i = 0; i < TABLES; i++) this.#tables.push(new Uint32Array(TABLE_START * 2));
  }

  get count(): number {
    return this.#count;
  }

  state(record: number): number {
    return this.#segments[record >>> SEGMENT_SHIFT][(record & SEGMENT_MASK) * WORDS + 5] & 15;
  }

  a(record: number): number {
    return this.#segments[record >>> SEGMENT_SHIFT][(record & SEGMENT_MASK) * WORDS + 4];
  }

  c(record: number): number {
    return this.#segments[record >>> SEGMENT_SHIFT][(record & SEGMENT_MASK) * WORDS + 5] >>> 4;
  }

  set(record: number, state: number, a: number, c: number): void {
    const segment = this.#segments[record >>> SEGMENT_SHIFT];
    const at = (record & SEGMENT_MASK) * WORDS;
    segment[at + 4] = a;
    segment[at + 5] = (c << 4) | state;
  }

  /**
   * Reads where the index would have the id. For callers about to look up many: the reads of one loop wait for memory
   * together, those of separate look-ups one after the other. What it returns means nothing but must be used.
   */
  touch(word0: number, word1: number, word2: number, word3: number): number {
    const hash = hashOf(word0, word1, word2, word3);
    const table = this.#tables[hash & (TABLES - 1)];
    return table[((hash >>> 8) & ((table.length >>> 1) - 1)) * 2] & 1;
  }

  /** The record of an id, or -1. The four words are int32. */
  find(word0: number, word1: number, word2: number, word3: number): number {
    const hash = hashOf(word0, word1, word2, word3);
    const table = this.#tables[hash & (TABLES - 1)];
    const mask = (table.length >>> 1) - 1;
    let slot = (hash >>> 8) & mask;
    for (;;) {
      const entry = table[slot * 2 + 1];
      if (entry === 0) return -1;
      if (table[slot * 2] === hash && this.#is(entry - 1, word0, word1, word2, word3)) {
        return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
  }

  /**
   * A new record for an id that `find` does not find; the caller sets its state at once. -1 when every record belongs
   * to an id that must not be forgotten.
   */
  insert(word0: number, word1: number, word2: number, word3: number): number {
    const hash = hashOf(word0, word1, word2, word3);
    const record = this.#place(Math.floor(operationIdUnixMs(word0, word1) / 1024));
    if (record < 0) return -1;
    const segment = this.#segments[record >>> SEGMENT_SHIFT];
    const at = (record & SEGMENT_MASK) * WORDS;
    segment[at] = word0;
    segment[at + 1] = word1;
    segment[at + 2] = word2;
    segment[at + 3] = word3;
    this.#indexAdd(hash, record);
    this.#count++;
    return record;
  }

  /** Forgets every id that is not open and lets it come again: only for the mutant that does so. */
  forgetClosed(): void {
    const { watermarkMs } = this;
    this.#forgetOldest(Number.POSITIVE_INFINITY);
    while (this.#leaving.length > 0) this.#emptyPage();
    this.watermarkMs = watermarkMs;
  }

  /** Forgets one id and lets it come again: only for the mutants that do so. */
  forget(record: number): void {
    const at = (record & SEGMENT_MASK) * WORDS;
    const [w0, w1, w2, w3] = this.#segments[record >>> SEGMENT_SHIFT].subarray(at, at + 4);
    this.#indexRemove(hashOf(w0, w1, w2, w3), record);
  }

  #is(record: number, word0: number, word1: number, word2: number, word3: number): boolean {
    const segment = this.#segments[record >>> SEGMENT_SHIFT];
    const at = (record & SEGMENT_MASK) * WORDS;
    return (
      segment[at + 3] === word3 &&
      segment[at + 2] === word2 &&
      segment[at + 1] === word1 &&
      segment[at] === word0
    );
  }

  #indexAdd(hash: number, record: number): void {
    const number = hash & (TABLES - 1);
    let table = this.#tables[number];
    if (++this.#used[number] * 10 > table.length * 3.5) {
      table = doubled(table);
      this.#tables[number] = table;
    }
    place(table, hash, record + 1);
  }

  /** A free record among those of one second. */
  #place(key: number): number {
    let bucket = this.#lastBucket;
    if (bucket.key !== key) {
      bucket = this.#buckets.get(key) ?? { key, pages: [], fill: PAGE };
      this.#lastBucket = bucket;
    }
    if (bucket.fill === PAGE) {
      const page = this.#takePage();
      if (page < 0) return -1;
      // The bucket itself may have been emptied to find the page.
      if (bucket.pages.length === 0) this.#buckets.set(key, bucket);
      bucket.pages.push(page);
      bucket.fill = 0;
    }
    return bucket.pages[bucket.pages.length - 1] * PAGE + bucket.fill++;
  }

  #takePage(): number {
    if (this.#pagesMade < this.#pagesMax) return this.#makePage();
    const reserve = Math.max(2, this.#pagesMax >>> 6);
    if (this.#freePages.length + this.#leaving.length < reserve) this.#forgetOldest(reserve);
    for (let steps = 0; this.#leaving.length > 0; steps++) {
      if (steps >= 4 && this.#freePages.length > 1) break;
      this.#emptyPage();
    }
    return this.#freePages.pop() ?? -1;
  }

  #makePage(): number {
    const page = this.#pagesMade++;
    if (page % PAGES_PER_SEGMENT === 0) {
      this.#segments.push(new Int32Array(PAGE * PAGES_PER_SEGMENT * WORDS));
    }
    return page;
  }

  /** Raises the watermark over the oldest seconds until `pages` pages are on their way out. */
  #forgetOldest(pages: number): void {
    const keys = Float64Array.from(this.#buckets.keys()).sort();
    for (const key of keys) {
      if (this.#leaving.length >= pages) return;
      const bucket = this.#buckets.get(key);
      if (bucket === undefined) continue;
      this.#buckets.delete(key);
      this.watermarkMs = Math.max(this.watermarkMs, (key + 1) * 1024);
      for (let i = 0; i < bucket.pages.length; i++) {
        const records = i === bucket.pages.length - 1 ? bucket.fill : PAGE;
        this.#leaving.push({ page: bucket.pages[i], records });
      }
      bucket.pages.length = 0;
      bucket.fill = PAGE;
    }
  }

  /** Forgets the ids of one page that is leaving; those that are still open move to a kept page first. */
  #emptyPage(): void {
    const leaving = this.#leaving.pop();
    if (leaving === undefined) return;
    const { page, records } = leaving;
    const keep: Kept[] = [];
    for (let record = page * PAGE; record < page * PAGE + records; record++) {
      const segment = this.#segments[record >>> SEGMENT_SHIFT];
      const at = (record & SEGMENT_MASK) * WORDS;
      const words = segment.slice(at, at + WORDS);
      const state = words[5] & 15;
      this.#indexRemove(hashOf(words[0], words[1], words[2], words[3]), record);
      this.#count--;
      if (state === STATE.tried || state === STATE.held) keep.push({ record, words });
      else this.#options.onForget?.(record);
    }
    this.#freePages.push(page);
    for (const kept of keep) this.#keep(kept);
  }

  /** Kept ids live in buckets of their own, between the seconds, and leave with them once they are closed. */
  #keep({ record, words }: Kept): void {
    if (this.#kept.pages.length === 0 || this.#buckets.get(this.#kept.key) !== this.#kept) {
      const key = Math.max(this.#lastBucket.key, Math.floor(this.watermarkMs / 1024)) + 0.5;
      this.#kept = this.#buckets.get(key) ?? { key, pages: [], fill: PAGE };
      this.#buckets.set(key, this.#kept);
    }
    if (this.#kept.fill === PAGE) {
      const page = this.#freePages.pop();
      if (page === undefined) throw new Error('no page for an id that must be kept');
      this.#kept.pages.push(page);
      this.#kept.fill = 0;
    }
    const moved = this.#kept.pages[this.#kept.pages.length - 1] * PAGE + this.#kept.fill++;
    this.#segments[moved >>> SEGMENT_SHIFT].set(words, (moved & SEGMENT_MASK) * WORDS);
    this.#indexAdd(hashOf(words[0], words[1], words[2], words[3]), moved);
    this.#count++;
    this.#options.onMove?.(record, moved);
  }

  #indexRemove(hash: number, record: number): void {
    const number = hash & (TABLES - 1);
    const table = this.#tables[number];
    const mask = (table.length >>> 1) - 1;
    let hole = (hash >>> 8) & mask;
    while (table[hole * 2 + 1] !== record + 1) {
      if (table[hole * 2 + 1] === 0) throw new Error('an id to forget is not in the index');
      hole = (hole + 1) & mask;
    }
    this.#used[number]--;
    // Backward shift: whatever would no longer be found across the hole moves into it.
    for (let slot = (hole + 1) & mask; table[slot * 2 + 1] !== 0; slot = (slot + 1) & mask) {
      const home = (table[slot * 2] >>> 8) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      table[hole * 2] = table[slot * 2];
      table[hole * 2 + 1] = table[slot * 2 + 1];
      hole = slot;
    }
    table[hole * 2] = 0;
    table[hole * 2 + 1] = 0;
  }
}

interface Kept {
  readonly record: number;
  readonly words: Int32Array;
}

function place(table: Uint32Array, hash: number, entry: number): void {
  const mask = (table.length >>> 1) - 1;
  let slot = (hash >>> 8) & mask;
  while (table[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
  table[slot * 2] = hash;
  table[slot * 2 + 1] = entry;
}

function doubled(table: Uint32Array): Uint32Array {
  const grown = new Uint32Array(table.length * 2);
  for (let at = 0; at < table.length; at += 2) {
    if (table[at + 1] !== 0) place(grown, table[at], table[at + 1]);
  }
  return grown;
}

/** Mixes all 128 bits (multipliers of MurmurHash3, Austin Appleby, public domain). */
function hashOf(word0: number, word1: number, word2: number, word3: number): number {
  let hash = Math.imul(word3, 0xcc9e2d51) ^ Math.imul(word2, 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ word1;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ word0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
