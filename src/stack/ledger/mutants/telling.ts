/** Planted bugs of what a ledger tells: balances that are read, and receipts of what is repeated. */
import { readUint64, writeInt64 } from '../../../wire/bytes.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../../wire/ledger-log.js';
import type { Mutant } from '../../../wire/mutants.js';
import type { Accounts } from '../accounts.js';
import type { BalanceRead } from '../ack-buffer.js';
import { monotonicMs } from '../clock.js';

/** What is told in place of what was read of the account with this index. */
export type ReadBug = (read: BalanceRead, index: number) => BalanceRead;

const STALE_MS = 500;
const NEIGHBOUR_ONE_IN = 20;

export function readBug(accounts: Accounts, mutant: Mutant | undefined): ReadBug | undefined {
  switch (mutant) {
    case 'read-stale-balance':
      return staleRead();
    case 'read-torn-balance': {
      const stale = staleRead();
      return (read, index) => ({ ...read, version: stale(read, index).version });
    }
    case 'read-neighbour-balance':
      return neighbourRead(accounts);
    default:
      return undefined;
  }
}

function staleRead(): ReadBug {
  const known = new Map<number, { readonly read: BalanceRead; readonly readMs: number }>();
  return (read, index) => {
    const nowMs = monotonicMs();
    const copy = known.get(index);
    if (copy !== undefined && nowMs - copy.readMs < STALE_MS) return copy.read;
    known.set(index, { read, readMs: nowMs });
    return read;
  };
}

function neighbourRead(accounts: Accounts): ReadBug {
  let reads = 0;
  return (read, index) => {
    if (++reads % NEIGHBOUR_ONE_IN !== 0) return read;
    const neighbour = (index + 1) % accounts.count;
    const [balanceMinor, version] = [accounts.balance(neighbour), accounts.version(neighbour)];
    return { ...read, balanceMinor, version };
  };
}

/** A copy of the entry at `at` whose legs say what their accounts are now; it begins at 0. */
export function freshened(accounts: Accounts, view: DataView, at: number): DataView {
  const legs = view.getUint8(at + ENTRY.legs);
  const bytes = ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES;
  const from = view.byteOffset + at;
  const copy = new DataView(view.buffer.slice(from, from + bytes));
  for (let leg = ENTRY_HEAD_BYTES; leg < bytes; leg += ENTRY_LEG_BYTES) {
    const index = accounts.indexOf(readUint64(copy, leg + LEG.account));
    writeInt64(copy, leg + LEG.balance, accounts.balance(index));
    copy.setUint32(leg + LEG.version, accounts.version(index), true);
  }
  return copy;
}
