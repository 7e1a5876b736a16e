/**
 * One adjacency record for each directed pair of parties that has dealt: it carries the windows of that pair and its place in the
 * lists of both ends, so that whoever walks the graph reads the features of each step where it stands. 96 bytes, plus 8 for finding it.
 *
 *   word  0 from  1 to  2 first seen  3 slid to (seconds)  4 last dealt
 *         5 next of those from the same  6 the one before     7 next of those to the same  8 the one before
 *         9 times in all  10 of those on credit      12 counters (12)
 *
 *   record of from --> newest pair --next--> ... --> oldest       and the same from that of to
 *
 * The table does not grow: when it is full the pair that dealt longest ago, of the next few under a hand that goes round, gives its place.
 * `evicted` counts them, `evictedYoung` those that had dealt within a day: only these were still in a window.
 */
import { hashTwo, tableLength } from './hash.js';
import { PARTY, PARTY_WORDS, type Parties } from './parties.js';
import { DAY, makeWords, type Now, slideCounters, WINDOW_S, type Words } from './windows.js';

export const PAIR_WORDS = 24;
export const PAIR_BYTES = PAIR_WORDS * 4 + 8;

export const PAIR = {
  from: 0,
  to: 1,
  firstS: 2,
  slidS: 3,
  lastS: 4,
  nextOut: 5,
  beforeOut: 6,
  nextIn: 7,
  beforeIn: 8,
  times: 9,
  credits: 10,
  counters: 12,
} as const;

/** Records looked at to find one to give up. */
const LOOKED_AT = 16;

export class Pairs {
  readonly words: Words;
  readonly max: number;
  used = 0;
  evicted = 0;
  evictedYoung = 0;
  /** Words of the parties, where the lists begin. */
  readonly #parties: Uint32Array;
  readonly #table: Uint32Array;
  readonly #mask: number;
  #hand = 0;

  constructor(max: number, parties: Parties) {
    this.max = max;
    this.words = makeWords((max + 1) * PAIR_WORDS);
    this.#parties = parties.words.u32;
    this.#table = new Uint32Array(tableLength(max));
    this.#mask = this.#table.length - 1;
  }

  firstOut(party: number): number {
    return this.#parties[party * PARTY_WORDS + PARTY.firstOut];
  }

  firstIn(party: number): number {
    return this.#parties[party * PARTY_WORDS + PARTY.firstIn];
  }

  outDegree(party: number): number {
    return this.#parties[party * PARTY_WORDS + PARTY.outDegree];
  }

  inDegree(party: number): number {
    return this.#parties[party * PARTY_WORDS + PARTY.inDegree];
  }

  /** Ordinal of the pair's record, 0 where there is none. */
  find(from: number, to: number): number {
    const { u32 } = this.words;
    let place = hashTwo(from, to) & this.#mask;
    for (;;) {
      const pair = this.#table[place];
      if (pair === 0) return 0;
      const at = pair * PAIR_WORDS;
      if (u32[at + PAIR.from] === from && u32[at + PAIR.to] === to) return pair;
      place = (place + 1) & this.#mask;
    }
  }

  /** Reads where the pair would be found: see `FusedEngine.warm`. */
  touch(from: number, to: number): number {
    return this.#table[hashTwo(from, to) & this.#mask];
  }

  /** Reads the records that a new pair would be linked to, and the pair's own if it is the first in its place. */
  touchRecords(from: number, to: number): number {
    const { u32 } = this.words;
    const parties = this.#parties;
    const out = parties[from * PARTY_WORDS + PARTY.firstOut];
    const into = parties[to * PARTY_WORDS + PARTY.firstIn];
    const pair = this.#table[hashTwo(from, to) & this.#mask];
    const at = pair * PAIR_WORDS;
    return u32[out * PAIR_WORDS] ^ u32[into * PAIR_WORDS] ^ u32[at] ^ u32[at + PAIR_WORDS - 1];
  }

  slide(pair: number, now: Now): void {
    const at = pair * PAIR_WORDS;
    if (pair === 0 || !now.passedSince(this.words.u32[at + PAIR.slidS])) return;
    this.words.u32[at + PAIR.slidS] = now.atS;
    slideCounters(this.words, at + PAIR.counters, now);
  }

  /** For a pair that `find` does not know. */
  add(from: number, to: number, now: Now): number {
    const pair = this.used < this.max ? ++this.used : this.#giveUpOne(now.atS);
    const { u32 } = this.words;
    const at = pair * PAIR_WORDS;
    u32.fill(0, at, at + PAIR_WORDS);
    u32[at + PAIR.from] = from;
    u32[at + PAIR.to] = to;
    u32[at + PAIR.firstS] = now.atS;
    u32[at + PAIR.slidS] = now.atS;
    this.#link(pair, at);
    let place = hashTwo(from, to) & this.#mask;
    while (this.#table[place] !== 0) place = (place + 1) & this.#mask;
    this.#table[place] = pair;
    return pair;
  }

  #link(pair: number, at: number): void {
    const { u32 } = this.words;
    const parties = this.#parties;
    const out = u32[at + PAIR.from] * PARTY_WORDS;
    const into = u32[at + PAIR.to] * PARTY_WORDS;
    const oldOut = parties[out + PARTY.firstOut];
    const oldIn = parties[into + PARTY.firstIn];
    u32[at + PAIR.nextOut] = oldOut;
    u32[at + PAIR.nextIn] = oldIn;
    if (oldOut !== 0) u32[oldOut * PAIR_WORDS + PAIR.beforeOut] = pair;
    if (oldIn !== 0) u32[oldIn * PAIR_WORDS + PAIR.beforeIn] = pair;
    parties[out + PARTY.firstOut] = pair;
    parties[into + PARTY.firstIn] = pair;
    parties[out + PARTY.outDegree]++;
    parties[into + PARTY.inDegree]++;
  }

  #giveUpOne(nowS: number): number {
    const { u32 } = this.words;
    let oldest = 0;
    for (let i = 0; i < LOOKED_AT; i++) {
      this.#hand = (this.#hand % this.max) + 1;
      const lastS = u32[this.#hand * PAIR_WORDS + PAIR.lastS];
      if (oldest === 0 || lastS < u32[oldest * PAIR_WORDS + PAIR.lastS]) oldest = this.#hand;
    }
    this.evicted++;
    if (nowS - u32[oldest * PAIR_WORDS + PAIR.lastS] < WINDOW_S[DAY]) this.evictedYoung++;
    this.#unlink(oldest * PAIR_WORDS);
    this.#forget(oldest);
    return oldest;
  }

  #unlink(at: number): void {
    const { u32 } = this.words;
    const parties = this.#parties;
    const out = u32[at + PAIR.from] * PARTY_WORDS;
    const into = u32[at + PAIR.to] * PARTY_WORDS;
    const nextOut = u32[at + PAIR.nextOut];
    const beforeOut = u32[at + PAIR.beforeOut];
    const nextIn = u32[at + PAIR.nextIn];
    const beforeIn = u32[at + PAIR.beforeIn];
    if (nextOut !== 0) u32[nextOut * PAIR_WORDS + PAIR.beforeOut] = beforeOut;
    if (nextIn !== 0) u32[nextIn * PAIR_WORDS + PAIR.beforeIn] = beforeIn;
    if (beforeOut === 0) parties[out + PARTY.firstOut] = nextOut;
    else u32[beforeOut * PAIR_WORDS + PAIR.nextOut] = nextOut;
    if (beforeIn === 0) parties[into + PARTY.firstIn] = nextIn;
    else u32[beforeIn * PAIR_WORDS + PAIR.nextIn] = nextIn;
    parties[out + PARTY.outDegree]--;
    parties[into + PARTY.inDegree]--;
  }

  /** Takes the pair out of the table; those behind it that were pushed on move up (Knuth, 6.4, algorithm R). */
  #forget(pair: number): void {
    const table = this.#table;
    const mask = this.#mask;
    let hole = this.#homeOf(pair);
    while (table[hole] !== pair) hole = (hole + 1) & mask;
    let place = hole;
    for (;;) {
      place = (place + 1) & mask;
      if (table[place] === 0) break;
      const home = this.#homeOf(table[place]);
      if (((place - home) & mask) >= ((place - hole) & mask)) {
        table[hole] = table[place];
        hole = place;
      }
    }
    table[hole] = 0;
  }

  #homeOf(pair: number): number {
    const at = pair * PAIR_WORDS;
    return hashTwo(this.words.u32[at + PAIR.from], this.words.u32[at + PAIR.to]) & this.#mask;
  }
}
