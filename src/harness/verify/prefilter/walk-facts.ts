/** What the walk through the log of one shard counts: what was looked at, and what looks wrong. */
import type { AccountTotals } from './account-states.js';

export interface WalkFacts {
  entries: number;
  entriesWithLegs: number;
  legs: number;
  effects: number;
  accounts: number;
  /** In the books, touched or not. */
  listedAccounts: number;
  boundedAccounts: number;
  touchedClearing: number;
  branchesAndHolds: number;
  /** Captures, voids and expiries. */
  holdEnds: number;
  refunds: number;
  refusals: number;
  /** Refused for what their kind cannot be refused for. */
  strange: number;
  /** Refused for what they refer to. */
  reasons: number;
  /** Payments, transfers and holds that took effect; and those over the limit of risk control. */
  risked: number;
  overLimit: number;
  /** Declines by risk control that a limit of one payment does not explain. */
  unexplained: number;
  /** Entries that no operation of the journal explains. */
  unasked: number;
  /** Of these, those with legs. */
  phantom: number;
  declinedButDone: number;
  wrongBody: number;
  wrongLegs: number;
  /** Operations of which a shard recorded the beginning more than once. */
  begunTwice: number;
  /** Accounts that were opened other than agreed, or not at all. */
  wrongOpenings: number;
  unbalanced: number;
  wrongHistory: number;
  brokenChain: number;
  overdrawn: number;
  wrongEnds: number;
  wrongHolds: number;
  wrongRefunds: number;
  /** Refused without a cause that the books show. */
  causeless: number;
  stuck: number;
  wrongReads: number;
  /** Entries and reads that were answered before something was invoked that the log puts before them. */
  untimely: number;
  /** Entries whose legs a receipt cannot be compared with by account alone. */
  wrongTold: number;
  crossShard: number;
  /** Accounts with a broken chain or an overdraft; more than SUSPECTS_MAX = not all of them. */
  suspectAccounts: number[];
  totals: AccountTotals | undefined;
}

export const SUSPECTS_MAX = 1000;

export function noFacts(): WalkFacts {
  return {
    entries: 0,
    entriesWithLegs: 0,
    legs: 0,
    effects: 0,
    accounts: 0,
    listedAccounts: 0,
    boundedAccounts: 0,
    touchedClearing: 0,
    branchesAndHolds: 0,
    holdEnds: 0,
    refunds: 0,
    refusals: 0,
    reasons: 0,
    strange: 0,
    risked: 0,
    overLimit: 0,
    unexplained: 0,
    unasked: 0,
    phantom: 0,
    declinedButDone: 0,
    wrongBody: 0,
    wrongLegs: 0,
    begunTwice: 0,
    wrongOpenings: 0,
    unbalanced: 0,
    wrongHistory: 0,
    brokenChain: 0,
    overdrawn: 0,
    wrongEnds: 0,
    wrongHolds: 0,
    wrongRefunds: 0,
    causeless: 0,
    stuck: 0,
    wrongReads: 0,
    untimely: 0,
    wrongTold: 0,
    crossShard: 0,
    suspectAccounts: [],
    totals: undefined,
  };
}
