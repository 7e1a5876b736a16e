/** A seeded generator for made-up histories: xorshift32, so that a failing test names a seed. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 0 || 1;
    for (let i = 0; i < 8; i++) this.word();
  }

  /** 32 random bits. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.word() / 4294967296) * bound);
  }

  chance(probability: number): boolean {
    return this.word() / 4294967296 < probability;
  }

  /** Removes and returns one of `items`; undefined where there is none. */
  take<T>(items: T[]): T | undefined {
    const at = this.below(items.length);
    const taken = items[at];
    const last = items.pop();
    if (last !== undefined && at < items.length) items[at] = last;
    return taken;
  }
}
