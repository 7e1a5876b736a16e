/**
 * Whether money that goes from A to B went from B to A before, over at most four hops and within a day, in order of time:
 *
 *   B --> x --> y --> A     and now     A --> B
 *
 * Depth first along B's newest pairs; the last hop is looked up and not searched for. A step counts as far as its pair's sum of the day
 * carries the amount. It ends with the best way found so far when its steps are spent.
 */
import { PAIR, PAIR_WORDS, type Pairs } from './pairs.js';
import type { Steps } from './steps.js';
import { DAY, type Now, sumIn, WINDOW_S } from './windows.js';

/** Between B and A: two, so that the ring has four hops at most. */
const BETWEEN_MAX = 2;
/** A way that carries less of the amount is no way. */
const SHARE_MIN = 0.3;
const SHARE_ENOUGH = 0.8;

export class MoneyBack {
  /** Of the ring, the present payment too: 2 to 4; 0 where none was found. */
  hops = 0;
  /** Of the amount, what the way carried in a day; over 1 counts as 1. */
  share = 0;
  /** The first hop was paid on credit, at least once. */
  onCredit = false;
  /** Who got the money from B first. */
  firstReceiver = 0;
  #way = 0;
  readonly #pairs: Pairs;
  readonly #steps: Steps;

  constructor(pairs: Pairs, steps: Steps) {
    this.#pairs = pairs;
    this.#steps = steps;
  }

  clear(): void {
    this.hops = 0;
    this.share = 0;
    this.onCredit = false;
    this.firstReceiver = 0;
  }

  search(from: number, to: number, yuan: number, now: Now): void {
    this.#way = 0;
    this.#from(to, {
      target: from,
      yuan,
      now,
      depth: 0,
      share: 1,
      earliestS: now.atS - WINDOW_S[DAY],
    });
  }

  #from(party: number, reached: Reached): void {
    const pairs = this.#pairs;
    if (!this.#steps.take()) return;
    const last = pairs.find(party, reached.target);
    if (last !== 0) this.#end(last, reached);
    if (reached.depth === BETWEEN_MAX) return;
    const { u32 } = pairs.words;
    let pair = pairs.firstOut(party);
    while (pair !== 0 && !(this.share >= SHARE_ENOUGH && this.onCredit)) {
      if (!this.#steps.take()) return;
      const at = pair * PAIR_WORDS;
      const next = u32[at + PAIR.to];
      const share = next === reached.target ? 0 : this.#shareOf(pair, reached);
      if (share >= SHARE_MIN) {
        if (reached.depth === 0) this.#way = pair;
        const earliestS = Math.max(reached.earliestS, u32[at + PAIR.firstS]);
        this.#from(next, { ...reached, depth: reached.depth + 1, share, earliestS });
      }
      pair = u32[at + PAIR.nextOut];
    }
  }

  /** How much of the amount gets as far as the end of the pair. */
  #shareOf(pair: number, reached: Reached): number {
    const { words } = this.#pairs;
    const at = pair * PAIR_WORDS;
    if (words.u32[at + PAIR.lastS] < reached.earliestS) return 0;
    this.#pairs.slide(pair, reached.now);
    const carried = sumIn(words, at + PAIR.counters, DAY, reached.now) / reached.yuan;
    return Math.min(carried, reached.share);
  }

  #end(last: number, reached: Reached): void {
    const share = this.#shareOf(last, reached);
    if (share < SHARE_MIN) return;
    const { u32 } = this.#pairs.words;
    const first = reached.depth === 0 ? last : this.#way;
    const onCredit = u32[first * PAIR_WORDS + PAIR.credits] > 0;
    const isBetter = onCredit === this.onCredit ? share > this.share : onCredit;
    if (this.hops !== 0 && !isBetter) return;
    this.hops = reached.depth + 2;
    this.share = share;
    this.onCredit = onCredit;
    this.firstReceiver = u32[first * PAIR_WORDS + PAIR.to];
  }
}

interface Reached {
  readonly target: number;
  readonly yuan: number;
  readonly now: Now;
  readonly depth: number;
  readonly share: number;
  /** The next hop has to have dealt since. */
  readonly earliestS: number;
}
