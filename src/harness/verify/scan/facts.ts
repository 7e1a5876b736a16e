/**
 * What a scan of the whole run found: counts of what was looked at, and counts of what looks wrong. Every suspicion
 * is exact or errs towards suspicion; a law's query decides about it.
 */

export interface ScanFacts {
  /** Operations that can move money, in the journal. */
  readonly operations: number;
  readonly ok: number;
  readonly definiteDeclines: number;
  readonly entries: number;
  readonly entriesWithLegs: number;
  readonly legs: number;
  readonly effects: number;
  readonly accounts: number;
  readonly boundedAccounts: number;
  readonly branchesAndHolds: number;
  readonly receipts: number;
  readonly lost: number;
  readonly doubled: number;
  readonly phantom: number;
  readonly declinedButDone: number;
  readonly wrongBody: number;
  readonly unbalanced: number;
  readonly wrongHistory: number;
  readonly brokenChain: number;
  readonly overdrawn: number;
  readonly stuck: number;
  readonly wrongReceipt: number;
}
