/**
 * Accounts and open slots as pages that are kept beside the log. A page is as of the batch that it came with: pages of one
 * checkpoint may be of different moments, and replay brings them together (recovery.ts).
 *
 *   accounts  100 rows of 5 x f64: debits pending, debits posted, credits pending, credits posted, version; posted without what
 *             the account was opened with
 *   pending   for each slot in use: u32 slot | u32 SLOT | u32 batch | u32 offset | 320 bytes of its entry
 */
import { DERIVED_HEAD_BYTES, type Derived } from '../../store/store.js';
import {
  ACCOUNTS_PER_PAGE,
  type Accounts,
  CREDITS_PENDING,
  CREDITS_POSTED,
  DEBITS_PENDING,
  DEBITS_POSTED,
  FIELDS,
  VERSION,
} from '../accounts.js';
import { type OpenEntry, type Pending, SLOT, SLOT_BYTES, SLOTS_PER_PAGE } from '../pending.js';
import { accountsKey, pendingKey, viewOf } from './keys.js';

const ROW_BYTES = 5 * 8;
const SLOT_HEAD_BYTES = 16;
const SLOT_ROW_BYTES = SLOT_HEAD_BYTES + SLOT_BYTES;

export function accountsPage(accounts: Accounts, page: number): Derived {
  const { fields } = accounts;
  const first = page * ACCOUNTS_PER_PAGE;
  const rows = Math.min(ACCOUNTS_PER_PAGE, accounts.count - first);
  const value = new Uint8Array(DERIVED_HEAD_BYTES + rows * ROW_BYTES);
  const view = viewOf(value);
  for (let row = 0, to = DERIVED_HEAD_BYTES; row < rows; row++, to += ROW_BYTES) {
    const at = (first + row) * FIELDS;
    const { debits, credits } = accounts.openedWith(first + row);
    view.setFloat64(to, fields[at + DEBITS_PENDING], true);
    view.setFloat64(to + 8, fields[at + DEBITS_POSTED] - debits, true);
    view.setFloat64(to + 16, fields[at + CREDITS_PENDING], true);
    view.setFloat64(to + 24, fields[at + CREDITS_POSTED] - credits, true);
    view.setFloat64(to + 32, fields[at + VERSION], true);
  }
  return { key: accountsKey(page), value };
}

/** The accounts are open, and nothing was posted. False when the page has rows that are no account. */
export function restoreAccountsPage(accounts: Accounts, page: number, bytes: Uint8Array): boolean {
  const { fields } = accounts;
  const first = page * ACCOUNTS_PER_PAGE;
  const rows = bytes.byteLength / ROW_BYTES;
  if (first + rows > accounts.count) return false;
  const view = viewOf(bytes);
  for (let row = 0, from = 0; row < rows; row++, from += ROW_BYTES) {
    const at = (first + row) * FIELDS;
    fields[at + DEBITS_PENDING] = view.getFloat64(from, true);
    fields[at + DEBITS_POSTED] += view.getFloat64(from + 8, true);
    fields[at + CREDITS_PENDING] = view.getFloat64(from + 16, true);
    fields[at + CREDITS_POSTED] += view.getFloat64(from + 24, true);
    fields[at + VERSION] = view.getFloat64(from + 32, true);
  }
  return true;
}

export function pendingPage(pending: Pending, page: number): Derived {
  const slots: number[] = [];
  const end = Math.min(pending.slots, (page + 1) * SLOTS_PER_PAGE);
  for (let slot = page * SLOTS_PER_PAGE; slot < end; slot++) {
    if (pending.holding(slot) !== SLOT.nothing) slots.push(slot);
  }
  const value = new Uint8Array(DERIVED_HEAD_BYTES + slots.length * SLOT_ROW_BYTES);
  const view = viewOf(value);
  for (const [i, slot] of slots.entries()) {
    const to = DERIVED_HEAD_BYTES + i * SLOT_ROW_BYTES;
    view.setUint32(to, slot, true);
    view.setUint32(to + 4, pending.holding(slot), true);
    view.setUint32(to + 8, pending.batch(slot), true);
    view.setUint32(to + 12, pending.offset(slot), true);
    const { buffer, byteOffset } = pending.view;
    const entry = new Uint8Array(buffer, byteOffset + pending.at(slot), SLOT_BYTES);
    value.set(entry, to + SLOT_HEAD_BYTES);
  }
  return { key: pendingKey(page), value };
}

export interface SlotRead {
  readonly slot: number;
  /** SLOT. */
  readonly holding: number;
  readonly entry: Omit<OpenEntry, 'record'>;
}

export function* readPendingPage(bytes: Uint8Array): Generator<SlotRead> {
  const view = viewOf(bytes);
  for (let at = 0; at < bytes.byteLength; at += SLOT_ROW_BYTES) {
    const batch = view.getUint32(at + 8, true);
    const entry = { view, at: at + SLOT_HEAD_BYTES, batch, offset: view.getUint32(at + 12, true) };
    yield { slot: view.getUint32(at, true), holding: view.getUint32(at + 4, true), entry };
  }
}
