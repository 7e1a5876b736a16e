/**
 * The accounts of one shard as the walk through its log leaves them, found by id through small tables. One row of eight
 * numbers an account, so that a leg touches one cache line:
 *
 *   0 balance | 1 debits pending | 2 credits pending | 3 version | 4 latest invocation, us | 5 STATE_FLAG
 */
import { ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import { ACCOUNT_COLUMNS } from '../../journal/books-file.js';
import { ColumnReader } from '../../journal/column-reader.js';
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
/** Numbers of accounts of one class and slot that a table may span. */
const NUMBERS_MAX = 1 << 27;
/** Classes 0 to 3 with 256 slots each. */
const HIGH_WORDS = 1024;

/** Raised where the accounts cannot be held; the queries judge then. */
export class UnscannableError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnscannableError';
  }
}

export class AccountStates {
  readonly count: number;
  /** STATE_FIELDS numbers an account. */
  readonly fields: Float64Array;
  /** Balances that clients read, by version; undefined for most accounts. */
  readonly reads: (Map<number, number> | undefined)[] = [];
  /** By the high word of an account (class and slot), and in it by its number: index + 1. */
  readonly tables: (Int32Array | undefined)[] = new Array(HIGH_WORDS).fill(undefined);
  /** As exported, to compare with at the end: the first four fields of each account. */
  readonly #exported: Float64Array;

  constructor(path: string) {
    const reader = new ColumnReader(path, ACCOUNT_COLUMNS);
    this.count = reader.rows;
    this.fields = new Float64Array(this.count * STATE_FIELDS);
    this.#exported = new Float64Array(this.count * 4);
    let first = 0;
    for (let group = 0; group < reader.rowGroups; group++) {
      this.#load(reader, group, first);
      first += reader.groupRows(group);
    }
    reader.close();
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
    this.fields[at + STATE.flags] = this.fields[at + STATE.flags] | STATE_FLAG.read;
    const reads = this.reads[index] ?? new Map<number, number>();
    this.reads[index] = reads;
    const other = reads.get(read.version);
    reads.set(read.version, read.balance);
    return other === undefined || other === read.balance;
  }

  /** Accounts whose walked state is not what the shard exported. */
  differences(): number {
    let differences = 0;
    for (let i = 0; i < this.count; i++) {
      let same = true;
      for (let field = 0; field < 4; field++)
        same &&= this.fields[i * STATE_FIELDS + field] === this.#exported[i * 4 + field];
      if (!same) differences++;
    }
    return differences;
  }

  /** Accounts that were touched, and of them those that must not overdraw. */
  touched(): { readonly accounts: number; readonly bounded: number } {
    let accounts = 0;
    let bounded = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.#exported[i * 4 + STATE.version] === 0) continue;
      accounts++;
      bounded += this.fields[i * STATE_FIELDS + STATE.flags] & STATE_FLAG.bounded;
    }
    return { accounts, bounded };
  }

  #load(reader: ColumnReader, group: number, first: number): void {
    const number = (name: string): ((row: number) => number) => {
      const { words } = reader.read(group, name);
      return (row) => words[row * 2 + 1] * TWO_32 + (words[row * 2] >>> 0);
    };
    const accounts = reader.read(group, 'account').words;
    const opening = number('opening');
    const debitsPending = number('debits_pending');
    const debitsPosted = number('debits_posted');
    const creditsPending = number('credits_pending');
    const creditsPosted = number('credits_posted');
    const version = reader.read(group, 'version').words;
    const flags = reader.read(group, 'flags').words;
    for (let row = 0; row < reader.groupRows(group); row++) {
      const index = first + row;
      this.#enter(accounts[row * 2], accounts[row * 2 + 1], index);
      const at = index * STATE_FIELDS;
      const bounded = (flags[row] & ACCOUNT_FLAG.mustNotOverdraw) !== 0;
      this.fields[at + STATE.balance] = opening(row);
      this.fields[at + STATE.invokedMaxUs] = -1;
      this.fields[at + STATE.flags] = bounded ? STATE_FLAG.bounded : 0;
      const to = index * 4;
      this.#exported[to + STATE.balance] = creditsPosted(row) - debitsPosted(row);
      this.#exported[to + STATE.debitsPending] = debitsPending(row);
      this.#exported[to + STATE.creditsPending] = creditsPending(row);
      this.#exported[to + STATE.version] = version[row] >>> 0;
    }
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
