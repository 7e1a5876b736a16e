/**
 * Whether an entry of a product has the legs that its own head asks for by the product's definition, and whose accounts it moves: as the
 * digest that the journal has of what was asked (asked-entries.ts). Legs stand in the order of the definition, then the clearing account;
 * other orders are as true and are left to the query.
 *
 * An amount that is shared out goes to an account only where those before it are full: by what the walk has left of them. That is decided
 * where it is posted or tried.
 */
import type { CompiledLeg, ProductKind, Side } from '../../../products/catalogue.js';
import { refusalOf } from '../../../products/possible.js';
import { SLOTS, SYSTEM_ACCOUNT } from '../../../wire/accounts.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../../wire/ledger-log.js';
import type { AccountStates } from './account-states.js';
import { MERCHANT_HIGH, USER_HIGH } from './asked-entries.js';
import { entryDigest, ownerDigest, placeOf } from './digest.js';
import { detailsOf, headOf } from './entry-head.js';
import { int64 } from './int64.js';

const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;
const POSTING = LEG.posting / 4;
const { post: POST, try_: TRY } = COMMAND;
const { primary: PRIMARY, secondary: SECONDARY } = COMMAND_FLAG;
const { clearing: CLEARING } = SYSTEM_ACCOUNT;
/** In place of a number that no leg has told yet. */
const NOBODY = -1;

export interface ProductEntry {
  readonly command: number;
  readonly legs: number;
  readonly role: number;
  readonly peer: number;
}

export interface ProductPlace {
  readonly shard: number;
  readonly splitMerchants: number;
  /** High words of this shard's own accounts, and of the parts of split merchants here. */
  readonly systemHigh: number;
  readonly partHigh: number;
  readonly states: AccountStates;
}

export class ProductOwnLegs {
  readonly #place: ProductPlace;
  /** Number of the user at home; low and high word of the counterparty, as it was named. */
  #user = NOBODY;
  #otherLo = NOBODY;
  #otherHi = 0;

  constructor(place: ProductPlace) {
    this.#place = place;
  }

  /** Undefined where the legs of the entry at `at` do not follow from its head. */
  askedFor(
    words: Int32Array,
    at: number,
    entry: ProductEntry,
    kind: ProductKind,
  ): number | undefined {
    const { legs, role, peer } = entry;
    const { legs: template } = kind;
    const { shard, systemHigh } = this.#place;
    const amount = int64(words, at + ENTRY.amount / 4);
    const details = kind.isDetailed ? detailsOf(words, at) : 0;
    if (refusalOf(kind, amount, details) !== 0) return undefined;
    const end = at + HEAD_WORDS + legs * LEG_WORDS;
    this.#user = NOBODY;
    this.#otherLo = NOBODY;
    let next = at + HEAD_WORDS;
    let sum = 0;
    let rest = -1;
    for (const leg of template) {
      if (!isHere(leg.account.on, role)) continue;
      if (leg.rest === 'first') rest = amount;
      const wanted = leg.rest === undefined ? leg.amount.of(amount, details) : rest;
      if (wanted === 0) continue;
      const isThere = next < end && this.#isOn(words, next, leg);
      const posting = isThere ? int64(words, next + POSTING) : 0;
      if (leg.rest === undefined) {
        if (!isThere || posting !== wanted) return undefined;
        sum += wanted;
      } else if (isThere) {
        if (posting < 0 || posting > rest) return undefined;
        rest -= posting;
        sum += posting;
      }
      if (isThere) next += LEG_WORDS;
    }
    if (rest > 0) return undefined;
    if (rest === 0 && !this.#sharesInOrder(words, at, entry, template)) return undefined;
    if (sum !== 0 && (role === PRIMARY || role === SECONDARY)) {
      const isClearing = words[next] === CLEARING + peer && words[next + 1] === systemHigh;
      if (next >= end || !isClearing || int64(words, next + POSTING) !== -sum) return undefined;
      next += LEG_WORDS;
    }
    if (next !== end) return undefined;
    const isFar = role === SECONDARY;
    const names = template.some(({ account }) => account.on === 'far') && role !== PRIMARY;
    if ((!isFar && this.#user === NOBODY) || (names && this.#otherLo === NOBODY)) return undefined;
    const owner = isFar ? 0 : ownerDigest(this.#user, USER_HIGH);
    const payee = names ? ownerDigest(this.#otherLo, this.#otherHi) : 0;
    return entryDigest(headOf(words, at), owner, payee, placeOf(shard, role, peer));
  }

  /** Whether the leg at `at` is on the account that the template says; who that is, is told by the first leg of each. */
  #isOn(words: Int32Array, at: number, { account }: CompiledLeg): boolean {
    const lo = words[at];
    const hi = words[at + 1];
    const isHome = account.on === 'home';
    switch (account.of) {
      case 'party':
        return isHome ? hi === USER_HIGH && this.#isUser(lo) : this.#isOther(lo, hi);
      case 'user':
        if (hi !== account.class * SLOTS) return false;
        return isHome ? this.#isUser(lo) : this.#isOther(lo, USER_HIGH);
      case 'merchant':
        return hi === account.class * SLOTS && this.#isOther(lo, MERCHANT_HIGH);
      case 'shard':
        return hi === account.class * SLOTS + this.#place.shard + 1 && lo === 1;
      default:
        return hi === this.#place.systemHigh && lo === account.number;
    }
  }

  #isUser(lo: number): boolean {
    if (this.#user === NOBODY) this.#user = lo;
    return this.#user === lo;
  }

  #isOther(lo: number, hi: number): boolean {
    const isUser = hi === USER_HIGH;
    const isSplit = lo >>> 0 <= this.#place.splitMerchants;
    if (!isUser && hi !== (isSplit ? this.#place.partHigh : MERCHANT_HIGH)) return false;
    const high = isUser ? USER_HIGH : MERCHANT_HIGH;
    if (this.#otherLo === NOBODY) {
      this.#otherLo = lo;
      this.#otherHi = high;
    }
    return this.#otherLo === lo && this.#otherHi === high;
  }

  /** Whoever is before one that got a share is full. */
  #sharesInOrder(
    words: Int32Array,
    at: number,
    { command, legs }: ProductEntry,
    template: readonly CompiledLeg[],
  ): boolean {
    if (command !== POST && command !== TRY) return true;
    const { index, isFull } = this.#place.states;
    let mustBeFull = false;
    for (let leg = template.length - 1; leg >= 0; leg--) {
      const { account, rest } = template[leg];
      if (rest === undefined) continue;
      const hi = account.of === 'user' ? account.class * SLOTS : USER_HIGH;
      if (mustBeFull && !isFull(index.find(this.#user, hi))) return false;
      for (let at0 = at + HEAD_WORDS; at0 < at + HEAD_WORDS + legs * LEG_WORDS; at0 += LEG_WORDS)
        if (words[at0] === this.#user && words[at0 + 1] === hi) mustBeFull = true;
    }
    return true;
  }
}

function isHere(side: Side, role: number): boolean {
  if (role === PRIMARY) return side === 'home';
  return role !== SECONDARY || side === 'far';
}
