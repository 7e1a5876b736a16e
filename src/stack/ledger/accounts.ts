/**
 * The accounts of one shard, in one typed array, 64 bytes an account so that a posting touches one cache line:
 *
 *   0 debits pending | 1 debits posted | 2 credits pending | 3 credits posted | 4 version | 5 flags | 6 opening | 7 id
 *
 * Accounts are opened in ranges (first, first + stride, ...), and an id is turned into its index by arithmetic over
 * the few ranges: opening a million accounts allocates and fills, and builds no map. The system accounts of
 * the shard (fee, platform, bank, clearing for every shard, itself included) are there from the start and may
 * overdraw. Which rows changed is noted by pages of ACCOUNTS_PER_PAGE, for the checkpoint. Refuses: a range that overlaps another one without being it, and to open money out of a bank
 * account that has already posted (its history starts from its opening balance).
 */
import { SYSTEM_ACCOUNT, systemAccount } from '../../wire/accounts.js';
import type { OpenRange } from '../../wire/admin.js';
import { writeInt64, writeUint64 } from '../../wire/bytes.js';
import { ACCOUNT, ACCOUNT_BYTES, ACCOUNT_FLAG } from '../../wire/ledger-log.js';

export const FIELDS = 8;
export const DEBITS_PENDING = 0;
export const DEBITS_POSTED = 1;
export const CREDITS_PENDING = 2;
export const CREDITS_POSTED = 3;
export const VERSION = 4;
export const FLAGS = 5;
export const OPENING = 6;
const ID = 7;

const RANGE_FIELDS = 5;
const FIRST = 0;
const LAST = 1;
const STRIDE = 2;
const FIRST_INDEX = 3;
const REACH = 4;

/** Accounts of a page of `changed`: their rows in a checkpoint fill a page of the disk. */
export const ACCOUNTS_PER_PAGE = 100;

/** The page of the account whose fields begin at `at`. */
export function pageOf(at: number): number {
  return (at / (ACCOUNTS_PER_PAGE * FIELDS)) | 0;
}

/** Accounts one shard opens at most: 16 million, 1 GiB. */
export const ACCOUNTS_MAX = 2 ** 24;

interface IndexedRange {
  readonly range: OpenRange;
  readonly firstIndex: number;
  readonly last: number;
}

/** A range that cannot be opened; one line for whoever asked. */
export class OpenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OpenError';
  }
}

export class Accounts {
  /** FIELDS numbers an account. Replaced when it grows: do not keep it over an `open`. */
  fields = new Float64Array(64 * FIELDS);
  /** By page: 1 = a field of it changed; whoever takes a copy sets it back. Grows with `fields`. */
  changed = new Uint8Array(1);
  #count = 0;
  /** In the order they were opened. */
  readonly #opened: OpenRange[] = [];
  /** By first account. */
  readonly #ranges: IndexedRange[] = [];
  /** The same as RANGE_FIELDS numbers a range; its reach is the largest id of the ranges up to it. */
  #table = new Float64Array(0);
  readonly #bank: number;

  constructor(shard: number, shards: number) {
    const system = { stride: 1, openingMinor: 0, mustNotOverdraw: false };
    this.#add({ firstAccount: systemAccount(SYSTEM_ACCOUNT.fee, shard), count: 3, ...system });
    this.#add({
      firstAccount: systemAccount(SYSTEM_ACCOUNT.clearing, shard),
      count: shards,
      ...system,
    });
    this.#bank = this.indexOf(systemAccount(SYSTEM_ACCOUNT.bank, shard));
  }

  get count(): number {
    return this.#count;
  }

  /** The ranges that were opened, in that order; without the system accounts. */
  get opened(): readonly OpenRange[] {
    return this.#opened;
  }

  /** Index of an account, or -1. */
  indexOf(account: number): number {
    const table = this.#table;
    let low = 0;
    let high = table.length / RANGE_FIELDS - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (table[middle * RANGE_FIELDS + FIRST] <= account) low = middle;
      else high = middle - 1;
    }
    for (let at = low * RANGE_FIELDS; at >= 0; at -= RANGE_FIELDS) {
      if (table[at + REACH] < account) break;
      const distance = account - table[at + FIRST];
      if (distance < 0 || account > table[at + LAST]) continue;
      const stride = table[at + STRIDE];
      const step = stride === 1 ? distance : distance / stride;
      if (step === Math.floor(step)) return table[at + FIRST_INDEX] + step;
    }
    return -1;
  }

  /** Reads the account, for the same reason as IdTable.touch. */
  touch(account: number): number {
    const index = this.indexOf(account);
    return index < 0 ? 0 : this.fields[index * FIELDS + VERSION] & 1;
  }

  /** Posted balance. */
  balance(index: number): number {
    const at = index * FIELDS;
    return this.fields[at + CREDITS_POSTED] - this.fields[at + DEBITS_POSTED];
  }

  version(index: number): number {
    return this.fields[index * FIELDS + VERSION];
  }

  /** False when exactly this range is open already. Throws OpenError. */
  open(range: OpenRange): boolean {
    if (this.#ranges.some((indexed) => sameRange(indexed.range, range))) return false;
    this.#check(range);
    this.#add(range);
    this.#opened.push(range);
    const money = range.openingMinor * range.count;
    const bank = this.#bank * FIELDS;
    this.#fieldAdd(bank + DEBITS_POSTED, money);
    this.#fieldAdd(bank + OPENING, -money);
    return true;
  }

  #check(range: OpenRange): void {
    const words = `${range.count} accounts from ${range.firstAccount} by ${range.stride}`;
    if (this.#count + range.count > ACCOUNTS_MAX) {
      throw new OpenError(`cannot open ${words}: a shard holds at most ${ACCOUNTS_MAX} accounts`);
    }
    const money = range.openingMinor * range.count;
    if (!Number.isSafeInteger(money - this.fields[this.#bank * FIELDS + OPENING])) {
      throw new OpenError(`cannot open ${words}: the opening balances pass 2^53 - 1`);
    }
    if (money > 0 && this.version(this.#bank) > 0) {
      throw new OpenError(`cannot open ${words} with money: the bank account has posted already`);
    }
    for (let i = 0; i < range.count; i++) {
      const account = range.firstAccount + i * range.stride;
      if (this.indexOf(account) >= 0) {
        throw new OpenError(`cannot open ${words}: ${account} is open in another range`);
      }
    }
  }

  #add(range: OpenRange): void {
    const firstIndex = this.#count;
    this.#grow(firstIndex + range.count);
    const flags = flagsOf(range);
    for (let i = 0; i < range.count; i++) {
      const at = (firstIndex + i) * FIELDS;
      this.fields[at + CREDITS_POSTED] = range.openingMinor;
      this.fields[at + OPENING] = range.openingMinor;
      this.fields[at + FLAGS] = flags;
      this.fields[at + ID] = range.firstAccount + i * range.stride;
    }
    this.#count += range.count;
    const last = range.firstAccount + (range.count - 1) * range.stride;
    this.#ranges.push({ range, firstIndex, last });
    this.#ranges.sort((a, b) => a.range.firstAccount - b.range.firstAccount);
    let reach = 0;
    const rows = this.#ranges.map((indexed) => {
      reach = Math.max(reach, indexed.last);
      const { firstAccount, stride } = indexed.range;
      return [firstAccount, indexed.last, stride, indexed.firstIndex, reach];
    });
    this.#table = Float64Array.from(rows.flat());
  }

  #fieldAdd(at: number, amount: number): void {
    this.fields[at] += amount;
  }

  #grow(count: number): void {
    if (count * FIELDS <= this.fields.length) return;
    const grown = new Float64Array(Math.max(count, this.#count * 2) * FIELDS);
    grown.set(this.fields);
    this.fields = grown;
    const changed = new Uint8Array(pageOf(grown.length) + 1);
    changed.set(this.changed);
    this.changed = changed;
  }

  /**
   * Where the posted balance of an account starts: what it was opened with. Opening money out of a bank account is no
   * posting and has no version.
   */
  openedWith(index: number): { readonly debits: number; readonly credits: number } {
    const opening = this.fields[index * FIELDS + OPENING];
    return { debits: Math.max(0, -opening), credits: Math.max(0, opening) };
  }

  /** Writes the account records from index `from` on into `target`, as many as fit; returns how many. */
  export(from: number, target: Buffer): number {
    const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
    const room = Math.floor(target.byteLength / ACCOUNT_BYTES);
    const records = Math.max(0, Math.min(room, this.#count - from));
    for (let i = 0; i < records; i++) {
      const field = (offset: number): number => this.fields[(from + i) * FIELDS + offset];
      const at = i * ACCOUNT_BYTES;
      writeUint64(view, at + ACCOUNT.account, field(ID));
      writeInt64(view, at + ACCOUNT.opening, field(OPENING));
      writeUint64(view, at + ACCOUNT.debitsPending, field(DEBITS_PENDING));
      writeUint64(view, at + ACCOUNT.debitsPosted, field(DEBITS_POSTED));
      writeUint64(view, at + ACCOUNT.creditsPending, field(CREDITS_PENDING));
      writeUint64(view, at + ACCOUNT.creditsPosted, field(CREDITS_POSTED));
      view.setUint32(at + ACCOUNT.version, field(VERSION), true);
      view.setUint32(at + ACCOUNT.flags, field(FLAGS), true);
    }
    return records;
  }
}

function flagsOf({ mustNotOverdraw, mustNotPassOpening }: OpenRange): number {
  return (
    (mustNotOverdraw ? ACCOUNT_FLAG.mustNotOverdraw : 0) |
    (mustNotPassOpening === true ? ACCOUNT_FLAG.mustNotPassOpening : 0)
  );
}

function sameRange(a: OpenRange, b: OpenRange): boolean {
  return (
    a.firstAccount === b.firstAccount &&
    a.count === b.count &&
    a.stride === b.stride &&
    a.openingMinor === b.openingMinor &&
    flagsOf(a) === flagsOf(b)
  );
}
