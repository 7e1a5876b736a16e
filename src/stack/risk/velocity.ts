/**
 * How often and how much a payer paid lately: sliding windows as rings of four buckets, in one buffer of fixed size.
 *
 *   one payer, one window: 64 bytes, a cache line
 *    0 last bucket  f64    8 count  u32   12 -    16 sum  f64
 *   24 counts of 4 buckets  u16            32 sums of 4 buckets  f64
 *
 * A window of 60 s is four buckets of 15 s: it forgets a bucket at a time, so it covers the last 45 to 60 s.
 * Payers are found by hash in sets of four, with their exact number beside them; where a set is full the payer who
 * paid least recently is forgotten. Memory is bounded, and one payer's count is never mixed with another's.
 */

export const BUCKETS = 4;
const WAYS = 4;
const RECORD_BYTES = 64;
/** Offsets in units of the view that reads them. */
const LAST_F64 = 0;
const COUNT_U32 = 2;
const SUM_F64 = 2;
const COUNTS_U16 = 12;
const SUMS_F64 = 4;
const COUNT_MAX = 0xffff;

export interface VelocityOptions {
  /** Length of each window in milliseconds. */
  readonly windowsMs: readonly number[];
  /** Payers remembered; rounded up to a power of two. */
  readonly payersMax: number;
}

export class Velocity {
  readonly #windowCount: number;
  readonly #bucketsMs: Float64Array;
  /** The present bucket of each window. */
  readonly #buckets: Float64Array;
  readonly #setMask: number;
  /** Number of the payer in each place; 0 = free. Four places are one set. */
  readonly #payers: Uint32Array;
  readonly #f64: Float64Array;
  readonly #u32: Uint32Array;
  readonly #u16: Uint16Array;
  #nowMs = -1;

  constructor(options: VelocityOptions) {
    const sets = 2 ** Math.ceil(Math.log2(Math.max(options.payersMax / WAYS, 1)));
    this.#windowCount = options.windowsMs.length;
    this.#bucketsMs = Float64Array.from(options.windowsMs, (ms) => ms / BUCKETS);
    this.#buckets = new Float64Array(this.#windowCount);
    this.#setMask = sets - 1;
    this.#payers = new Uint32Array(sets * WAYS);
    const bytes = new ArrayBuffer(sets * WAYS * RECORD_BYTES * Math.max(this.#windowCount, 1));
    this.#f64 = new Float64Array(bytes);
    this.#u32 = new Uint32Array(bytes);
    this.#u16 = new Uint16Array(bytes);
  }

  /** Where this payer (1 to 2^32 - 1) is, with its windows brought up to `nowMs`; a new one starts from nothing. */
  find(payer: number, nowMs: number): number {
    if (nowMs !== this.#nowMs) this.#setTime(nowMs);
    const place = this.#placeOf(payer);
    for (let window = 0; window < this.#windowCount; window++) this.#slide(place, window);
    return place;
  }

  /** Reads where this payer would be found and forgets it: see `RiskControl.warm`. */
  touchPayer(payer: number): number {
    return this.#payers[(hash(payer) & this.#setMask) * WAYS];
  }

  /** The same for the payer's record, once its set is in the cache. */
  touchRecord(payer: number): number {
    const payers = this.#payers;
    const first = (hash(payer) & this.#setMask) * WAYS;
    for (let place = first; place < first + WAYS; place++) {
      if (payers[place] === payer) return this.#u32[this.#recordAt(place, 0) * 16];
    }
    return 0;
  }

  /** Payments in the window, as of the last `find`. */
  count(place: number, window: number): number {
    return this.#u32[this.#recordAt(place, window) * 16 + COUNT_U32];
  }

  /** Minor units paid in the window, as of the last `find`. */
  sumMinor(place: number, window: number): number {
    return this.#f64[this.#recordAt(place, window) * 8 + SUM_F64];
  }

  /** Counts one payment in the present bucket of every window. */
  add(place: number, amountMinor: number): void {
    for (let window = 0; window < this.#windowCount; window++) {
      const record = this.#recordAt(place, window);
      const bucket = this.#buckets[window] % BUCKETS;
      const countAt = record * 32 + COUNTS_U16 + bucket;
      const sumAt = record * 8 + SUMS_F64 + bucket;
      const count = this.#u16[countAt];
      if (count < COUNT_MAX) {
        this.#u16[countAt] = count + 1;
        this.#u32[record * 16 + COUNT_U32] = this.#u32[record * 16 + COUNT_U32] + 1;
      }
      this.#f64[sumAt] = this.#f64[sumAt] + amountMinor;
      this.#f64[record * 8 + SUM_F64] = this.#f64[record * 8 + SUM_F64] + amountMinor;
    }
  }

  #setTime(nowMs: number): void {
    this.#nowMs = nowMs;
    for (let window = 0; window < this.#windowCount; window++) {
      this.#buckets[window] = Math.floor(nowMs / this.#bucketsMs[window]);
    }
  }

  /** Ordinal of a record in the buffer. */
  #recordAt(place: number, window: number): number {
    return place * this.#windowCount + window;
  }

  /** Empties the buckets that have left the window. */
  #slide(place: number, window: number): void {
    const record = this.#recordAt(place, window);
    const bucket = this.#buckets[window];
    const last = this.#f64[record * 8 + LAST_F64];
    if (bucket <= last) return;
    this.#f64[record * 8 + LAST_F64] = bucket;
    const countAt = record * 16 + COUNT_U32;
    if (this.#u32[countAt] === 0) return;
    const sumAt = record * 8 + SUM_F64;
    const passed = Math.min(bucket - last, BUCKETS);
    for (let step = 1; step <= passed; step++) {
      const gone = (last + step) % BUCKETS;
      const goneCount = this.#u16[record * 32 + COUNTS_U16 + gone];
      const goneSum = this.#f64[record * 8 + SUMS_F64 + gone];
      this.#u32[countAt] = this.#u32[countAt] - goneCount;
      this.#f64[sumAt] = this.#f64[sumAt] - goneSum;
      this.#u16[record * 32 + COUNTS_U16 + gone] = 0;
      this.#f64[record * 8 + SUMS_F64 + gone] = 0;
    }
  }

  #placeOf(payer: number): number {
    const payers = this.#payers;
    const first = (hash(payer) & this.#setMask) * WAYS;
    for (let place = first; place < first + WAYS; place++) {
      if (payers[place] === payer) return place;
    }
    const place = this.#oldestOf(first);
    payers[place] = payer;
    const at = this.#recordAt(place, 0) * 8;
    this.#f64.fill(0, at, at + 8 * this.#windowCount);
    return place;
  }

  /** A free place of the set, or that of the payer whose last bucket is the oldest. */
  #oldestOf(first: number): number {
    let oldest = first;
    for (let place = first; place < first + WAYS; place++) {
      if (this.#payers[place] === 0) return place;
      if (this.#lastBucket(place) < this.#lastBucket(oldest)) oldest = place;
    }
    return oldest;
  }

  #lastBucket(place: number): number {
    return this.#f64[this.#recordAt(place, 0) * 8 + LAST_F64];
  }
}

function hash(payer: number): number {
  let h = Math.imul(payer, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}
