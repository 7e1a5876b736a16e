/**
 * The accounts of one shard as the walk through its log leaves them. Accounts are touched in no order, so that what the walk
 * costs is cache misses: a row is half a cache line, and holds what every leg needs.
 *
 *   byte 0 balance f64 | 8 debits pending f64 | 16 credits pending f64 | 24 version u32 | 28 STATE_FLAG u32
 */
import { isClearing, SYSTEM_ACCOUNT, shardOfAccount } from '../../../wire/accounts.js';
import { ACCOUNT, ACCOUNT_BYTES, ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import type { BooksPart } from '../../records/run-layout.js';
import { accountsOf } from '../../records/run-records.js';
import { AccountIndex } from './account-index.js';
import { AccountReads } from './account-reads.js';
import type { AgreedAccounts } from './agreed-accounts.js';
import { refuseLarge, sizeBits } from './exact-range.js';
import { int64 } from './int64.js';
import type { BalanceRead } from './load-operations.js';

/** Of a row: numbers in `fields`, or twice as many words in `words`. */
export const STATE_FIELDS = 4;
export const STATE_WORDS = 8;
/** Index in the row's fields; `version` and `flags` in its words. */
export const STATE = {
  balance: 0,
  debitsPending: 1,
  creditsPending: 2,
  version: 6,
  flags: 7,
} as const;
/** `bounded`: must not overdraw. `read`: a client read its balance. `capped`: must not pass its opening. */
export const STATE_FLAG = { bounded: 1, read: 2, capped: 4 } as const;

const TWO_32 = 4294967296;
const BOUNDS = STATE_FLAG.bounded | STATE_FLAG.capped;
const ACCOUNT_WORDS = ACCOUNT_BYTES / 4;
const ACCOUNTS_FIRST = 1 << 14;
/** Shards that can owe each other something. */
const PEERS_MAX = 256;
/** The high words of an account's amounts. */
const AMOUNT_HIGHS = [
  ACCOUNT.opening,
  ACCOUNT.debitsPending,
  ACCOUNT.debitsPosted,
  ACCOUNT.creditsPending,
  ACCOUNT.creditsPosted,
].map((at) => at / 4 + 1);

/** Sums over the accounts of one shard, as exported; how many were touched, and how many differ from their history. */
export interface AccountTotals {
  differences: number;
  accounts: number;
  bounded: number;
  /** Clearing accounts that were touched. */
  clearing: number;
  opening: number;
  balance: number;
  debitsPending: number;
  creditsPending: number;
  /** Posted balance of the clearing account with each other shard, by its number. */
  readonly owed: number[];
  /** Whether the sums are what they say: no number on the way left the integers that a double holds. */
  exact: boolean;
}

export class AccountStates {
  count = 0;
  /** STATE_FIELDS numbers an account. */
  fields = new Float64Array(ACCOUNTS_FIRST * STATE_FIELDS);
  /** The same memory, STATE_WORDS words an account. */
  words = new Int32Array(this.fields.buffer);
  /** What clients read of the account; undefined for most accounts. */
  readonly reads: (AccountReads | undefined)[] = [];
  readonly index = new AccountIndex();
  /** Accounts that belong on another shard. */
  misplaced = 0;
  /** Accounts that were opened other than agreed, or not at all. */
  wrongOpenings = 0;
  readonly #part: BooksPart;
  /** What capped accounts may have, by row; as long as the last of them. */
  #caps = new Float64Array(0);

  /** Throws UnscannableError, and what reading the file throws. */
  constructor(part: BooksPart, agreed: AgreedAccounts, shards: number) {
    this.#part = part;
    for (const { words, length } of accountsOf(part)) {
      this.#grow(this.count + length / ACCOUNT_WORDS);
      const { fields, words: rows } = this;
      let size = 0;
      for (let at = 0; at < length; at += ACCOUNT_WORDS) {
        for (const high of AMOUNT_HIGHS) size |= sizeBits(words[at + high]);
        const account = int64(words, at + ACCOUNT.account / 4);
        if (shardOfAccount(account, shards) !== agreed.shard) this.misplaced++;
        this.index.enter(words[at], words[at + 1], this.count);
        const to = this.count * STATE_FIELDS;
        const bounded = (words[at + ACCOUNT.flags / 4] & ACCOUNT_FLAG.mustNotOverdraw) !== 0;
        const opening = int64(words, at + ACCOUNT.opening / 4);
        const flags = words[at + ACCOUNT.flags / 4];
        if (!agreed.isOpenedAs(account, opening, flags)) this.wrongOpenings++;
        fields[to + STATE.balance] = opening;
        const capped = (flags & ACCOUNT_FLAG.mustNotPassOpening) !== 0;
        if (capped) this.#cap(this.count, opening);
        rows[this.count * STATE_WORDS + STATE.flags] =
          (bounded ? STATE_FLAG.bounded : 0) | (capped ? STATE_FLAG.capped : 0);
        this.count++;
      }
      refuseLarge(size);
    }
    // Each is there once (account-index.ts) and is one of those agreed on: as many are all of them.
    this.wrongOpenings += Math.abs(agreed.count - this.count);
  }

  /** Whether the account has as much as it may: with what is reserved for it. False where there is no bound, or no account. */
  readonly isFull = (index: number): boolean => {
    return this.#isCapped(index) && this.#had(index) >= this.#caps[index];
  };

  /** How much more it may have: Infinity where there is no bound, or no account. */
  room(index: number): number {
    if (!this.#isCapped(index)) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#caps[index] - this.#had(index));
  }

  /** Whether it has more. */
  isOver(index: number): boolean {
    return this.#isCapped(index) && this.#had(index) > this.#caps[index];
  }

  /** False where there is no account. */
  #isCapped(index: number): boolean {
    return index >= 0 && (this.words[index * STATE_WORDS + STATE.flags] & STATE_FLAG.capped) !== 0;
  }

  #cap(index: number, most: number): void {
    if (index >= this.#caps.length) {
      const caps = new Float64Array(Math.max(ACCOUNTS_FIRST, index * 2));
      caps.set(this.#caps);
      this.#caps = caps;
    }
    this.#caps[index] = most;
  }

  #had(index: number): number {
    const at = index * STATE_FIELDS;
    return this.fields[at + STATE.balance] + this.fields[at + STATE.creditsPending];
  }

  /** Adds a balance that a client read of one of these accounts. False where it contradicts another read or the opening. */
  expectRead(read: BalanceRead): boolean {
    const { account } = read;
    const index = this.index.find((account % TWO_32) | 0, Math.floor(account / TWO_32));
    if (index < 0) return false;
    this.words[index * STATE_WORDS + STATE.flags] |= STATE_FLAG.read;
    const reads = this.reads[index] ?? new AccountReads();
    this.reads[index] = reads;
    if (read.version > 0) return reads.expect(read);
    reads.asked(read.invokedUs);
    return this.fields[index * STATE_FIELDS + STATE.balance] === read.balance;
  }

  /** Compares what the walk left with what the shard exported, and adds up what it exported. */
  compare(): AccountTotals {
    const { fields, words: rows } = this;
    const totals: AccountTotals = {
      differences: 0,
      accounts: 0,
      bounded: 0,
      clearing: 0,
      opening: 0,
      balance: 0,
      debitsPending: 0,
      creditsPending: 0,
      owed: [],
      exact: true,
    };
    let index = 0;
    let magnitude = 0;
    for (const { words, length } of accountsOf(this.#part))
      for (let at = 0; at < length; at += ACCOUNT_WORDS) {
        const from = index * STATE_FIELDS;
        const row = index * STATE_WORDS;
        const version = words[at + ACCOUNT.version / 4] >>> 0;
        const balance =
          int64(words, at + ACCOUNT.creditsPosted / 4) -
          int64(words, at + ACCOUNT.debitsPosted / 4);
        const debitsPending = int64(words, at + ACCOUNT.debitsPending / 4);
        const creditsPending = int64(words, at + ACCOUNT.creditsPending / 4);
        const same =
          fields[from + STATE.balance] === balance &&
          fields[from + STATE.debitsPending] === debitsPending &&
          fields[from + STATE.creditsPending] === creditsPending &&
          rows[row + STATE.version] >>> 0 === version;
        if (!same) totals.differences++;
        const opening = int64(words, at + ACCOUNT.opening / 4);
        const isOwed = isClearing(words[at], words[at + 1]);
        if (version > 0) {
          totals.accounts++;
          if ((rows[row + STATE.flags] & BOUNDS) !== 0) totals.bounded++;
          if (isOwed) totals.clearing++;
        }
        totals.opening += opening;
        magnitude += Math.abs(opening) + Math.abs(balance);
        magnitude += Math.abs(debitsPending) + Math.abs(creditsPending);
        totals.balance += balance;
        totals.debitsPending += debitsPending;
        totals.creditsPending += creditsPending;
        const peer = words[at] - SYSTEM_ACCOUNT.clearing;
        if (isOwed && peer < PEERS_MAX) totals.owed[peer] = (totals.owed[peer] ?? 0) + balance;
        index++;
      }
    totals.exact = magnitude <= Number.MAX_SAFE_INTEGER;
    return totals;
  }

  #grow(count: number): void {
    if (count * STATE_FIELDS <= this.fields.length) return;
    const larger = new Float64Array(Math.max(this.fields.length * 2, count * STATE_FIELDS));
    larger.set(this.fields);
    this.fields = larger;
    this.words = new Int32Array(larger.buffer);
  }
}
