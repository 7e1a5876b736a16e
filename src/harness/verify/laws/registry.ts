/**
 * All laws, in the order they are reported: what can be the root of others first. An entry that does not sum to zero makes
 * balances, receipts and the total wrong too; nothing makes it. So: what one entry is, then whether it should be there,
 * then what it may do to its account, then what follows from all entries. A new law is a file and a line here.
 */
import type { Law } from '../law.js';
import { accountsAsOpened } from './accounts-as-opened.js';
import { balanceIsHistory } from './balance-is-history.js';
import { conservation } from './conservation.js';
import { decidedAgain } from './decided-again.js';
import { declinedWithCause } from './declined-with-cause.js';
import { definiteDecline } from './definite-decline.js';
import { deniedMovesNothing } from './denied-moves-nothing.js';
import { doubleEntry } from './double-entry.js';
import { everyMoveDecided } from './every-move-decided.js';
import { holdBounds } from './hold-bounds.js';
import { idBinding } from './id-binding.js';
import { legsFollowOperation } from './legs-follow-operation.js';
import { lookUpFinds } from './look-up-finds.js';
import { noLostAck } from './no-lost-ack.js';
import { noOverdraft } from './no-overdraft.js';
import { noPhantom } from './no-phantom.js';
import { noStuckHold } from './no-stuck-hold.js';
import { oncePerId } from './once-per-id.js';
import { readInRealTime } from './read-in-real-time.js';
import { receiptMatchesBooks } from './receipt-matches-books.js';
import { refundBounds } from './refund-bounds.js';
import { refusedWithReason } from './refused-with-reason.js';
import { reservedEndsOnce } from './reserved-ends-once.js';
import { riskAsAgreed } from './risk-as-agreed.js';
import { shardsAgree } from './shards-agree.js';
import { strictSerializable } from './strict-serializable.js';
import { versionChain } from './version-chain.js';

export const LAWS: readonly Law[] = [
  accountsAsOpened,
  doubleEntry,
  idBinding,
  legsFollowOperation,
  oncePerId,
  definiteDecline,
  noLostAck,
  lookUpFinds,
  noPhantom,
  noOverdraft,
  reservedEndsOnce,
  holdBounds,
  refundBounds,
  noStuckHold,
  versionChain,
  receiptMatchesBooks,
  readInRealTime,
  strictSerializable,
  declinedWithCause,
  refusedWithReason,
  riskAsAgreed,
  balanceIsHistory,
  conservation,
  shardsAgree,
];

/** Asked beside them of a run in which a risk engine was in line: its folder has what was agreed about it. */
export const LINE_LAWS: readonly Law[] = [everyMoveDecided, deniedMovesNothing, decidedAgain];
