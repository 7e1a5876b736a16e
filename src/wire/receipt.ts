/** What an `ok` returns, as scripts, JSON and reports show it. */

/** One posted leg of a receipt. */
export interface ReceiptLeg {
  /** `user:7`, `merchant:3@1`, `fee@0` ... */
  readonly account: string;
  /** The account's version after the posting: 1, 2, 3 ... */
  readonly version: number;
  /** Posted balance after, in minor units. */
  readonly balanceMinor: number;
}

export interface Receipt {
  /** Ledger time in microseconds since the Unix epoch. */
  readonly timestampUs: number;
  readonly legs: readonly ReceiptLeg[];
}
