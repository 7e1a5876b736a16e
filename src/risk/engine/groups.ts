/**
 * Groups that deal densely, seen from one payment and by a few look-ups:
 *
 *   closed group     payers of this merchant who also pay the other merchants of this payer         w --> m' <-- payer --> merchant <-- w
 *   gathered money   payers of this payee who have their money from where this payer has it         source --> w --> payee <-- payer <-- source
 */
import { PAIR, PAIR_WORDS, type Pairs } from './pairs.js';
import type { Steps } from './steps.js';

const OTHERS_MAX = 8;
const MERCHANTS_MAX = 6;
/** Fewer say nothing. */
const OTHERS_MIN = 2;

export class Groups {
  readonly #pairs: Pairs;
  readonly #steps: Steps;
  readonly #merchants = new Uint32Array(MERCHANTS_MAX);
  readonly #others = new Uint32Array(OTHERS_MAX);

  constructor(pairs: Pairs, steps: Steps) {
    this.#pairs = pairs;
    this.#steps = steps;
  }

  /** Of the (other payer, other merchant) that there could be, the share that has dealt; 0 to 1. */
  closed(payer: number, merchant: number): number {
    const pairs = this.#pairs;
    const { u32 } = pairs.words;
    let merchants = 0;
    for (let pair = pairs.firstOut(payer); pair !== 0; ) {
      if (merchants === MERCHANTS_MAX || !this.#steps.take()) break;
      const to = u32[pair * PAIR_WORDS + PAIR.to];
      if (to !== merchant) this.#merchants[merchants++] = to;
      pair = u32[pair * PAIR_WORDS + PAIR.nextOut];
    }
    if (merchants === 0) return 0;
    const others = this.#findOthers(payer, merchant);
    let dealt = 0;
    for (let i = 0; i < others; i++) {
      for (let j = 0; j < merchants; j++) {
        if (!this.#steps.take()) break;
        if (pairs.find(this.#others[i], this.#merchants[j]) !== 0) dealt++;
      }
    }
    return others < OTHERS_MIN ? 0 : dealt / (others * merchants);
  }

  /** Of the other payers of the payee, the share that was paid by whoever paid this payer last; 0 to 1. */
  gathered(payer: number, payee: number): number {
    const pairs = this.#pairs;
    const newest = pairs.firstIn(payer);
    if (newest === 0) return 0;
    const source = pairs.words.u32[newest * PAIR_WORDS + PAIR.from];
    if (source === payee) return 0;
    const others = this.#findOthers(payer, payee);
    let fromSource = 0;
    for (let i = 0; i < others && this.#steps.take(); i++) {
      if (pairs.find(source, this.#others[i]) !== 0) fromSource++;
    }
    return others < OTHERS_MIN ? 0 : fromSource / others;
  }

  /** The newest payers of the payee but this one; how many there were. */
  #findOthers(payer: number, payee: number): number {
    const { u32 } = this.#pairs.words;
    let others = 0;
    for (let pair = this.#pairs.firstIn(payee); pair !== 0 && others < OTHERS_MAX; ) {
      if (!this.#steps.take()) break;
      const other = u32[pair * PAIR_WORDS + PAIR.from];
      if (other !== payer) this.#others[others++] = other;
      pair = u32[pair * PAIR_WORDS + PAIR.nextIn];
    }
    return others;
  }
}
