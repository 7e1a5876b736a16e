/**
 * The legs of one entry on their way into the accounts, in reused typed arrays: where they come from, whether the
 * accounts allow them, and the posting itself, which writes the entry's legs as it goes.
 *
 *   mode       posted      made            confirmed               released
 *   debit      dPosted +   dPending +      dPending -, dPosted +   dPending -
 *   credit     cPosted +   cPending +      cPending -, cPosted +   cPending -
 *
 * Every posting takes its account's next version, whatever the mode. Refuses by result code, in TigerBeetle's order:
 * accounts not different, debit account not found, credit account not found, overflow, not enough money, more than is owed.
 */
import { readInt64, readUint64, writeInt64, writeUint64 } from '../../wire/bytes.js';
import { LEGS_MAX } from '../../wire/ledger-commands.js';
import {
  ACCOUNT_FLAG,
  ENTRY,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
  LEG_PENDING,
} from '../../wire/ledger-log.js';
import { RESULTS } from '../../wire/results.js';
import {
  type Accounts,
  CREDITS_PENDING,
  CREDITS_POSTED,
  DEBITS_PENDING,
  DEBITS_POSTED,
  FIELDS,
  FLAGS,
  OPENING,
  pageOf,
  VERSION,
} from './accounts.js';
import type { Command } from './command.js';

export class Legs {
  count = 0;
  /** While a log is replayed into accounts that are ahead of it, some more than others: what they have is not done again. */
  isAhead = false;
  readonly accounts = new Float64Array(LEGS_MAX);
  readonly postings = new Float64Array(LEGS_MAX);
  protected readonly indices = new Int32Array(LEGS_MAX);
  protected readonly book: Accounts;

  constructor(books: Accounts) {
    this.book = books;
  }

  fromCommand(command: Command): void {
    this.count = command.legs;
    for (let i = 0; i < command.legs; i++) {
      this.accounts[i] = command.accounts[i];
      this.postings[i] = command.postings[i];
    }
  }

  fromEntry(view: DataView, entryAt: number): void {
    this.count = view.getUint8(entryAt + ENTRY.legs);
    for (let i = 0; i < this.count; i++) {
      const leg = entryAt + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
      this.accounts[i] = readUint64(view, leg + LEG.account);
      this.postings[i] = readInt64(view, leg + LEG.posting);
    }
  }

  /** Shares a credit among its account and those of the legs of nothing behind it, found by `resolve` before: COMMAND_FLAG.fill. */
  fill(): void {
    for (let i = 0; i < this.count; i++) {
      if (this.postings[i] <= 0 || this.postings[i + 1] !== 0 || i + 1 === this.count) continue;
      let rest = this.postings[i];
      let last = i + 1;
      while (last + 1 < this.count && this.postings[last + 1] === 0) last++;
      for (let leg = i; leg < last; leg++) {
        this.postings[leg] = Math.min(rest, this.room(this.indices[leg]));
        rest -= this.postings[leg];
      }
      this.postings[last] = rest;
      i = last;
    }
    for (let leg = this.count - 1; leg >= 0; leg--) if (this.postings[leg] === 0) this.drop(leg);
  }

  /** How much more the account may have. */
  protected room(index: number): number {
    const { fields } = this.book;
    const at = index * FIELDS;
    if ((fields[at + FLAGS] & ACCOUNT_FLAG.mustNotPassOpening) === 0)
      return Number.MAX_SAFE_INTEGER;
    const most = fields[at + DEBITS_POSTED] + fields[at + OPENING];
    return Math.max(0, most - fields[at + CREDITS_PENDING] - fields[at + CREDITS_POSTED]);
  }

  /** Account of the first leg that debits, or that credits; 0 when there is none. */
  firstAccount(debit: boolean): number {
    for (let i = 0; i < this.count; i++)
      if (this.postings[i] < 0 === debit) return this.accounts[i];
    return 0;
  }

  /** Minor units that leave the debited accounts. */
  get debited(): number {
    let sum = 0;
    for (let i = 0; i < this.count; i++) if (this.postings[i] < 0) sum -= this.postings[i];
    return sum;
  }

  /** Finds the accounts. A result code, or 0. */
  resolve(): number {
    let missing = 0;
    for (let i = 0; i < this.count; i++) {
      for (let j = 0; j < i; j++) {
        if (this.accounts[i] === this.accounts[j]) return RESULTS.accounts_must_be_different.code;
      }
      const index = this.book.indexOf(this.accounts[i]);
      this.indices[i] = index;
      if (index >= 0) continue;
      if (this.postings[i] < 0) missing = RESULTS.debit_account_not_found.code;
      else if (missing === 0) missing = RESULTS.credit_account_not_found.code;
    }
    return missing;
  }

  /**
   * Whether the accounts allow the legs, found by `resolve` before. `reserved`: an account whose debit a hold has
   * reserved, or -1. A result code, or 0.
   */
  refusal(reserved: number, checkOverdraft: boolean): number {
    const fields = this.book.fields;
    let refused = 0;
    for (let i = 0; i < this.count; i++) {
      const at = this.indices[i] * FIELDS;
      const posting = this.postings[i];
      if (posting > 0) {
        const credits = fields[at + CREDITS_PENDING] + fields[at + CREDITS_POSTED] + posting;
        if (credits > Number.MAX_SAFE_INTEGER && refused !== RESULTS.overflows_debits_posted.code) {
          refused = RESULTS.overflows_credits_posted.code;
        }
        if (refused === 0 && posting > this.room(this.indices[i])) {
          refused = RESULTS.exceeds_debits.code;
        }
        continue;
      }
      const debits = fields[at + DEBITS_PENDING] + fields[at + DEBITS_POSTED] - posting;
      if (debits > Number.MAX_SAFE_INTEGER) refused = RESULTS.overflows_debits_posted.code;
      const isOther = refused !== 0 && refused !== RESULTS.exceeds_debits.code;
      if (!checkOverdraft || isOther || this.accounts[i] === reserved) continue;
      const bounded = (fields[at + FLAGS] & ACCOUNT_FLAG.mustNotOverdraw) !== 0;
      if (bounded && debits > fields[at + CREDITS_POSTED]) refused = RESULTS.exceeds_credits.code;
    }
    return refused;
  }

  /** Leaves a leg out. */
  drop(leg: number): void {
    this.count--;
    for (let i = leg; i < this.count; i++) {
      this.accounts[i] = this.accounts[i + 1];
      this.postings[i] = this.postings[i + 1];
      this.indices[i] = this.indices[i + 1];
    }
  }

  /** Changes the accounts, found by `resolve` before, and writes the legs of the entry at `entryAt`. */
  post(view: DataView, entryAt: number, mode: number): void {
    const { fields, changed } = this.book;
    let leg = entryAt + ENTRY_HEAD_BYTES;
    for (let i = 0; i < this.count; i++) {
      const at = this.indices[i] * FIELDS;
      const posting = this.postings[i];
      change(fields, at, posting, mode);
      changed[pageOf(at)] = 1;
      writeUint64(view, leg + LEG.account, this.accounts[i]);
      writeInt64(view, leg + LEG.posting, posting);
      writeInt64(view, leg + LEG.balance, fields[at + CREDITS_POSTED] - fields[at + DEBITS_POSTED]);
      view.setUint32(leg + LEG.version, fields[at + VERSION], true);
      view.setUint32(leg + LEG.pending, mode, true);
      leg += ENTRY_LEG_BYTES;
    }
  }

  /** Does again what an entry of the log did. False where balance or version do not come out as it says. */
  replay(view: DataView, entryAt: number, withPending: boolean): boolean {
    const { fields, changed } = this.book;
    const count = view.getUint8(entryAt + ENTRY.legs);
    const end = entryAt + ENTRY_HEAD_BYTES + count * ENTRY_LEG_BYTES;
    for (let leg = entryAt + ENTRY_HEAD_BYTES; leg < end; leg += ENTRY_LEG_BYTES) {
      const index = this.book.indexOf(readUint64(view, leg + LEG.account));
      if (index < 0) return false;
      const at = index * FIELDS;
      if (!this.hasLeg(view, leg, index)) {
        changed[pageOf(at)] = 1;
        const mode = withPending ? view.getUint32(leg + LEG.pending, true) : LEG_PENDING.posted;
        change(fields, at, readInt64(view, leg + LEG.posting), mode);
      }
      // An account that is ahead of this leg has another balance by now.
      if (fields[at + VERSION] > view.getUint32(leg + LEG.version, true) && this.isAhead) continue;
      if (fields[at + VERSION] !== view.getUint32(leg + LEG.version, true)) return false;
      const balance = fields[at + CREDITS_POSTED] - fields[at + DEBITS_POSTED];
      if (balance !== readInt64(view, leg + LEG.balance)) return false;
    }
    return true;
  }

  /** Whether the account with this index has the leg already. */
  protected hasLeg(view: DataView, leg: number, index: number): boolean {
    if (!this.isAhead) return false;
    return view.getUint32(leg + LEG.version, true) <= this.book.version(index);
  }
}

/** One posting on the account whose fields begin at `at`. */
function change(fields: Float64Array, at: number, posting: number, mode: number): void {
  const debit = posting < 0;
  const amount = debit ? -posting : posting;
  if (mode === LEG_PENDING.posted || mode === LEG_PENDING.confirmed) {
    fields[at + (debit ? DEBITS_POSTED : CREDITS_POSTED)] += amount;
  }
  if (mode !== LEG_PENDING.posted) {
    const pending = at + (debit ? DEBITS_PENDING : CREDITS_PENDING);
    fields[pending] += mode === LEG_PENDING.made ? amount : -amount;
    if (fields[pending] < 0) throw new Error('an account would have less than nothing pending');
  }
  fields[at + VERSION] += 1;
}
