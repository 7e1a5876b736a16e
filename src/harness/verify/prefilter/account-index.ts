/**
 * From an account to its row. A ledger opens accounts in ranges of even stride, and exports them in that order: for the first
 * such run of each class and slot the row is arithmetic, without a look at memory that is not in the nearest cache. Accounts
 * outside of it are found through small tables, by number.
 */
import { CATALOGUE } from '../../../products/kinds.js';
import { ACCOUNT_CLASS, SLOTS } from '../../../wire/accounts.js';
import { UnscannableError } from './exact-range.js';

const RUN_FIELDS = 4;
const RUN = { first: 0, stride: 1, count: 2, firstRow: 3 } as const;

/** Numbers of accounts of one class and slot that a table may span. */
const NUMBERS_MAX = 1 << 27;
/** Every class that there is, with all of its slots. */
const HIGH_WORDS = SLOTS * (1 + Math.max(ACCOUNT_CLASS.system, ...CATALOGUE.classes.keys()));

export class AccountIndex {
  /** By the high word of an account (class and slot): RUN. Numbers of a run are below NUMBERS_MAX. */
  readonly #runs = new Int32Array(HIGH_WORDS * RUN_FIELDS);
  /** 1 / stride. */
  readonly #inverse = new Float64Array(HIGH_WORDS).fill(1);
  /** By high word, and in it by number: row + 1. */
  readonly #tables: (Int32Array | undefined)[] = new Array(HIGH_WORDS).fill(undefined);

  /** Row of the account, or -1. `lo`, `hi`: its words, as they lie in a record. */
  find(lo: number, hi: number): number {
    if (hi >>> 0 >= HIGH_WORDS) return -1;
    const runs = this.#runs;
    const at = hi * RUN_FIELDS;
    const distance = lo - runs[at + RUN.first];
    // Half a number more: a quotient that is whole never falls below itself.
    const step = ((distance + 0.5) * this.#inverse[hi]) | 0;
    const isInRun = distance >= 0 && step < runs[at + RUN.count];
    if (isInRun && Math.imul(step, runs[at + RUN.stride]) === distance)
      return runs[at + RUN.firstRow] + step;
    const table = this.#tables[hi];
    return table === undefined ? -1 : (table[lo >>> 0] ?? 0) - 1;
  }

  /** Throws UnscannableError for an account that is there already or out of range. */
  enter(lo: number, hi: number, row: number): void {
    const number = lo >>> 0;
    if (number >= NUMBERS_MAX || hi < 0 || hi >= HIGH_WORDS)
      throw new UnscannableError(`account ${hi}:${number} is out of the range that is scanned`);
    if (this.find(lo, hi) >= 0) throw new UnscannableError('an account is exported twice');
    if (!this.#extend(number, hi, row)) this.#tabulate(number, hi, row);
  }

  /** Begins a run or makes it longer by one; false where the account is not the next of its run. */
  #extend(number: number, hi: number, row: number): boolean {
    const runs = this.#runs;
    const at = hi * RUN_FIELDS;
    const count = runs[at + RUN.count];
    if (count === 0) {
      runs.set([number, 1, 1, row], at);
      return true;
    }
    const first = runs[at + RUN.first];
    if (row !== runs[at + RUN.firstRow] + count || number <= first) return false;
    if (count === 1) {
      runs[at + RUN.stride] = number - first;
      this.#inverse[hi] = 1 / (number - first);
    } else if (number !== first + count * runs[at + RUN.stride]) return false;
    runs[at + RUN.count] = count + 1;
    return true;
  }

  #tabulate(number: number, hi: number, row: number): void {
    let table = this.#tables[hi];
    if (table === undefined || number >= table.length) {
      const larger = new Int32Array(Math.max(1024, 2 ** Math.ceil(Math.log2(number + 1))));
      if (table !== undefined) larger.set(table);
      table = larger;
      this.#tables[hi] = table;
    }
    table[number] = row + 1;
  }
}
