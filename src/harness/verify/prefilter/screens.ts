/**
 * By law: what of a scan makes it suspicious, and over how much it was asked. A law that is not here is asked as a query,
 * always.
 */
import type { ScanFacts } from './scan-facts.js';

export interface Screen {
  /** 0 only where the law's query would return nothing. */
  readonly suspicions: (facts: ScanFacts) => number;
  /** What the law's `checkedSql` would return. */
  readonly checked: (facts: ScanFacts) => number;
}

export const SCREENS: ReadonlyMap<string, Screen> = new Map<string, Screen>([
  [
    'accounts-as-opened',
    {
      suspicions: (f) => f.wrongOpenings,
      checked: (f) => f.books.accounts.reduce((sum, accounts) => sum + accounts, 0),
    },
  ],
  ['double-entry', { suspicions: (f) => f.unbalanced, checked: (f) => f.entriesWithLegs }],
  ['id-binding', { suspicions: (f) => f.wrongBody, checked: (f) => f.effects }],
  ['legs-follow-operation', { suspicions: (f) => f.wrongLegs, checked: (f) => f.entriesWithLegs }],
  ['once-per-id', { suspicions: (f) => f.doubled, checked: (f) => f.effects }],
  [
    'definite-decline',
    { suspicions: (f) => f.declinedButDone, checked: (f) => f.definiteDeclines },
  ],
  ['no-lost-ack', { suspicions: (f) => f.lost, checked: (f) => f.ok }],
  ['look-up-finds', { suspicions: (f) => f.notFound, checked: (f) => f.lookedUpInVain }],
  ['no-phantom', { suspicions: (f) => f.phantom, checked: (f) => f.entriesWithLegs }],
  ['no-overdraft', { suspicions: (f) => f.overdrawn, checked: (f) => f.boundedAccounts }],
  ['reserved-ends-once', { suspicions: (f) => f.wrongEnds, checked: (f) => f.branchesAndHolds }],
  ['hold-bounds', { suspicions: (f) => f.wrongHolds, checked: (f) => f.holdEnds }],
  ['refund-bounds', { suspicions: (f) => f.wrongRefunds, checked: (f) => f.refunds }],
  ['no-stuck-hold', { suspicions: (f) => f.stuck, checked: (f) => f.branchesAndHolds }],
  ['version-chain', { suspicions: (f) => f.brokenChain, checked: (f) => f.legs }],
  ['receipt-matches-books', { suspicions: (f) => f.wrongReceipt, checked: (f) => f.receipts }],
  ['read-in-real-time', { suspicions: (f) => f.wrongReads, checked: (f) => f.balances }],
  [
    'strict-serializable',
    { suspicions: (f) => f.untimely, checked: (f) => f.entriesWithLegs + f.balances },
  ],
  ['declined-with-cause', { suspicions: (f) => f.causeless, checked: (f) => f.refusals }],
  [
    'refused-with-reason',
    { suspicions: (f) => f.reasons + f.unheard, checked: (f) => f.reasons + f.recorded },
  ],
  ['risk-as-agreed', { suspicions: (f) => f.riskSuspicions, checked: (f) => f.risked }],
  ['balance-is-history', { suspicions: (f) => f.wrongHistory, checked: (f) => f.accounts }],
  ['conservation', { suspicions: (f) => f.unconserved, checked: (f) => f.accounts }],
  ['shards-agree', { suspicions: (f) => f.disagreeing, checked: (f) => f.touchedClearing }],
]);
