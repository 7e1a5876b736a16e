/** The yearly drill: last year's peak, twice and three times it, each as often as asked, in an order drawn by chance. Pure. */
import type { MultipleFacts } from './capacity-file.js';

export interface MultiplesOptions {
  readonly multiples: readonly number[];
  readonly ofPerSec: number;
  readonly rounds: number;
  /** In [0, 1). */
  readonly random: () => number;
}

interface Tried {
  readonly multiple: number;
  readonly ratePerSec: number;
  held: number;
  of: number;
}

export class Multiples {
  readonly #options: MultiplesOptions;
  readonly #tried: readonly Tried[];
  /** What was asked for and not yet told: asked again, it is the same. */
  #asked: Tried | undefined;

  constructor(options: MultiplesOptions) {
    this.#options = options;
    this.#tried = [...new Set(options.multiples)].map((multiple) => ({
      multiple,
      ratePerSec: Number((multiple * options.ofPerSec).toPrecision(12)),
      held: 0,
      of: 0,
    }));
  }

  /** Round by round: each multiple once before one of them again. */
  next(): { readonly ratePerSec: number; readonly reason: 'multiple' } | undefined {
    const { rounds, random } = this.#options;
    const round = Math.min(...this.#tried.map(({ of }) => of));
    if (round >= rounds) return undefined;
    const left = this.#tried.filter(({ of }) => of === round);
    this.#asked ??= left[Math.floor(random() * left.length)];
    return this.#asked && { ratePerSec: this.#asked.ratePerSec, reason: 'multiple' };
  }

  record(ratePerSec: number, held: boolean): void {
    const tried = this.#tried.find((one) => one.ratePerSec === ratePerSec);
    if (tried === undefined) throw new Error(`${ratePerSec}/s was not asked for`);
    this.#asked = undefined;
    tried.of++;
    if (held) tried.held++;
  }

  facts(): readonly MultipleFacts[] {
    return this.#tried.map(({ multiple, ratePerSec, held, of }) => ({
      multiple,
      rate_per_s: ratePerSec,
      held,
      of,
    }));
  }
}
