/**
 * What plan.json keeps of the target, for whoever judges the run: how much its books can show, what it promised, and the
 * labels that stand beside every number. A law is asked only of targets whose evidence reaches it and that promised what it
 * tests. Plain data.
 */

import type { RiskRules } from '../../wire/admin.js';

/**
 * What the books can show, most first; each includes those after it.
 *
 * `versions`    every change of an account has its dense version and the balance after it
 * `order`       the postings of an account stand in the order in which they happened
 * `timestamps`  each entry says when it happened
 * `ids`         each entry names the operation it came from
 * `balances`    only what the accounts hold in the end
 * `none`        there are no books
 */
export type Evidence = 'versions' | 'order' | 'timestamps' | 'ids' | 'balances' | 'none';

/** `per-shard`: over what lies on one shard; across shards nothing but atomicity. */
export type Isolation =
  | 'strict-serializable'
  | 'strict-serializable-per-shard'
  | 'linearizable-accounts'
  | 'none';

/** A target is held to these and to nothing else. */
export interface Promises {
  readonly isolation: Isolation;
  /** `acknowledged`: what was answered `ok` survives the loss of every process. */
  readonly durability: 'acknowledged' | 'none';
  /** `forever`: one id, one effect, however late it is sent again. */
  readonly idRetention: 'forever' | 'bounded' | 'none';
  /** All legs of an operation or none, once at rest. */
  readonly atomicity: 'at-rest' | 'none';
  /** Accounts that must not overdraw never do. */
  readonly noOverdraft: boolean;
}

/**
 * What was agreed about money before the load: which accounts there are, what they were opened with, where they lie and
 * what a merchant is charged. Laws derive from it what an operation must have booked, and how the books began. Placement,
 * account numbers and templates are those of wire/accounts.ts and README.md.
 */
export interface MoneyRules {
  readonly shards: number;
  /** Merchants 1..splitMerchants have one sub-account per shard. */
  readonly splitMerchants: number;
  readonly users: number;
  readonly merchants: number;
  /** What each user was opened with, minor units; merchants with nothing. */
  readonly openingMinor: number;
  /** Names of the products whose accounts were opened, one of each kind for each user or shard. */
  readonly products: readonly string[];
  /** Of a payment to a merchant, per 10,000 of the amount, each rounded down to the minor unit. */
  readonly feePer10k: number;
  readonly commissionPer10k: number;
  /** Undefined where nothing is known of risk control: what it declines is not judged. */
  readonly risk?: RiskRules | undefined;
}

/**
 * How to read books that are no reference stack's: a booking is an entry of command `post` on shard 0, of no kind that they would
 * know, and its legs are the postings that they have under its operation (books/neutral/). Placement and charges are theirs.
 */
export interface NeutralBooks {
  /** They have a list of accounts, with balances. */
  readonly hasAccounts: boolean;
  /** What happened to an account is in the order of its versions; otherwise in that of the entries. */
  readonly ordersByVersion: boolean;
  /** Every booking sums to zero. */
  readonly doubleEntry: boolean;
  /** Who is charged on top: then a payer moves more, or a payee gets less, than was asked. */
  readonly charges: 'none' | 'payer' | 'payee' | 'both';
  /** `pending`: a hold posts nothing. `escrow`: it moves the money away from the payer. */
  readonly holds: 'pending' | 'escrow';
  /** How many captures a hold may have. */
  readonly captures: 'once' | 'many';
}

export interface TargetLabels {
  readonly ledgerEngine: string;
  /** In words: `fsync per batch`. */
  readonly durability: string;
  readonly shards: number;
}

export interface TargetFacts {
  /** As the command line names it. */
  readonly name: string;
  readonly evidence: Evidence;
  readonly promises: Promises;
  readonly labels: TargetLabels;
  readonly hasBooks: boolean;
  /** Undefined where it is not known: laws that derive from it are not asked. */
  readonly money: MoneyRules | undefined;
  /** Undefined: its books are the reference stack's. */
  readonly neutral?: NeutralBooks | undefined;
}
