/**
 * What a scan of the whole run found: counts of what was looked at, and counts of what looks wrong. Every suspicion
 * is exact or errs towards suspicion; a law's query decides about it.
 */

import type { FoundBooks } from '../books-facts.js';
import type { Tally } from './tally.js';

export interface ScanFacts {
  /** Operations that can move money, in the journal. */
  readonly operations: number;
  readonly ok: number;
  readonly definiteDeclines: number;
  readonly entries: number;
  readonly books: FoundBooks;
  readonly entriesWithLegs: number;
  readonly legs: number;
  readonly effects: number;
  readonly accounts: number;
  readonly boundedAccounts: number;
  readonly touchedClearing: number;
  readonly branchesAndHolds: number;
  readonly holdEnds: number;
  readonly refunds: number;
  readonly refusals: number;
  /** What risk control let go and declined; and of that what only the query can judge. */
  readonly risked: number;
  readonly riskSuspicions: number;
  /** Refusals for what an operation says or refers to, told and in the books: only the query judges them. */
  readonly reasons: number;
  /** Refusals that a shard writes down first; and those told or written down that cannot be. */
  readonly recorded: number;
  readonly unheard: number;
  readonly receipts: number;
  readonly balances: number;
  /** Look-ups that found nothing, and told as of when. */
  readonly lookedUpInVain: number;
  readonly lost: number;
  /** Operations in the books that a look-up did not find, whenever; and those of which it knew nothing definite. */
  readonly notFound: number;
  readonly doubled: number;
  readonly phantom: number;
  readonly declinedButDone: number;
  readonly wrongBody: number;
  readonly wrongLegs: number;
  readonly wrongOpenings: number;
  readonly unbalanced: number;
  readonly unconserved: number;
  readonly wrongHistory: number;
  readonly brokenChain: number;
  readonly overdrawn: number;
  readonly disagreeing: number;
  readonly wrongEnds: number;
  readonly wrongHolds: number;
  readonly wrongRefunds: number;
  readonly causeless: number;
  readonly stuck: number;
  readonly wrongReceipt: number;
  readonly wrongReads: number;
  readonly untimely: number;
  /** Operations unknown for the client that are in the books, and those committed across shards. */
  readonly resolvedOk: number;
  readonly crossShard: number;
  readonly tally: Tally;
  /** Every account with a broken chain or an overdraft; undefined where they cannot be named, or are too many. */
  readonly suspectAccounts: readonly number[] | undefined;
  /**
   * Operations of which one record cannot be told from another (one id twice, two answers, an unknown kind): what is said of each
   * of them is not exact.
   */
  readonly ambiguous: number;
}
