/**
 * The accounts of one shard as the walk through its log leaves them, found by id through small tables. One row of eight
 * numbers an account, so that a leg touches one cache line:
 *
 *   0 balance | 1 debits pending | 2 credits pending | 3 version | 4 latest invocation, us | 5 STATE_FLAG
 */
import { SYSTEM_ACCOUNT } from '../../../wire/accounts.js';
import { ACCOUNT, ACCOUNT_BYTES, ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import type { BooksPart } from '../../journal/run-layout.js';
import { accountsOf } from '../../journal/run-records.js';
import { isClearing } from './digest.js';
import type { BalanceRead } from './load-operations.js';

export const STATE_FIELDS = 8;
export const STATE = {
  balance: 0,
  debitsPending: 1,
  creditsPending: 2,
  version: 3,
  invokedMaxUs: 4,
  flags: 5,
} as const;
/** `bounded`: must not overdraw. `read`: a client read its balance. */
export const STATE_FLAG = { bounded: 1, read: 2 } as const;

const TWO_32 = 4294967296;
const ACCOUNT_WORDS = ACCOUNT_BYTES / 4;
/** Numbers of accounts of one class and slot that a table may span. */
const NUMBERS_MAX = 1 << 27;
/** Classes 0 to 3 with 256 slots each. */
const HIGH_WORDS = 1024;
const ACCOUNTS_FIRST = 1 << 14;

/** Raised where the accounts cannot be held; the queries judge then. */
export class UnscannableError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnscannableError';
  }
}

/** Sums over the accounts of one shard, as exported; how many were touched, and how many differ from their history. */
export interface AccountTotals {
  differences: number;
  accounts: number;
  bounded: number;
  opening: number;
  balance: number;
  debitsPending: number;
  creditsPending: number;
  /** Posted balance of the clearing account with each other shard, by its number. */
  readonly owed: number[];
}

export class AccountStates {
  count = 0;
  /** STATE_FIELDS numbers an account. */
  fields = new Float64Array(ACCOUNTS_FIRST * STATE_FIELDS);
  /** Balances that clients read, by version; undefined for most accounts. */
  readonly reads: (Map<number, number> | undefined)[] = [];
  /** By the high word of an account (class and slot), and in it by its number: index + 1. */
  readonly tables: (Int32Array | undefined)[] = new Array(HIGH_WORDS).fill(undefined);
  readonly #part: BooksPart;

  constructor(part: BooksPart) {
    this.#part = part;
    for (const { words, length } of accountsOf(part)) {
      this.#grow(this.count + length / ACCOUNT_WORDS);
      const fields = this.fields;
      for (let at = 0; at < length; at += ACCOUNT_WORDS) {
        this.#enter(words[at], words[at + 1], this.count);
        const to = this.count * STATE_FIELDS;
        const bounded = (words[at + ACCOUNT.flags / 4] & ACCOUNT_FLAG.mustNotOverdraw) !== 0;
        fields[to + STATE.balance] = int64(words, at + ACCOUNT.opening / 4);
        fields[to + STATE.invokedMaxUs] = -1;
        fields[to + STATE.flags] = bounded ? STATE_FLAG.bounded : 0;
        this.count++;
      }
    }
  }

  /** Index of the account, or -1. */
  find(lo: number, hi: number): number {
    return (this.tables[hi]?.[lo >>> 0] ?? 0) - 1;
  }

  /** Adds a balance that a client read of one of these accounts. False where it contradicts another read or the opening. */
  expectRead(read: BalanceRead): boolean {
    const index = this.find((read.account % TWO_32) | 0, Math.floor(read.account / TWO_32));
    if (index < 0) return false;
    const at = index * STATE_FIELDS;
    if (read.version === 0) return this.fields[at + STATE.balance] === read.balance;
    this.fields[at + STATE.flags] |= STATE_FLAG.read;
    const reads = this.reads[index] ?? new Map<number, number>();
    this.reads[index] = reads;
    const other = reads.get(read.version);
    reads.set(read.version, read.balance);
    return other === undefined || other === read.balance;
  }

  /** Compares what the walk left with what the shard exported, and adds up what it exported. */
  compare(): AccountTotals {
    const { fields } = this;
    const totals: AccountTotals = {
      differences: 0,
      accounts: 0,
      bounded: 0,
      opening: 0,
      balance: 0,
      debitsPending: 0,
      creditsPending: 0,
      owed: [],
    };
    let index = 0;
    for (const { words, length } of accountsOf(this.#part))
      for (let at = 0; at < length; at += ACCOUNT_WORDS) {
        const from = index * STATE_FIELDS;
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
          fields[from + STATE.version] === version;
        if (!same) totals.differences++;
        if (version > 0) {
          totals.accounts++;
          totals.bounded += fields[from + STATE.flags] & STATE_FLAG.bounded;
        }
        totals.opening += int64(words, at + ACCOUNT.opening / 4);
        totals.balance += balance;
        totals.debitsPending += debitsPending;
        totals.creditsPending += creditsPending;
        if (isClearing(words[at], words[at + 1]))
          totals.owed[words[at] - SYSTEM_ACCOUNT.clearing] = balance;
        index++;
      }
    return totals;
  }

  #grow(count: number): void {
    if (count * STATE_FIELDS <= this.fields.length) return;
    const larger = new Float64Array(Math.max(this.fields.length * 2, count * STATE_FIELDS));
    larger.set(this.fields);
    this.fields = larger;
  }

  #enter(lo: number, hi: number, index: number): void {
    const number = lo >>> 0;
    if (number >= NUMBERS_MAX || hi < 0 || hi >= HIGH_WORDS)
      throw new UnscannableError(`account ${hi}:${number} is out of the range that is scanned`);
    let table = this.tables[hi];
    if (table === undefined || number >= table.length) {
      const larger = new Int32Array(Math.max(1024, 2 ** Math.ceil(Math.log2(number + 1))));
      if (table !== undefined) larger.set(table);
      table = larger;
      this.tables[hi] = table;
    }
    if (table[number] !== 0) throw new UnscannableError('an account is exported twice');
    table[number] = index + 1;
  }
}

function int64(words: Int32Array, at: number): number {
  return words[at + 1] * TWO_32 + (words[at] >>> 0);
}
