/**
 * The entries that an operation asks for, as digests: of one on its home shard, and of one on the far shard. A digest says which
 * accounts, which amount and where; which legs follow from these is compared on the entry (own-legs.ts), so that nothing is
 * derived for an operation that is in no book. The law `legs-follow-operation` says it in SQL, and draws it.
 */

import { kindFlags } from '../../../products/kinds.js';
import { merchantAccount, SLOT_UNIT, shardOfAccount } from '../../../wire/accounts.js';
import { COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { OP } from '../../../wire/operations.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { movesCounterparty } from '../kinds.js';
import { entryDigest, headDigest, ownerDigest, placeOf } from './digest.js';

const LOCAL = 0;
const { primary: PRIMARY, secondary: SECONDARY } = COMMAND_FLAG;

/** By kind. */
export const PAYS = kindFlags(movesCounterparty);
export const POSTS = kindFlags(({ effect }) => effect === 'posts');
export const RESERVES = kindFlags(({ effect }) => effect === 'reserves');

/** High words of account ids: of users, and of merchants as clients name them. */
export const USER_HIGH = 0;
export const MERCHANT_HIGH = Math.floor(merchantAccount(0) / SLOT_UNIT);

/** Millions are derived: accounts and amounts stay in the two words they come in. */
export class AskedEntries {
  /** Of the entry on the home shard; 0 where the kind moves no money of its own. */
  home = 0;
  /** Of the entry on the far shard; 0 where there is none. */
  far = 0;
  readonly #shards: number;
  readonly #splitMerchants: number;

  constructor({ shards, splitMerchants }: MoneyRules) {
    this.#shards = shards;
    this.#splitMerchants = splitMerchants;
  }

  /** Of the operation whose record in the journal is at `at`; `reference`: digest of what it refers to. */
  derive(words: Int32Array, at: number, reference: number): void {
    this.home = 0;
    this.far = 0;
    const head = words[at + OP.kind / 4];
    const kind = head & 255;
    const isPaying = PAYS[kind] === 1;
    if (!isPaying && POSTS[kind] === 0 && RESERVES[kind] === 0) return;
    const otherLo = words[at + OP.counterparty / 4];
    const otherHi = words[at + OP.counterparty / 4 + 1];
    // Nobody can name a part of a merchant: that it was asked for is for the query to judge.
    if (isPaying && otherHi !== MERCHANT_HIGH && otherHi !== USER_HIGH) return;
    const asked = headDigest(
      head & 0xffff,
      words[at + OP.timeoutS / 4],
      words[at + OP.amount / 4],
      words[at + OP.amount / 4 + 1],
      reference,
    );
    const accountLo = words[at + OP.account / 4];
    const accountHi = words[at + OP.account / 4 + 1];
    const home = this.#shardOf(accountLo, accountHi);
    const owner = ownerDigest(accountLo, accountHi);
    if (!isPaying) {
      this.home = entryDigest(asked, owner, 0, placeOf(home, LOCAL, home));
      return;
    }
    const payee = ownerDigest(otherLo, otherHi);
    // A merchant that is split is paid on the part beside the payer.
    const isBeside = otherHi === MERCHANT_HIGH && otherLo >>> 0 <= this.#splitMerchants;
    const far = isBeside ? home : this.#shardOf(otherLo, otherHi);
    if (home === far) {
      this.home = entryDigest(asked, owner, payee, placeOf(home, LOCAL, home));
      return;
    }
    this.home = entryDigest(asked, owner, 0, placeOf(home, PRIMARY, far));
    this.far = entryDigest(asked, 0, payee, placeOf(far, SECONDARY, home));
  }

  #shardOf(lo: number, hi: number): number {
    if (hi === USER_HIGH || hi === MERCHANT_HIGH) return (lo >>> 0) % this.#shards;
    return shardOfAccount(hi * SLOT_UNIT + (lo >>> 0), this.#shards);
  }
}
