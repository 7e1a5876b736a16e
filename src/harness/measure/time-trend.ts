/**
 * A trend of times that is recorded once per operation: counts in log-linear buckets, as HDR has them, so that recording
 * is one shift and one add, and memory is bounded: 16 KB for each doubling of the longest time, 344 KB at most. Exact below
 * 2,048 us, one part in 4,096 above. Microseconds in, milliseconds in its state.
 */
import type { MetricState } from './metric-state.js';

const SUB_BUCKETS = 2048;
/** Up to 64 ms. */
const BUCKETS_AT_FIRST = SUB_BUCKETS * 6;

/** A trend as plain data that is small to post. */
export interface PackedTimes {
  /** Bucket, samples, bucket, samples ... of those that have any, ascending. */
  readonly buckets: Float64Array;
  readonly sumUs: number;
  /** Infinite without a sample. */
  readonly minUs: number;
  readonly maxUs: number;
}

export class TimeTrend {
  #counts = new Float64Array(BUCKETS_AT_FIRST);
  #count = 0;
  #sumUs = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = Number.NEGATIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  /** `us`: not negative; more than 2^31 is put in the bucket of 2^31. */
  record(us: number): void {
    const value = Math.min(us, 0x7fffffff);
    const shift = Math.max(0, 21 - Math.clz32(value));
    const bucket = shift * SUB_BUCKETS + (value >>> shift);
    if (bucket >= this.#counts.length) this.#grow(shift);
    this.#counts[bucket]++;
    this.#count++;
    this.#sumUs += us;
    if (us < this.#minUs) this.#minUs = us;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  add({ buckets, sumUs, minUs, maxUs }: PackedTimes): void {
    for (let i = 0; i < buckets.length; i += 2) {
      const [bucket, samples] = [buckets[i], buckets[i + 1]];
      if (bucket >= this.#counts.length) this.#grow(Math.floor(bucket / SUB_BUCKETS));
      this.#counts[bucket] += samples;
      this.#count += samples;
    }
    this.#sumUs += sumUs;
    this.#minUs = Math.min(this.#minUs, minUs);
    this.#maxUs = Math.max(this.#maxUs, maxUs);
  }

  packed(): PackedTimes {
    const counts = this.#counts;
    let filled = 0;
    for (let i = 0; i < counts.length; i++) if (counts[i] > 0) filled++;
    const buckets = new Float64Array(filled * 2);
    for (let i = 0, at = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      buckets[at++] = i;
      buckets[at++] = counts[i];
    }
    return { buckets, sumUs: this.#sumUs, minUs: this.#minUs, maxUs: this.#maxUs };
  }

  state(): MetricState {
    const values: [number, number][] = [];
    for (let i = 0; i < this.#counts.length; i++) {
      if (this.#counts[i] > 0) values.push([bucketUs(i) / 1000, this.#counts[i]]);
    }
    return {
      kind: 'trend',
      count: this.#count,
      sum: this.#sumUs / 1000,
      min: this.#minUs / 1000,
      max: this.#maxUs / 1000,
      lastUs: 0,
      values,
    };
  }

  #grow(shift: number): void {
    const grown = new Float64Array((shift + 1) * SUB_BUCKETS);
    grown.set(this.#counts);
    this.#counts = grown;
  }
}

/** The middle of a bucket: its index is shift * 2048 + (us >>> shift). */
function bucketUs(index: number): number {
  const shift = Math.floor(index / SUB_BUCKETS);
  return (index % SUB_BUCKETS) * 2 ** shift + (shift === 0 ? 0 : 2 ** (shift - 1));
}
