/**
 * The samples of a trend that a script makes: each different value with its number of samples. Exact up to
 * EXACT_MAX different values; beyond, values are kept to four significant digits (one part in two thousand), and to
 * fewer where even so there are too many: memory does not grow with the load.
 */

const EXACT_MAX = 10_000;
const ROUNDED_MAX = 100_000;
const FEWEST_DIGITS = 2;

export class TrendValues {
  #samples = new Map<number, number>();
  /** Significant digits that are kept; undefined = all. */
  #digits: number | undefined;

  add(value: number): void {
    const kept = this.#digits === undefined ? value : Number(value.toPrecision(this.#digits));
    this.#samples.set(kept, (this.#samples.get(kept) ?? 0) + 1);
    if (this.#samples.size > this.#max) this.#round();
  }

  /** Value and how many samples, in no order. */
  entries(): [number, number][] {
    return [...this.#samples];
  }

  get #max(): number {
    if (this.#digits === undefined) return EXACT_MAX;
    return this.#digits > FEWEST_DIGITS ? ROUNDED_MAX : Number.POSITIVE_INFINITY;
  }

  #round(): void {
    const digits = this.#digits === undefined ? 4 : this.#digits - 1;
    this.#digits = digits;
    const rounded = new Map<number, number>();
    for (const [value, n] of this.#samples) {
      const kept = Number(value.toPrecision(digits));
      rounded.set(kept, (rounded.get(kept) ?? 0) + n);
    }
    this.#samples = rounded;
  }
}
