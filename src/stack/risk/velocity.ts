/**
 * How often and how much a payer paid lately: sliding windows as rings of four buckets, one record of 64 bytes, a cache
 * line, for each window of each payer.
 *
 *    0 last bucket  u32    4 -    8 sum  f64    16 counts of 4 buckets  u32    32 sums of 4 buckets  f64
 *
 * A window of 60 s is four buckets of 15 s: it forgets a bucket at a time, so it covers the last 45 to 60 s.
 * A payer is a number from 1 to those that were opened, and has the record at its number: no hash, nobody is forgotten,
 * and no set of payers, however chosen, can push another out. Memory is 64 bytes a window for each payer, at most
 * `bytesMax`; where that is too little, payers over `held` have no windows. Who asks decides what that means.
 */

export const BUCKETS = 4;
export const RECORD_BYTES = 64;
/** Offsets in units of the view that reads them. */
const LAST_U32 = 0;
const SUM_F64 = 1;
const COUNTS_U32 = 4;
const SUMS_F64 = 4;

export interface VelocityOptions {
  /** Length of each window in milliseconds. */
  readonly windowsMs: readonly number[];
  /** Payers are numbered from 1 to this. */
  readonly payers: number;
  /** Default 1 GiB: 16,777,216 payers with one window. */
  readonly bytesMax?: number;
}

export class Velocity {
  /** Payers 1 to this have windows. */
  readonly held: number;
  readonly #windowCount: number;
  readonly #bucketsMs: Float64Array;
  /** The present bucket of each window, modulo 2^32: numbers of buckets are compared by their difference. */
  readonly #buckets: Uint32Array;
  readonly #f64: Float64Array;
  readonly #u32: Uint32Array;
  #nowMs = -1;

  constructor(options: VelocityOptions) {
    const { windowsMs, payers, bytesMax = 2 ** 30 } = options;
    const bytesEach = RECORD_BYTES * windowsMs.length;
    this.held = bytesEach === 0 ? payers : Math.min(payers, Math.floor(bytesMax / bytesEach));
    this.#windowCount = windowsMs.length;
    this.#bucketsMs = Float64Array.from(windowsMs, (ms) => ms / BUCKETS);
    this.#buckets = new Uint32Array(this.#windowCount);
    const bytes = new ArrayBuffer(this.held * bytesEach);
    this.#f64 = new Float64Array(bytes);
    this.#u32 = new Uint32Array(bytes);
  }

  /** Bytes that the windows take. */
  get bytes(): number {
    return this.#f64.byteLength;
  }

  /** Where payer `number`, 1 to `held`, is, with its windows brought up to `nowMs`. */
  find(number: number, nowMs: number): number {
    if (nowMs !== this.#nowMs) this.#setTime(nowMs);
    const place = number - 1;
    for (let window = 0; window < this.#windowCount; window++) this.#slide(place, window);
    return place;
  }

  /** Reads this payer's record and forgets it: see `RiskControl.warm`. Any number may be asked for. */
  touch(number: number): number {
    const place = number - 1;
    return place >= 0 && place < this.held ? this.#u32[this.#recordAt(place, 0) * 16] : 0;
  }

  /** Payments in the window, as of the last `find`. */
  count(place: number, window: number): number {
    const at = this.#recordAt(place, window) * 16 + COUNTS_U32;
    return this.#u32[at] + this.#u32[at + 1] + this.#u32[at + 2] + this.#u32[at + 3];
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
      const countAt = record * 16 + COUNTS_U32 + bucket;
      const sumAt = record * 8 + SUMS_F64 + bucket;
      this.#u32[countAt] = this.#u32[countAt] + 1;
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
    const last = this.#u32[record * 16 + LAST_U32];
    const behind = (bucket - last) | 0;
    if (behind <= 0) return;
    this.#u32[record * 16 + LAST_U32] = bucket;
    const totalAt = record * 8 + SUM_F64;
    const passed = Math.min(behind, BUCKETS);
    for (let step = 1; step <= passed; step++) {
      const gone = (last + step) % BUCKETS;
      const sumAt = record * 8 + SUMS_F64 + gone;
      this.#f64[totalAt] = this.#f64[totalAt] - this.#f64[sumAt];
      this.#u32[record * 16 + COUNTS_U32 + gone] = 0;
      this.#f64[sumAt] = 0;
    }
  }
}
