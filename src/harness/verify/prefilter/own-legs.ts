/**
 * Whether an entry has the legs that its own head asks for, and whose accounts it moves: as the digest that the journal has of
 * what was asked (asked-entries.ts). The two who are named come first, in either order, then fee and commission.
 * Other orders are as true and are left to the query.
 */
import { productKind } from '../../../products/kinds.js';
import {
  merchantSubAccount,
  SLOT_UNIT,
  SYSTEM_ACCOUNT,
  systemAccount,
} from '../../../wire/accounts.js';
import { COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../../wire/ledger-log.js';
import type { MoneyRules } from '../../records/target-facts.js';
import type { AccountStates } from './account-states.js';
import { MERCHANT_HIGH, PAYS, RESERVES, USER_HIGH } from './asked-entries.js';
import { entryDigest, ownerDigest, placeOf } from './digest.js';
import { headOf } from './entry-head.js';
import { int64 } from './int64.js';
import { TOWARDS_ACCOUNT } from './load-operations.js';
import { ProductOwnLegs } from './product-own-legs.js';

const TWO_31 = 2147483648;
const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;
const POSTING = LEG.posting / 4;
const AMOUNT = ENTRY.amount / 4;
const { primary: PRIMARY, secondary: SECONDARY } = COMMAND_FLAG;
const { bank: BANK, clearing: CLEARING, fee: FEE, platform: PLATFORM } = SYSTEM_ACCOUNT;

/** An entry with legs under the id that asked for them. */
export interface OwnEntry {
  readonly command: number;
  readonly kind: number;
  readonly legs: number;
  readonly role: number;
  readonly peer: number;
}

export class OwnLegs {
  readonly #money: MoneyRules;
  readonly #shard: number;
  /** High words of this shard's own accounts, and of the parts of split merchants here. */
  readonly #systemHigh: number;
  readonly #partHigh: number;
  readonly #products: ProductOwnLegs;

  constructor(money: MoneyRules, shard: number, states: AccountStates) {
    this.#money = money;
    this.#shard = shard;
    this.#systemHigh = Math.floor(systemAccount(0, shard) / SLOT_UNIT);
    this.#partHigh = Math.floor(merchantSubAccount(0, shard) / SLOT_UNIT);
    const { splitMerchants } = money;
    const [systemHigh, partHigh] = [this.#systemHigh, this.#partHigh];
    this.#products = new ProductOwnLegs({ shard, splitMerchants, systemHigh, partHigh, states });
  }

  /** Digest of what the entry at `at` was asked for; undefined where its legs do not follow from that. */
  askedFor(words: Int32Array, at: number, entry: OwnEntry): number | undefined {
    const { kind, legs, role, peer } = entry;
    if (legs < 2) return undefined;
    const product = productKind(kind);
    if (product !== undefined) return this.#products.askedFor(words, at, entry, product);
    const amount = int64(words, at + AMOUNT);
    const own = TOWARDS_ACCOUNT[kind] === 1 ? amount : -amount;
    let ownAt = at + HEAD_WORDS;
    let otherAt = ownAt + LEG_WORDS;
    if (int64(words, ownAt + POSTING) !== own) {
      ownAt = otherAt;
      otherAt = at + HEAD_WORDS;
      if (int64(words, ownAt + POSTING) !== own) return undefined;
    }
    const isFar = role === SECONDARY;
    const ownLo = words[ownAt];
    const ownHi = words[ownAt + 1];
    const otherLo = words[otherAt];
    const otherHi = words[otherAt + 1];
    if (ownLo === otherLo && ownHi === otherHi) return undefined;
    if (isFar && (ownLo !== CLEARING + peer || ownHi !== this.#systemHigh)) return undefined;
    const owner = isFar ? 0 : ownerDigest(ownLo, ownHi);
    let payee = 0;
    let charges = 0;
    if (role === PRIMARY || PAYS[kind] === 0) {
      const system = role === PRIMARY || RESERVES[kind] === 1 ? CLEARING + peer : BANK;
      if (otherLo !== system || otherHi !== this.#systemHigh) return undefined;
      if (legs !== 2) return undefined;
    } else if (otherHi === USER_HIGH) {
      if (legs !== 2) return undefined;
      payee = ownerDigest(otherLo, otherHi);
    } else {
      const isSplit = otherLo >>> 0 <= this.#money.splitMerchants;
      if (otherHi !== (isSplit ? this.#partHigh : MERCHANT_HIGH)) return undefined;
      payee = ownerDigest(otherLo, MERCHANT_HIGH);
      if (own < 0)
        charges = this.#charges(words, at + HEAD_WORDS + 2 * LEG_WORDS, legs - 2, amount);
      else if (legs !== 2) return undefined;
      if (charges < 0) return undefined;
    }
    if (int64(words, otherAt + POSTING) !== -own - charges) return undefined;
    const head = headOf(words, at);
    return entryDigest(head, owner, payee, placeOf(this.#shard, role, peer));
  }

  /** Fee and commission together, as the `legs` legs from `at` on have them; -1 where they have not. */
  #charges(words: Int32Array, at: number, legs: number, amount: number): number {
    const fee = share(amount, this.#money.feePer10k);
    const commission = share(amount, this.#money.commissionPer10k);
    let next = at;
    let left = legs;
    if (fee > 0) {
      if (left === 0 || !this.#isCharge(words, next, FEE, fee)) return -1;
      next += LEG_WORDS;
      left--;
    }
    if (commission > 0) {
      if (left === 0 || !this.#isCharge(words, next, PLATFORM, commission)) return -1;
      left--;
    }
    return left === 0 ? fee + commission : -1;
  }

  #isCharge(words: Int32Array, at: number, account: number, minor: number): boolean {
    return (
      words[at] === account &&
      words[at + 1] === this.#systemHigh &&
      int64(words, at + POSTING) === minor
    );
  }
}

/** floor(amount * per10k / 10,000), exact for every amount that a double holds. */
function share(amount: number, per10k: number): number {
  const rest = amount < TWO_31 ? (amount | 0) % 10_000 : amount % 10_000;
  return ((amount - rest) / 10_000) * per10k + Math.floor((rest * per10k) / 10_000);
}
