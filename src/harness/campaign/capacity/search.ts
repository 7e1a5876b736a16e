/**
 * Which rate to try next, and when enough is known: doubling until one breaks, then halving the bracket, then the two rates that
 * decide again and again in an order drawn by chance, because one step may be lucky, unlucky, or early in a machine's bad hour.
 *
 *   rate   from  x2   x4        x8            doubling: ... x4 held, x8 broke
 *                     |----|----|             halving, on a grid as fine as the precision
 *                          ^^                 two neighbours: each repeated until it was tried `rounds` times
 *
 * Where the bracket lies, all steps decide together: it is put where the fewest of them contradict it (broke below, or held above).
 * So an unlucky step moves the search only until others outvote it. What contradicts the answer is told beside it: that is the noise. The
 * answer itself is the highest rate of the bracket or below that held in all of its steps, and the lowest of it or above that broke in
 * all. Pure; every rate is tried `rounds` times at most, so it ends.
 */

export interface SearchOptions {
  readonly fromPerSec: number;
  readonly maxPerSec: number;
  /** The grid's step: 0.05 = each rate is 5 % above the one before it. */
  readonly precision: number;
  /** Steps at each deciding rate, 1 or more. */
  readonly rounds: number;
  /** In [0, 1). */
  readonly random: () => number;
}

export type StepReason = 'doubling' | 'halving' | 'repeat';

export interface NextStep {
  readonly ratePerSec: number;
  readonly reason: StepReason;
}

export interface RateCount {
  readonly ratePerSec: number;
  readonly held: number;
  readonly of: number;
}

export interface SearchAnswer {
  /** Held in every step; undefined where even the lowest rate did not. */
  readonly holds: RateCount | undefined;
  /** Broke in every step; undefined where even the highest rate did not. */
  readonly breaks: RateCount | undefined;
  /** Rates in between, and those further off that did the one in some steps and the other in others: the noise. */
  readonly mixed: readonly RateCount[];
}

interface Tally {
  held: number;
  broke: number;
}

export class CapacitySearch {
  /** Rates that may be tried, ascending. */
  readonly #grid: readonly number[];
  readonly #options: SearchOptions;
  readonly #tallies = new Map<number, Tally>();
  /** What was asked for and not yet told: asked again, it is the same. */
  #asked: { readonly index: number; readonly reason: StepReason } | undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#grid = gridOf(options);
  }

  /** Undefined once the answer is known. */
  next(): NextStep | undefined {
    this.#asked ??= this.#nextIndex();
    return this.#asked && { ratePerSec: this.#rate(this.#asked.index), reason: this.#asked.reason };
  }

  /** `ratePerSec` as `next` said it. */
  record(ratePerSec: number, held: boolean): void {
    const index = this.#grid.indexOf(ratePerSec);
    if (index < 0) throw new Error(`${ratePerSec}/s was not asked for`);
    const tally = this.#tallies.get(index) ?? { held: 0, broke: 0 };
    if (held) tally.held++;
    else tally.broke++;
    this.#tallies.set(index, tally);
    this.#asked = undefined;
  }

  /** As far as it is known by now. */
  answer(): SearchAnswer {
    const holds = this.#highestUnanimous();
    const breaks = this.#lowestUnanimous();
    const noisy = [...this.#tallies].filter(([index, { held, broke }]) => {
      const isBelow = holds !== undefined && index <= holds;
      const isAbove = breaks !== undefined && index >= breaks;
      return isBelow ? broke > 0 : isAbove ? held > 0 : true;
    });
    return {
      holds: holds === undefined ? undefined : this.#count(holds),
      breaks: breaks === undefined ? undefined : this.#count(breaks),
      mixed: noisy
        .map(([index]) => index)
        .sort((a, b) => a - b)
        .map((index) => this.#count(index)),
    };
  }

  #nextIndex(): { readonly index: number; readonly reason: StepReason } | undefined {
    const { low, high } = this.#bracket();
    const last = this.#grid.length - 1;
    if (high === undefined && low < last) return { index: this.#doubled(low), reason: 'doubling' };
    if (high !== undefined && high - low > 1)
      return { index: Math.floor((low + high) / 2), reason: 'halving' };
    const deciding = this.#missing([low, ...(high === undefined ? [] : [high])]);
    if (deciding.length > 0) return { index: this.#drawn(deciding), reason: 'repeat' };
    const settling = this.#missing([this.#below(low), this.#above(high)]);
    return settling.length > 0 ? { index: this.#drawn(settling), reason: 'repeat' } : undefined;
  }

  /** `low`: the highest rate tried that holds, -1 where none does; `high`: the lowest above it. */
  #bracket(): { readonly low: number; readonly high: number | undefined } {
    const tried = [...this.#tallies.keys()].sort((a, b) => a - b);
    let low = -1;
    let fewest = this.#contradicting(tried, low);
    for (const candidate of tried) {
      const contradicting = this.#contradicting(tried, candidate);
      if (contradicting < fewest) [low, fewest] = [candidate, contradicting];
    }
    return { low, high: tried.find((index) => index > low) };
  }

  /** Steps that broke up to `low`, or held above it. */
  #contradicting(tried: readonly number[], low: number): number {
    return tried.reduce((sum, index) => {
      const { held, broke } = this.#tally(index);
      return sum + (index <= low ? broke : held);
    }, 0);
  }

  #doubled(low: number): number {
    if (low < 0) return 0;
    const wanted = this.#rate(low) * 2;
    const past = this.#grid.findIndex((rate) => rate > wanted * (1 + 1e-9));
    return past < 0 ? this.#grid.length - 1 : Math.max(low + 1, past - 1);
  }

  /** Of these rates, each as often as it still has to be tried. */
  #missing(indexes: readonly (number | undefined)[]): readonly number[] {
    return indexes.flatMap((index) => {
      if (index === undefined || index < 0) return [];
      const { held, broke } = this.#tally(index);
      const missing = this.#options.rounds - held - broke;
      return Array.from({ length: Math.max(0, missing) }, () => index);
    });
  }

  #drawn(indexes: readonly number[]): number {
    return indexes[Math.floor(this.#options.random() * indexes.length)] ?? 0;
  }

  /**
   * The rate that is to hold in every step, at or below `low`: where one does not, one further down, twice as far each time. It
   * has been tried already, or is to be.
   */
  #below(low: number): number | undefined {
    let stride = 1;
    let index = low;
    while (index >= 0) {
      const { broke } = this.#tally(index);
      if (broke === 0) return index;
      if (index === 0) return undefined;
      index = Math.max(0, index - stride);
      stride *= 2;
    }
    return undefined;
  }

  #above(high: number | undefined): number | undefined {
    const last = this.#grid.length - 1;
    let stride = 1;
    let index = high ?? last + 1;
    while (index <= last) {
      const { held } = this.#tally(index);
      if (held === 0) return index;
      if (index === last) return undefined;
      index = Math.min(last, index + stride);
      stride *= 2;
    }
    return undefined;
  }

  /** Tried often enough, below everything that breaks, and never broke. */
  #highestUnanimous(): number | undefined {
    const { low } = this.#bracket();
    const enough = [...this.#tallies].filter(
      ([index, { held, broke }]) => index <= low && broke === 0 && held >= this.#options.rounds,
    );
    return enough.length === 0 ? undefined : Math.max(...enough.map(([index]) => index));
  }

  #lowestUnanimous(): number | undefined {
    const { high } = this.#bracket();
    const enough = [...this.#tallies].filter(
      ([index, { held, broke }]) =>
        high !== undefined && index >= high && held === 0 && broke >= this.#options.rounds,
    );
    return enough.length === 0 ? undefined : Math.min(...enough.map(([index]) => index));
  }

  #tally(index: number): Readonly<Tally> {
    return this.#tallies.get(index) ?? { held: 0, broke: 0 };
  }

  #count(index: number): RateCount {
    const { held, broke } = this.#tally(index);
    return { ratePerSec: this.#rate(index), held, of: held + broke };
  }

  #rate(index: number): number {
    const rate = this.#grid[index];
    if (rate === undefined) throw new Error(`no rate ${index}`);
    return rate;
  }
}

/** From the lowest to the highest rate, each at most the precision above the one before it. */
function gridOf({ fromPerSec, maxPerSec, precision }: SearchOptions): readonly number[] {
  if (!(fromPerSec > 0 && maxPerSec >= fromPerSec && precision > 0))
    throw new RangeError(`no grid from ${fromPerSec} to ${maxPerSec} by ${precision}`);
  const steps = Math.ceil(Math.log(maxPerSec / fromPerSec) / Math.log(1 + precision) - 1e-9);
  const grid = Array.from({ length: steps + 1 }, (_, i) =>
    i === steps ? maxPerSec : fourDigits(fromPerSec * (maxPerSec / fromPerSec) ** (i / steps)),
  );
  return [...new Set(grid)].sort((a, b) => a - b);
}

/** Rates that a person would type: four significant digits. */
function fourDigits(rate: number): number {
  return Number(rate.toPrecision(4));
}
