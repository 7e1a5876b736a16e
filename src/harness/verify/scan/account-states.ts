/** The accounts of one shard as the walk through its log leaves them, in typed arrays; found by id through small tables. */

import { ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import { ACCOUNT_COLUMNS } from '../../journal/books-file.js';
import { ColumnReader } from '../../journal/column-reader.js';
import type { BalanceRead } from './load-operations.js';

const TWO_32 = 4294967296;
/** Numbers of accounts of one class and slot that a table may span. */
const NUMBERS_MAX = 1 << 27;

/** Raised where the accounts cannot be held; the queries judge then. */
export class UnscannableError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnscannableError';
  }
}

interface Exported {
  readonly balance: Float64Array;
  readonly debitsPending: Float64Array;
  readonly creditsPending: Float64Array;
  readonly version: Int32Array;
}

export class AccountStates {
  readonly count: number;
  readonly balance: Float64Array;
  readonly debitsPending: Float64Array;
  readonly creditsPending: Float64Array;
  readonly version: Int32Array;
  /** The latest invocation of an operation that has a version of the account. */
  readonly invokedMaxUs: Float64Array;
  readonly bounded: Uint8Array;
  /** Balances that clients read, by version; undefined for most accounts. */
  readonly reads: (Map<number, number> | undefined)[] = [];
  readonly #tables = new Map<number, Int32Array>();
  readonly #exported: Exported;

  /** Reads the shard's accounts as they were opened and, to compare with at the end, as they were exported. */
  constructor(path: string) {
    const reader = new ColumnReader(path, ACCOUNT_COLUMNS);
    const count = reader.rows;
    this.count = count;
    this.balance = new Float64Array(count);
    this.debitsPending = new Float64Array(count);
    this.creditsPending = new Float64Array(count);
    this.version = new Int32Array(count);
    this.invokedMaxUs = new Float64Array(count).fill(-1);
    this.bounded = new Uint8Array(count);
    this.#exported = {
      balance: new Float64Array(count),
      debitsPending: new Float64Array(count),
      creditsPending: new Float64Array(count),
      version: new Int32Array(count),
    };
    let first = 0;
    for (let group = 0; group < reader.rowGroups; group++) {
      this.#load(reader, group, first);
      first += reader.groupRows(group);
    }
    reader.close();
  }

  /** Index of the account, or -1. */
  find(lo: number, hi: number): number {
    const table = this.#tables.get(hi);
    if (table === undefined) return -1;
    return (table[lo >>> 0] ?? 0) - 1;
  }

  /** The table of one class and slot: index + 1 by number. For the hot loop, which keeps the last one. */
  table(hi: number): Int32Array | undefined {
    return this.#tables.get(hi);
  }

  /** Adds a balance that a client read of one of these accounts. False where it contradicts another read or the opening. */
  expectRead(read: BalanceRead): boolean {
    const index = this.find((read.account % TWO_32) | 0, Math.floor(read.account / TWO_32));
    if (index < 0) return false;
    if (read.version === 0) return this.balance[index] === read.balance;
    const reads = this.reads[index] ?? new Map<number, number>();
    this.reads[index] = reads;
    const other = reads.get(read.version);
    reads.set(read.version, read.balance);
    return other === undefined || other === read.balance;
  }

  /** Accounts whose walked state is not what the shard exported. */
  differences(): number {
    const { balance, creditsPending, debitsPending, version } = this.#exported;
    let differences = 0;
    for (let i = 0; i < this.count; i++) {
      const same =
        balance[i] === this.balance[i] &&
        version[i] === this.version[i] &&
        debitsPending[i] === this.debitsPending[i] &&
        creditsPending[i] === this.creditsPending[i];
      if (!same) differences++;
    }
    return differences;
  }

  /** Accounts that were touched, and of them those that must not overdraw. */
  touched(): { readonly accounts: number; readonly bounded: number } {
    let accounts = 0;
    let bounded = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.#exported.version[i] === 0) continue;
      accounts++;
      bounded += this.bounded[i] ?? 0;
    }
    return { accounts, bounded };
  }

  #load(reader: ColumnReader, group: number, first: number): void {
    const number = (name: string): ((row: number) => number) => {
      const { words } = reader.read(group, name);
      return (row) => (words[row * 2 + 1] ?? 0) * TWO_32 + ((words[row * 2] ?? 0) >>> 0);
    };
    const accounts = reader.read(group, 'account').words;
    const opening = number('opening');
    const debitsPending = number('debits_pending');
    const debitsPosted = number('debits_posted');
    const creditsPending = number('credits_pending');
    const creditsPosted = number('credits_posted');
    const version = reader.read(group, 'version').words;
    const flags = reader.read(group, 'flags').words;
    const exported = this.#exported;
    for (let row = 0; row < reader.groupRows(group); row++) {
      const index = first + row;
      this.#enter(accounts[row * 2] ?? 0, accounts[row * 2 + 1] ?? 0, index);
      this.balance[index] = opening(row);
      this.bounded[index] = ((flags[row] ?? 0) & ACCOUNT_FLAG.mustNotOverdraw) !== 0 ? 1 : 0;
      exported.balance[index] = creditsPosted(row) - debitsPosted(row);
      exported.debitsPending[index] = debitsPending(row);
      exported.creditsPending[index] = creditsPending(row);
      exported.version[index] = version[row] ?? 0;
    }
  }

  #enter(lo: number, hi: number, index: number): void {
    const number = lo >>> 0;
    if (number >= NUMBERS_MAX) throw new UnscannableError(`account number ${number} is too large`);
    let table = this.#tables.get(hi);
    if (table === undefined || number >= table.length) {
      const larger = new Int32Array(Math.max(1024, 2 ** Math.ceil(Math.log2(number + 1))));
      if (table !== undefined) larger.set(table);
      table = larger;
      this.#tables.set(hi, table);
    }
    if (table[number] !== 0) throw new UnscannableError('an account is exported twice');
    table[number] = index + 1;
  }
}
