/**
 * What plan.json keeps of the target, for whoever judges the run: how much its books can show, what it promised, and the
 * labels that stand beside every number. A law is asked only of targets whose evidence reaches it and that promised what it
 * tests. Plain data.
 */

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
}
