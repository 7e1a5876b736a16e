/**
 * How often and how much a payer paid lately: sliding windows as rings of buckets, in typed arrays of fixed size.
 *
 *   record of one payer and one window, 16 doubles = two cache lines:
 *   | last bucket | count | sum | - | counts of 6 buckets | sums of 6 buckets |
 *
 * A window of 60 s is six buckets of 10 s: it forgets a bucket at a time, so it covers between 50 and 60 s.
 * Payers are found by hash in sets of four with their exact number beside them; where a set is full the payer who
 * paid least recently is forgotten. Memory is bounded, a payer's count is never mixed with another's.
 */

const BUCKETS = 6;
const RECORD = 16;
const LAST_BUCKET = 0;
const COUNT = 1;
const SUM = 2;
const COUNTS = 4;
const SUMS = COUNTS + BUCKETS;
const WAYS = 4;

export interface VelocityOptions {
  /** Length of each window in milliseconds. */
  readonly windowsMs: readonly number[];
  /** Payers remembered; rounded up to a power of two. */
  readonly payersMax: number;
}

export class Velocity {
  readonly #windowCount: number;
  readonly #bucketsMs: Float64Array;
  readonly #setMask: number;
  /** Payer + 1 in each place; 0 = free. Four places are one set. */
  readonly #payers: Float64Array;
  readonly #lastSeenMs: Float64Array;
  readonly #records: Float64Array;

  constructor(options: VelocityOptions) {
    const sets = 2 ** Math.ceil(Math.log2(Math.max(options.payersMax / WAYS, 1)));
    this.#windowCount = options.windowsMs.length;
    this.#bucketsMs = Float64Array.from(options.windowsMs, (ms) => ms / BUCKETS);
    this.#setMask = sets - 1;
    this.#payers = new Float64Array(sets * WAYS);
    this.#lastSeenMs = new Float64Array(sets * WAYS);
    this.#records = new Float64Array(sets * WAYS * RECORD * this.#windowCount);
  }

  /** Where this payer's windows are, brought up to `nowMs`; a new payer starts with empty ones. */
  find(payer: number, nowMs: number): number {
    const place = this.#placeOf(payer);
    this.#lastSeenMs[place] = nowMs;
    for (let window = 0; window < this.#windowCount; window++) this.#slide(place, window, nowMs);
    return place;
  }

  /** Payments in the window, as of the last `find`. */
  count(place: number, window: number): number {
    return this.#records[this.#recordAt(place, window) + COUNT] ?? 0;
  }

  /** Minor units paid in the window, as of the last `find`. */
  sumMinor(place: number, window: number): number {
    return this.#records[this.#recordAt(place, window) + SUM] ?? 0;
  }

  /** Counts one payment in the present bucket of every window. */
  add(place: number, amountMinor: number): void {
    const records = this.#records;
    for (let window = 0; window < this.#windowCount; window++) {
      const at = this.#recordAt(place, window);
      const bucket = (records[at + LAST_BUCKET] ?? 0) % BUCKETS;
      records[at + COUNT] = (records[at + COUNT] ?? 0) + 1;
      records[at + SUM] = (records[at + SUM] ?? 0) + amountMinor;
      records[at + COUNTS + bucket] = (records[at + COUNTS + bucket] ?? 0) + 1;
      records[at + SUMS + bucket] = (records[at + SUMS + bucket] ?? 0) + amountMinor;
    }
  }

  #recordAt(place: number, window: number): number {
    return (place * this.#windowCount + window) * RECORD;
  }

  /** Empties the buckets that have left the window. */
  #slide(place: number, window: number, nowMs: number): void {
    const records = this.#records;
    const at = this.#recordAt(place, window);
    const bucket = Math.floor(nowMs / (this.#bucketsMs[window] ?? 1));
    const last = records[at + LAST_BUCKET] ?? 0;
    if (bucket <= last) return;
    records[at + LAST_BUCKET] = bucket;
    if (records[at + COUNT] === 0) return;
    const passed = Math.min(bucket - last, BUCKETS);
    for (let step = 1; step <= passed; step++) {
      const gone = (last + step) % BUCKETS;
      records[at + COUNT] = (records[at + COUNT] ?? 0) - (records[at + COUNTS + gone] ?? 0);
      records[at + SUM] = (records[at + SUM] ?? 0) - (records[at + SUMS + gone] ?? 0);
      records[at + COUNTS + gone] = 0;
      records[at + SUMS + gone] = 0;
    }
  }

  #placeOf(payer: number): number {
    const payers = this.#payers;
    const first = (hash(payer) & this.#setMask) * WAYS;
    for (let place = first; place < first + WAYS; place++) {
      if (payers[place] === payer + 1) return place;
    }
    const place = this.#oldestOf(first);
    payers[place] = payer + 1;
    const at = this.#recordAt(place, 0);
    this.#records.fill(0, at, at + RECORD * this.#windowCount);
    return place;
  }

  /** A free place of the set, or that of the payer seen longest ago. */
  #oldestOf(first: number): number {
    let oldest = first;
    for (let place = first; place < first + WAYS; place++) {
      if (this.#payers[place] === 0) return place;
      if ((this.#lastSeenMs[place] ?? 0) < (this.#lastSeenMs[oldest] ?? 0)) oldest = place;
    }
    return oldest;
  }
}

function hash(payer: number): number {
  let h = Math.imul(payer ^ (payer / 2 ** 32), 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}
