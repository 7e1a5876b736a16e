/** All laws, in the order they are reported. A new law is a file and a line here. */
import type { Law } from '../law.js';
import { balanceIsHistory } from './balance-is-history.js';
import { conservation } from './conservation.js';
import { definiteDecline } from './definite-decline.js';
import { doubleEntry } from './double-entry.js';
import { idBinding } from './id-binding.js';
import { noLostAck } from './no-lost-ack.js';
import { noOverdraft } from './no-overdraft.js';
import { noPhantom } from './no-phantom.js';
import { noStuckHold } from './no-stuck-hold.js';
import { oncePerId } from './once-per-id.js';
import { receiptMatchesBooks } from './receipt-matches-books.js';
import { versionChain } from './version-chain.js';

export const LAWS: readonly Law[] = [
  noLostAck,
  noPhantom,
  definiteDecline,
  oncePerId,
  idBinding,
  conservation,
  doubleEntry,
  balanceIsHistory,
  versionChain,
  noOverdraft,
  noStuckHold,
  receiptMatchesBooks,
];
