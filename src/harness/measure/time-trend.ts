/**
 * A trend of times that is recorded once per operation: counts in log-linear buckets, as HDR has them, so that recording
 * is one shift and one add, and memory is fixed. Exact below 2,048 us, one part in 4,096 above. Microseconds
 * in, milliseconds in its state.
 */
import type { MetricState } from './metric-state.js';

const SUB_BUCKETS = 2048;
const BUCKETS = SUB_BUCKETS * 21;

export class TimeTrend {
  readonly #counts = new Float64Array(BUCKETS);
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
    this.#counts[shift * SUB_BUCKETS + (value >>> shift)]++;
    this.#count++;
    this.#sumUs += us;
    if (us < this.#minUs) this.#minUs = us;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  state(): MetricState {
    const values: [number, number][] = [];
    for (let i = 0; i < BUCKETS; i++) {
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
}

/** The middle of a bucket: its index is shift * 2048 + (us >>> shift). */
function bucketUs(index: number): number {
  const shift = Math.floor(index / SUB_BUCKETS);
  return (index % SUB_BUCKETS) * 2 ** shift + (shift === 0 ? 0 : 2 ** (shift - 1));
}
