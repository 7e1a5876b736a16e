/**
 * One record for each user and merchant, at its number: 256 bytes, no search.
 *
 *   word  0 first seen + 1  1 slid to (seconds)
 *         2 out: counters (12)       14 in: counters (12)
 *        26 out: distinct payees (6) 32 in: distinct payers (6)
 *        38 newest pair out  39 newest pair in  40 pairs out  41 pairs in
 *        44 paid on credit, of the day: present, before  f32      46 received from credit, the same
 *        48 times out  49 of those at night  50 refunds received  51 refunds given  52 money that came back  f32
 *        54 parent in its component  55 size of the component     56 classes of the amounts paid (16 x u16)
 *
 *   ordinal  0 nobody, blank | 1 .. users | users + 1 .. users + merchants
 */
import { AMOUNT_CLASSES } from './amounts.js';
import { DAY, makeWords, type Now, slideCounters, slideDistinct, type Words } from './windows.js';

export const PARTY_WORDS = 64;
export const PARTY_BYTES = PARTY_WORDS * 4;

/** Offsets in words. */
export const PARTY = {
  seen: 0,
  slidS: 1,
  out: 2,
  in: 14,
  payees: 26,
  payers: 32,
  firstOut: 38,
  firstIn: 39,
  outDegree: 40,
  inDegree: 41,
  creditOut: 44,
  creditIn: 46,
  timesOut: 48,
  nightOut: 49,
  refundsIn: 50,
  refundsOut: 51,
  cameBack: 52,
  parent: 54,
  size: 55,
  amounts: 56,
} as const;

export class Parties {
  readonly words: Words;
  readonly u16: Uint16Array;
  readonly users: number;
  readonly merchants: number;

  constructor(users: number, merchants: number) {
    this.users = users;
    this.merchants = merchants;
    this.words = makeWords((1 + users + merchants) * PARTY_WORDS);
    this.u16 = new Uint16Array(this.words.u32.buffer);
  }

  get count(): number {
    return this.users + this.merchants;
  }

  /** Ordinal of user `number`; 0 for one that was not opened. */
  user(number: number): number {
    return number <= this.users ? number : 0;
  }

  merchant(number: number): number {
    return number > 0 && number <= this.merchants ? this.users + number : 0;
  }

  /** The party deals for the first time, or did before. */
  see(party: number, now: Now): void {
    const { u32 } = this.words;
    const at = party * PARTY_WORDS;
    if (u32[at + PARTY.seen] !== 0) {
      this.slide(party, now);
      return;
    }
    u32[at + PARTY.seen] = now.atS + 1;
    u32[at + PARTY.slidS] = now.atS;
    u32[at + PARTY.parent] = party;
    u32[at + PARTY.size] = 1;
  }

  hoursSinceFirst(party: number, now: Now): number {
    const seen = this.words.u32[party * PARTY_WORDS + PARTY.seen];
    return seen === 0 ? 0 : (now.atS + 1 - seen) / 3600;
  }

  /** Brings every window of the record up to now. */
  slide(party: number, now: Now): void {
    const { u32, f32 } = this.words;
    const at = party * PARTY_WORDS;
    if (!now.passedSince(u32[at + PARTY.slidS])) return;
    if (party !== 0) u32[at + PARTY.slidS] = now.atS;
    slideCounters(this.words, at + PARTY.out, now);
    slideCounters(this.words, at + PARTY.in, now);
    slideDistinct(this.words, at + PARTY.payees, now);
    slideDistinct(this.words, at + PARTY.payers, now);
    const days = now.passed[DAY];
    if (days === 0) return;
    for (const sum of [at + PARTY.creditOut, at + PARTY.creditIn]) {
      f32[sum + 1] = days === 1 ? f32[sum] : 0;
      f32[sum] = 0;
    }
  }

  /** Of the day's credit at word `which`: `PARTY.creditOut` or `PARTY.creditIn`. */
  creditSum(party: number, which: number, now: Now): number {
    const at = party * PARTY_WORDS + which;
    return this.words.f32[at] + this.words.f32[at + 1] * now.left[DAY];
  }

  /** Where the amounts of the party lie in `u16`. */
  amountsAt(party: number): number {
    return (party * PARTY_WORDS + PARTY.amounts) * 2;
  }
}

if (PARTY.amounts * 2 + AMOUNT_CLASSES > PARTY_WORDS * 2) throw new Error('a party has no room');
