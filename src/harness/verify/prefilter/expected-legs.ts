/**
 * What an operation must have booked, from what was asked, where the accounts lie and what was agreed about money: as digests,
 * one of the entry on its home shard and one of that on the far shard. The law `legs-follow-operation` says it in SQL, and draws it.
 */
import {
  merchantAccount,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  shardOfAccount,
  systemAccount,
} from '../../../wire/accounts.js';
import { COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { kindFlags } from '../../../wire/operation-kinds.js';
import { OP } from '../../../wire/operations.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { movesCounterparty, movesTowardsHome } from '../kinds.js';
import { entryDigest, headDigest, placeOf, postingDigest, referenceDigest } from './digest.js';

const TWO_31 = 2147483648;
const TWO_32 = 4294967296;
const LOCAL = 0;
const { primary: PRIMARY, secondary: SECONDARY } = COMMAND_FLAG;

/** By kind. */
const PAYS = kindFlags(movesCounterparty);
const TOWARDS_HOME = kindFlags(movesTowardsHome);
const POSTS = kindFlags(({ effect }) => effect === 'posts');
const RESERVES = kindFlags(({ effect }) => effect === 'reserves');

/** High words of account ids: of users, and of merchants that have one account. */
const USER_HIGH = 0;
const MERCHANT_HIGH = highOf(merchantAccount(0));

/** Millions are derived: accounts stay in the two words they come in, and small amounts are never divided as doubles. */
export class ExpectedLegs {
  /** Of the entry on the home shard; 0 where the kind moves no money of its own. */
  home = 0;
  /** Of the entry on the far shard; 0 where there is none. */
  far = 0;
  readonly #money: MoneyRules;
  /** High words of a shard's own accounts, and of the parts of split merchants there. */
  readonly #systemHigh: Int32Array;
  readonly #partHigh: Int32Array;

  constructor(money: MoneyRules) {
    const shards = Array.from({ length: money.shards }, (_, shard) => shard);
    this.#money = money;
    this.#systemHigh = Int32Array.from(shards, (shard) => highOf(systemAccount(0, shard)));
    this.#partHigh = Int32Array.from(shards, (shard) => highOf(merchantSubAccount(0, shard)));
  }

  /** Of the operation whose record in the journal is at `at`; its accounts and its amount are less than 2^53. */
  derive(words: Int32Array, at: number): void {
    const head = words[at + OP.kind / 4];
    const kind = head & 255;
    const accountLo = words[at + OP.account / 4];
    const accountHi = words[at + OP.account / 4 + 1];
    const amountLo = words[at + OP.amount / 4];
    const amountHi = words[at + OP.amount / 4 + 1];
    const amount = amountHi * TWO_32 + (amountLo >>> 0);
    const home = this.#shardOf(accountLo, accountHi);
    const own = TOWARDS_HOME[kind] === 1 ? amount : -amount;
    this.home = 0;
    this.far = 0;
    let far = home;
    let otherLo: number;
    let otherHi = this.#systemHigh[home];
    let isMerchant = false;
    if (PAYS[kind] === 1) {
      otherLo = words[at + OP.counterparty / 4];
      otherHi = words[at + OP.counterparty / 4 + 1];
      isMerchant = otherHi === MERCHANT_HIGH;
      // Nobody can name a part of a merchant: that it was asked for is for the query to judge.
      if (!isMerchant && otherHi !== USER_HIGH) return;
      // A merchant that is split is paid on the part beside the payer.
      if (isMerchant && otherLo >>> 0 <= this.#money.splitMerchants) otherHi = this.#partHigh[home];
      else far = this.#shardOf(otherLo, otherHi);
    } else if (POSTS[kind] === 1) otherLo = SYSTEM_ACCOUNT.bank;
    else if (RESERVES[kind] === 1) otherLo = SYSTEM_ACCOUNT.clearing + home;
    else return;
    const reference = referenceDigest(words, at + OP.reference / 4);
    const timeoutS = words[at + OP.timeoutS / 4];
    const asked = headDigest(head & 0xffff, timeoutS, amountLo, amountHi, reference);
    const ownLeg = leg(accountLo, accountHi, own);
    const otherLegs =
      own < 0 && isMerchant
        ? this.#chargedLegs(otherLo, otherHi, amount, far)
        : leg(otherLo, otherHi, -own);
    if (home === far) {
      this.home = entryDigest(asked, ownLeg + otherLegs, placeOf(home, LOCAL, home));
      return;
    }
    const clearing = SYSTEM_ACCOUNT.clearing;
    const homeLegs = ownLeg + leg(clearing + far, this.#systemHigh[home], -own);
    const farLegs = leg(clearing + home, this.#systemHigh[far], own) + otherLegs;
    this.home = entryDigest(asked, homeLegs, placeOf(home, PRIMARY, far));
    this.far = entryDigest(asked, farLegs, placeOf(far, SECONDARY, home));
  }

  /** What is left for the merchant, and the charges. */
  #chargedLegs(lo: number, hi: number, amount: number, shard: number): number {
    const high = this.#systemHigh[shard];
    const fee = share(amount, this.#money.feePer10k);
    const commission = share(amount, this.#money.commissionPer10k);
    let legs = leg(lo, hi, amount - fee - commission);
    if (fee > 0) legs += leg(SYSTEM_ACCOUNT.fee, high, fee);
    if (commission > 0) legs += leg(SYSTEM_ACCOUNT.platform, high, commission);
    return legs;
  }

  #shardOf(lo: number, hi: number): number {
    const { shards } = this.#money;
    if (hi === USER_HIGH || hi === MERCHANT_HIGH) return (lo >>> 0) % shards;
    return shardOfAccount(hi * TWO_32 + (lo >>> 0), shards);
  }
}

/** floor(amount * per10k / 10,000), exact for every amount that a double holds. */
function share(amount: number, per10k: number): number {
  const rest = amount < TWO_31 ? (amount | 0) % 10_000 : amount % 10_000;
  return ((amount - rest) / 10_000) * per10k + Math.floor((rest * per10k) / 10_000);
}

function leg(lo: number, hi: number, posting: number): number {
  if (posting < TWO_31 && posting >= -TWO_31)
    return postingDigest(lo, hi, posting | 0, posting < 0 ? -1 : 0);
  const postingHi = Math.floor(posting / TWO_32);
  return postingDigest(lo, hi, (posting - postingHi * TWO_32) | 0, postingHi);
}

function highOf(account: number): number {
  return Math.floor(account / TWO_32);
}
