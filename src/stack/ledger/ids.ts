/**
 * Every operation id the shard has in memory, and what became of it. Three parts, none of which is copied as a
 * whole when it grows:
 *
 *   index    id-index.ts: from an id to its record
 *   records  6 words each, in pages of 256, in segments of 256 pages: id (4) | a | b = c * 16 + state
 *   buckets  the pages of one second of id time (UUID v7: the id says when it was made)
 *
 *   open bucket --close--> closed --nextRun, archived--> old --forgotten--> free pages
 *    takes ids             being copied to the archive      may be forgotten, oldest second first
 *
 * Bound: RECORDS_MAX records (16M, counted in whole pages). When they run out, the oldest seconds among the old buckets
 * leave memory, and the watermark rises to their end: from then on the archive (checkpoint/archive.ts) answers for them,
 * and an id made before the watermark that nobody knows is refused (`id_too_old`). Ids that are still open (tried, held)
 * never leave. Around the bound a page is reused in steps, a few hundred ids at a time. What is looked up in the
 * archive comes back into a ring of RECALLED records.
 *
 * `a` and `c` say where to look: declined, cancelled: a = result code, c = `userMark`. Tried, held: a = slot of pending.ts.
 * Everything else: a = ordinal of the batch, c = offset of the entry in it, in units of 32 bytes.
 */
import { operationIdUnixMs } from '../../wire/operation-id.js';
import { hashOf, IdIndex } from './id-index.js';

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

/** Words of a record, and records of a page. */
export const WORDS = 6;
export const PAGE = 256;
const PAGES_MIN = 8;
const PAGES_PER_SEGMENT = 256;
const SEGMENT_MASK = PAGE * PAGES_PER_SEGMENT - 1;
const SEGMENT_SHIFT = 16;
const RECALL_PAGES = 4;
/** Records that came back from the archive and are in memory at a time. */
export const RECALLED = RECALL_PAGES * PAGE;

interface Bucket {
  /** Milliseconds of id time / 1024. */
  readonly key: number;
  readonly pages: number[];
  /** Records in the last page. */
  fill: number;
}

/** Records to be copied to the archive: `counts` of them in `pages`, all made in one second. */
export interface IdRun {
  readonly second: number;
  readonly pages: readonly number[];
  readonly counts: readonly number[];
  readonly bucket: Bucket;
  /** Nothing of the bucket is left to copy. */
  readonly isLast: boolean;
}

/** Milliseconds of id time / 1024. */
export function secondOf(word0: number, word1: number): number {
  return Math.floor(operationIdUnixMs(word0, word1) / 1024);
}

export interface IdTableOptions {
  /** Default RECORDS_MAX; rounded up to whole pages, at least PAGES_MIN of them. */
  readonly recordsMax?: number;
  /** A record that must not be forgotten moved from one place to another. */
  readonly onMove?: (from: number, to: number) => void;
  /** A record left memory. */
  readonly onForget?: (record: number) => void;
}

export class IdTable {
  /** Ids made before this that are not found may have been forgotten. Milliseconds since the Unix epoch. */
  watermarkMs = 0;
  /** Ids that left memory and are answered from the archive since. */
  left = 0;
  #count = 0;
  readonly #index = new IdIndex();
  readonly #segments: Int32Array[] = [];
  #pagesMax: number;
  #pagesMade = 0;
  readonly #freePages: number[] = [];
  readonly #leaving: { page: number; records: number }[] = [];
  /** Open, by second. */
  readonly #buckets = new Map<number, Bucket>();
  #closed: Bucket[] = [];
  /** Pages of the first closed bucket that were handed out. */
  #copied = 0;
  #old: Bucket[] = [];
  /** By page: the archive has, or is about to get, every record in it as it is now. */
  readonly #isArchived: Uint8Array;
  #lastBucket = noBucket();
  #lastKey = -1;
  #kept = noBucket();
  /** Pages of what was recalled, made at the first time; and how many records they have had. */
  readonly #ring: number[] = [];
  #recalled = 0;
  readonly #options: IdTableOptions;

  constructor(options: IdTableOptions = {}) {
    this.#options = options;
    this.#pagesMax = Math.max(PAGES_MIN, Math.ceil((options.recordsMax ?? RECORDS_MAX) / PAGE));
    this.#isArchived = new Uint8Array(this.#pagesMax + RECALL_PAGES);
  }

  /** Records in memory at most, but for what was recalled. */
  get recordsMax(): number {
    return (this.#pagesMax - this.#ring.length) * PAGE;
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
    return this.#index.touch(hashOf(word0, word1, word2, word3));
  }

  /** The record of an id, or -1. The four words are int32. */
  find(word0: number, word1: number, word2: number, word3: number): number {
    const hash = hashOf(word0, word1, word2, word3);
    const table = this.#index.table(hash);
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
    const record = this.#place(secondOf(word0, word1));
    if (record >= 0) this.#write(record, word0, word1, word2, word3);
    return record;
  }

  /** The same for an open id that the archive has: at the start, from a checkpoint. Throws when there is no room. */
  restore(word0: number, word1: number, word2: number, word3: number): number {
    const record = this.#placeKept();
    this.#write(record, word0, word1, word2, word3);
    return record;
  }

  /** The same for a closed id that was found in the archive; good until RECALLED others were. */
  recall(word0: number, word1: number, word2: number, word3: number): number {
    const turn = this.#recalled % RECALLED;
    if (this.#ring.length * PAGE <= turn) {
      this.#pagesMax++;
      this.#ring.push(this.#makePage());
    }
    const page = this.#ring[Math.floor(turn / PAGE)];
    const record = page * PAGE + (turn % PAGE);
    if (this.#recalled >= RECALLED) this.#drop(record);
    this.#isArchived[page] = 1;
    this.#recalled++;
    this.#write(record, word0, word1, word2, word3);
    return record;
  }

  /** How many ids of which second (`secondOf`) are in memory, in no order; a second may come more than once. */
  *seconds(): Generator<readonly [second: number, ids: number]> {
    for (const bucket of [...this.#buckets.values(), ...this.#closed, ...this.#old]) {
      const ids = (bucket.pages.length - 1) * PAGE + bucket.fill;
      yield [Math.floor(bucket.key), ids];
    }
  }

  /** Whether the archive must be told of a change of this record. */
  isArchived(record: number): boolean {
    return this.#isArchived[record >>> 8] === 1;
  }

  /** The six words of a record; a view. */
  words(record: number): Int32Array {
    const at = (record & SEGMENT_MASK) * WORDS;
    return this.#segments[record >>> SEGMENT_SHIFT].subarray(at, at + WORDS);
  }

  /** The words of a page's records, one after the other; a view. */
  pageWords(page: number): Int32Array {
    const at = ((page * PAGE) & SEGMENT_MASK) * WORDS;
    return this.#segments[(page * PAGE) >>> SEGMENT_SHIFT].subarray(at, at + PAGE * WORDS);
  }

  /** No further id goes into the buckets there are; they are to be archived. */
  close(): void {
    this.#closed.push(...this.#buckets.values());
    this.#buckets.clear();
    this.#lastBucket = noBucket();
  }

  /** Pages that are closed and were not handed out by `nextRun`. */
  get closedPages(): number {
    return this.#closed.reduce((sum, { pages }) => sum + pages.length, 0) - this.#copied;
  }

  /** The next records to be copied to the archive, at once: from now on changes of them are to be told to it. */
  nextRun(pagesMax: number): IdRun | undefined {
    const bucket = this.#closed[0];
    if (bucket === undefined) return undefined;
    const pages = bucket.pages.slice(this.#copied, this.#copied + pagesMax);
    this.#copied += pages.length;
    const isLast = this.#copied === bucket.pages.length;
    const counts = pages.map((page) => {
      this.#isArchived[page] = 1;
      return PAGE;
    });
    if (isLast) {
      counts[counts.length - 1] = bucket.fill;
      this.#closed.shift();
      this.#copied = 0;
    }
    return { second: bucket.key, pages, counts, bucket, isLast };
  }

  /** The archive has the run, on disk. */
  archived({ bucket, isLast }: IdRun): void {
    if (isLast) this.#old.push(bucket);
  }

  /** Forgets every id that is not open and lets it come again: only for the mutant that does so. */
  forgetClosed(): void {
    const { watermarkMs } = this;
    this.close();
    this.#old.push(...this.#closed.splice(0));
    this.#forgetOldest(Number.POSITIVE_INFINITY);
    while (this.#leaving.length > 0) this.#emptyPage();
    this.watermarkMs = watermarkMs;
  }

  /** Forgets one id and lets it come again: only for the mutants that do so. */
  forget(record: number): void {
    const [word0, word1, word2, word3] = this.words(record);
    this.#index.remove(hashOf(word0, word1, word2, word3), record);
  }

  #write(record: number, word0: number, word1: number, word2: number, word3: number): void {
    const segment = this.#segments[record >>> SEGMENT_SHIFT];
    const at = (record & SEGMENT_MASK) * WORDS;
    segment[at] = word0;
    segment[at + 1] = word1;
    segment[at + 2] = word2;
    segment[at + 3] = word3;
    this.#index.add(hashOf(word0, word1, word2, word3), record);
    this.#count++;
  }

  /** The record leaves memory. */
  #drop(record: number): void {
    this.forget(record);
    this.#count--;
    this.#options.onForget?.(record);
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

  /** A free record among those of one second. */
  #place(key: number): number {
    let bucket = this.#lastBucket;
    if (bucket.key !== key) {
      bucket = this.#buckets.get(key) ?? { key, pages: [], fill: PAGE };
      this.#lastBucket = bucket;
      this.#lastKey = key;
    }
    if (bucket.fill === PAGE) {
      const page = this.#takePage();
      if (page < 0) return -1;
      if (bucket.pages.length === 0) this.#buckets.set(key, bucket);
      this.#isArchived[page] = 0;
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
    this.#old.sort((a, b) => a.key - b.key);
    let gone = 0;
    for (const bucket of this.#old) {
      if (this.#leaving.length >= pages) break;
      gone++;
      this.watermarkMs = Math.max(this.watermarkMs, (Math.floor(bucket.key) + 1) * 1024);
      for (let i = 0; i < bucket.pages.length; i++) {
        const records = i === bucket.pages.length - 1 ? bucket.fill : PAGE;
        this.#leaving.push({ page: bucket.pages[i], records });
      }
      if (bucket === this.#kept) this.#kept = noBucket();
    }
    this.#old.splice(0, gone);
  }

  /** Forgets the ids of one page that is leaving; those that are still open move to a kept page first. */
  #emptyPage(): void {
    const leaving = this.#leaving.pop();
    if (leaving === undefined) return;
    const { page, records } = leaving;
    const keep: Kept[] = [];
    for (let record = page * PAGE; record < page * PAGE + records; record++) {
      const state = this.state(record);
      if (state !== STATE.tried && state !== STATE.held) {
        this.#drop(record);
        this.left++;
        continue;
      }
      keep.push({ record, words: this.words(record).slice() });
      this.forget(record);
      this.#count--;
    }
    this.#freePages.push(page);
    for (const { record, words } of keep) {
      const moved = this.restore(words[0], words[1], words[2], words[3]);
      this.words(moved).set(words);
      this.#options.onMove?.(record, moved);
    }
  }

  /** Kept ids live in buckets of their own, between the seconds, and leave with them once they are closed. */
  #placeKept(): number {
    if (this.#kept.pages.length === 0) {
      const key = Math.max(this.#lastKey, Math.floor(this.watermarkMs / 1024)) + 0.5;
      this.#kept = { key, pages: [], fill: PAGE };
      this.#old.push(this.#kept);
    }
    if (this.#kept.fill === PAGE) {
      const isRoom = this.#freePages.length === 0 && this.#pagesMade < this.#pagesMax;
      const page = isRoom ? this.#makePage() : this.#freePages.pop();
      if (page === undefined) throw new Error('no page for an id that must be kept');
      this.#isArchived[page] = 1;
      this.#kept.pages.push(page);
      this.#kept.fill = 0;
    }
    return this.#kept.pages[this.#kept.pages.length - 1] * PAGE + this.#kept.fill++;
  }
}

interface Kept {
  readonly record: number;
  readonly words: Int32Array;
}

/** Full, so that nothing is put into it. */
function noBucket(): Bucket {
  return { key: -1, pages: [], fill: PAGE };
}
