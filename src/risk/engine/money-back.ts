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
  #target = 0;
  #yuan = 0;
  readonly #now: Now;
  readonly #pairs: Pairs;
  readonly #steps: Steps;
  /** Of the party at each depth: the share of the amount that got there, and since when the next hop has to have dealt. */
  readonly #shares = new Float64Array(BETWEEN_MAX + 1);
  readonly #sinceS = new Float64Array(BETWEEN_MAX + 1);

  constructor(pairs: Pairs, steps: Steps, now: Now) {
    this.#pairs = pairs;
    this.#steps = steps;
    this.#now = now;
  }

  clear(): void {
    this.hops = 0;
    this.share = 0;
    this.onCredit = false;
    this.firstReceiver = 0;
  }

  /** For the payment of `yuan` that is asked about. */
  search(from: number, to: number, yuan: number): void {
    this.#way = 0;
    this.#target = from;
    this.#yuan = yuan;
    this.#shares[0] = 1;
    this.#sinceS[0] = this.#now.atS - WINDOW_S[DAY];
    this.#from(to, 0);
  }

  #from(party: number, depth: number): void {
    const pairs = this.#pairs;
    if (!this.#steps.take()) return;
    const last = pairs.find(party, this.#target);
    if (last !== 0) this.#end(last, depth);
    if (depth === BETWEEN_MAX) return;
    const { u32 } = pairs.words;
    let pair = pairs.firstOut(party);
    while (pair !== 0 && !(this.share >= SHARE_ENOUGH && this.onCredit)) {
      if (!this.#steps.take()) return;
      const at = pair * PAIR_WORDS;
      const next = u32[at + PAIR.to];
      const share = next === this.#target ? 0 : this.#shareOf(pair, depth);
      if (share >= SHARE_MIN) {
        if (depth === 0) this.#way = pair;
        this.#shares[depth + 1] = share;
        this.#sinceS[depth + 1] = Math.max(this.#sinceS[depth], u32[at + PAIR.firstS]);
        this.#from(next, depth + 1);
      }
      pair = u32[at + PAIR.nextOut];
    }
  }

  /** How much of the amount gets as far as the end of the pair, which begins at this depth. */
  #shareOf(pair: number, depth: number): number {
    const { words } = this.#pairs;
    const at = pair * PAIR_WORDS;
    if (words.u32[at + PAIR.lastS] < this.#sinceS[depth]) return 0;
    this.#pairs.slide(pair, this.#now);
    const carried = sumIn(words, at + PAIR.counters, DAY, this.#now) / this.#yuan;
    return Math.min(carried, this.#shares[depth]);
  }

  #end(last: number, depth: number): void {
    const share = this.#shareOf(last, depth);
    if (share < SHARE_MIN) return;
    const { u32 } = this.#pairs.words;
    const first = depth === 0 ? last : this.#way;
    const onCredit = u32[first * PAIR_WORDS + PAIR.credits] > 0;
    const isBetter = onCredit === this.onCredit ? share > this.share : onCredit;
    if (this.hops !== 0 && !isBetter) return;
    this.hops = depth + 2;
    this.share = share;
    this.onCredit = onCredit;
    this.firstReceiver = u32[first * PAIR_WORDS + PAIR.to];
  }
}
