/**
 * Planted bugs of how legs meet the accounts (src/wire/mutants names them all): each is a way of `Legs` that is made in its
 * place, so that a sound ledger pays nothing for them.
 */
import { readInt64 } from '../../../wire/bytes.js';
import {
  ACCOUNT_FLAG,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
  LEG_PENDING,
} from '../../../wire/ledger-log.js';
import type { Mutant } from '../../../wire/mutants.js';
import { RESULTS } from '../../../wire/results.js';
import {
  type Accounts,
  CREDITS_POSTED,
  DEBITS_PENDING,
  DEBITS_POSTED,
  FIELDS,
  FLAGS,
} from '../accounts.js';
import { monotonicMs } from '../clock.js';
import { Legs } from '../legs.js';

/** Undefined: the sound ones. */
export function legsBug(mutant: Mutant | undefined): ((accounts: Accounts) => Legs) | undefined {
  switch (mutant) {
    case 'overdraft-on-stale-balance':
      return (accounts) => new StaleOverdraft(accounts);
    case 'count-released-holds':
      return (accounts) => new CountReleased(accounts);
    case 'lost-update':
      return (accounts) => new LostUpdate(accounts);
    case 'confirm-other-amount':
      return (accounts) => new ConfirmLess(accounts);
    case 'ignore-cap':
      return (accounts) => new IgnoreCap(accounts);
    case 'sell-out-twice':
      return (accounts) => new StockIgnored(accounts);
    default:
      return undefined;
  }
}

class IgnoreCap extends Legs {
  protected override room(): number {
    return Number.MAX_SAFE_INTEGER;
  }
}

class StockIgnored extends Legs {
  override refusal(reserved: number, checkOverdraft: boolean): number {
    const refused = super.refusal(reserved, false);
    if (refused !== 0 || !checkOverdraft) return refused;
    for (let i = 0; i < this.count; i++) {
      const index = this.indices[i];
      if (this.postings[i] > 0 || this.accounts[i] === reserved || isStock(this.book, index))
        continue;
      if (isBounded(this.book, index) && freeOf(this.book, index) + this.postings[i] < 0)
        return RESULTS.exceeds_credits.code;
    }
    return 0;
  }
}

/** How old the balance may be that stands for the account's. */
const STALE_MS = 500;

class StaleOverdraft extends Legs {
  readonly #known = new Map<number, { readonly free: number; readonly readMs: number }>();

  override refusal(reserved: number, checkOverdraft: boolean): number {
    const refused = super.refusal(reserved, false);
    if (refused !== 0 || !checkOverdraft) return refused;
    for (let i = 0; i < this.count; i++) {
      if (this.postings[i] > 0 || this.accounts[i] === reserved) continue;
      const index = this.indices[i];
      if (isBounded(this.book, index) && this.#free(index) + this.postings[i] < 0)
        return RESULTS.exceeds_credits.code;
    }
    return 0;
  }

  #free(index: number): number {
    const nowMs = monotonicMs();
    const known = this.#known.get(index);
    if (known !== undefined && nowMs - known.readMs < STALE_MS) return known.free;
    const free = freeOf(this.book, index);
    this.#known.set(index, { free, readMs: nowMs });
    return free;
  }
}

class CountReleased extends Legs {
  /** Minor units by index of the account. */
  readonly #released = new Map<number, number>();

  override refusal(reserved: number, checkOverdraft: boolean): number {
    const refused = super.refusal(reserved, checkOverdraft);
    for (let i = 0; refused === 0 && i < this.count; i++) {
      const released = this.#released.get(this.indices[i]) ?? 0;
      if (this.postings[i] > 0 || this.accounts[i] === reserved) continue;
      if (!isBounded(this.book, this.indices[i])) continue;
      if (freeOf(this.book, this.indices[i]) - released + this.postings[i] < 0)
        return RESULTS.exceeds_credits.code;
    }
    return refused;
  }

  override post(view: DataView, entryAt: number, mode: number): void {
    super.post(view, entryAt, mode);
    for (let i = 0; mode === LEG_PENDING.released && i < this.count; i++) {
      const index = this.indices[i];
      if (this.postings[i] < 0)
        this.#released.set(index, (this.#released.get(index) ?? 0) - this.postings[i]);
    }
  }
}

/** One posting in this many overwrites the one before it. */
const LOST_ONE_IN = 200;

class LostUpdate extends Legs {
  /** Credits posted before the last posting, by index of the account. */
  readonly #before = new Map<number, number>();
  #postings = 0;

  override post(view: DataView, entryAt: number, mode: number): void {
    const { fields } = this.book;
    for (let i = 0; mode === LEG_PENDING.posted && i < this.count; i++) {
      if (this.postings[i] < 0) continue;
      const at = this.indices[i] * FIELDS + CREDITS_POSTED;
      const before = this.#before.get(this.indices[i]);
      if (++this.#postings % LOST_ONE_IN === 0 && before !== undefined) fields[at] = before;
      this.#before.set(this.indices[i], fields[at]);
    }
    super.post(view, entryAt, mode);
  }

  /** What was lost stays lost. */
  override replay(view: DataView, entryAt: number, withPending: boolean): boolean {
    const { fields } = this.book;
    this.fromEntry(view, entryAt);
    for (let i = 0; i < this.count; i++) {
      const leg = entryAt + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
      const index = this.book.indexOf(this.accounts[i]);
      const at = index * FIELDS;
      if (view.getUint32(leg + LEG.pending, true) !== LEG_PENDING.posted) continue;
      if (this.hasLeg(view, leg, index)) continue;
      const before = readInt64(view, leg + LEG.balance) - this.postings[i];
      fields[at + CREDITS_POSTED] = before + fields[at + DEBITS_POSTED];
    }
    return super.replay(view, entryAt, withPending);
  }
}

const LESS_ONE_IN = 20;

class ConfirmLess extends Legs {
  #confirms = 0;

  override post(view: DataView, entryAt: number, mode: number): void {
    if (mode === LEG_PENDING.confirmed && ++this.#confirms % LESS_ONE_IN === 0) {
      for (const i of [0, 1]) this.postings[i] -= Math.sign(this.postings[i]);
    }
    super.post(view, entryAt, mode);
  }
}

function isBounded({ fields }: Accounts, index: number): boolean {
  return (fields[index * FIELDS + FLAGS] & ACCOUNT_FLAG.mustNotOverdraw) !== 0;
}

function isStock({ fields }: Accounts, index: number): boolean {
  return (fields[index * FIELDS + FLAGS] & ACCOUNT_FLAG.mustNotPassOpening) !== 0;
}

function freeOf({ fields }: Accounts, index: number): number {
  const at = index * FIELDS;
  return fields[at + CREDITS_POSTED] - fields[at + DEBITS_POSTED] - fields[at + DEBITS_PENDING];
}
