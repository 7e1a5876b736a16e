/**
 * What an operation must have booked, from what was asked, where the accounts lie and what was agreed about money: as digests,
 * one of the entry on its home shard and one of that on the far shard. The law `legs-follow-operation` says it in SQL, and draws it.
 */
import {
  ACCOUNT_CLASS,
  CLASS_UNIT,
  merchantSubAccount,
  SLOT_UNIT,
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

const TWO_32 = 4294967296;
const LOCAL = 0;
const { primary: PRIMARY, secondary: SECONDARY } = COMMAND_FLAG;

/** By kind. */
const PAYS = kindFlags(movesCounterparty);
const TOWARDS_HOME = kindFlags(movesTowardsHome);
const POSTS = kindFlags(({ effect }) => effect === 'posts');
const RESERVES = kindFlags(({ effect }) => effect === 'reserves');

export class ExpectedLegs {
  /** Of the entry on the home shard; 0 where the kind moves no money of its own. */
  home = 0;
  /** Of the entry on the far shard; 0 where there is none. */
  far = 0;
  readonly #money: MoneyRules;

  constructor(money: MoneyRules) {
    this.#money = money;
  }

  /** Of the operation whose record in the journal is at `at`; its accounts and its amount are less than 2^53. */
  derive(words: Int32Array, at: number): void {
    const { shards } = this.#money;
    const head = words[at + OP.kind / 4];
    const kind = head & 255;
    const account = uint64(words, at + OP.account / 4);
    const amountLo = words[at + OP.amount / 4];
    const amountHi = words[at + OP.amount / 4 + 1];
    const amount = amountHi * TWO_32 + (amountLo >>> 0);
    const home = shardOfAccount(account, shards);
    const own = TOWARDS_HOME[kind] === 1 ? amount : -amount;
    this.home = 0;
    this.far = 0;
    let other: number;
    let far = home;
    if (PAYS[kind] === 1) {
      other = this.#bookedAccount(uint64(words, at + OP.counterparty / 4), home);
      far = shardOfAccount(other, shards);
    } else if (POSTS[kind] === 1) other = systemAccount(SYSTEM_ACCOUNT.bank, home);
    else if (RESERVES[kind] === 1) other = systemAccount(SYSTEM_ACCOUNT.clearing + home, home);
    else return;
    const reference = referenceDigest(words, at + OP.reference / 4);
    const timeoutS = words[at + OP.timeoutS / 4];
    const asked = headDigest(head & 0xffff, timeoutS, amountLo, amountHi, reference);
    const isCharged = own < 0 && PAYS[kind] === 1 && isMerchant(other);
    const ownLeg = leg(account, own);
    if (home === far) {
      const legs = ownLeg + this.#otherLegs(other, own, far, isCharged);
      this.home = entryDigest(asked, legs, placeOf(home, LOCAL, home));
      return;
    }
    const homeLegs = ownLeg + leg(systemAccount(SYSTEM_ACCOUNT.clearing + far, home), -own);
    const farLegs =
      leg(systemAccount(SYSTEM_ACCOUNT.clearing + home, far), own) +
      this.#otherLegs(other, own, far, isCharged);
    this.home = entryDigest(asked, homeLegs, placeOf(home, PRIMARY, far));
    this.far = entryDigest(asked, farLegs, placeOf(far, SECONDARY, home));
  }

  /** The other side of `own`: all of it, or what is left after the charges, and those. */
  #otherLegs(other: number, own: number, shard: number, isCharged: boolean): number {
    if (!isCharged) return leg(other, -own);
    const fee = share(-own, this.#money.feePer10k);
    const commission = share(-own, this.#money.commissionPer10k);
    const charges =
      (fee > 0 ? leg(systemAccount(SYSTEM_ACCOUNT.fee, shard), fee) : 0) +
      (commission > 0 ? leg(systemAccount(SYSTEM_ACCOUNT.platform, shard), commission) : 0);
    return leg(other, -own - fee - commission) + charges;
  }

  /** A merchant that is split is paid on its sub-account beside the payer. */
  #bookedAccount(account: number, home: number): number {
    const number = account % SLOT_UNIT;
    const isSplit = isMerchant(account) && number <= this.#money.splitMerchants;
    return isSplit ? merchantSubAccount(number, home) : account;
  }
}

function isMerchant(account: number): boolean {
  return Math.floor(account / CLASS_UNIT) === ACCOUNT_CLASS.merchant;
}

/** floor(amount * per10k / 10,000), exact for every amount that a double holds. */
function share(amount: number, per10k: number): number {
  const rest = amount % 10_000;
  return ((amount - rest) / 10_000) * per10k + Math.floor((rest * per10k) / 10_000);
}

function leg(account: number, posting: number): number {
  return postingDigest(
    (account % TWO_32) | 0,
    Math.floor(account / TWO_32),
    (posting % TWO_32) | 0,
    Math.floor(posting / TWO_32),
  );
}

function uint64(words: Int32Array, at: number): number {
  return words[at + 1] * TWO_32 + (words[at] >>> 0);
}
