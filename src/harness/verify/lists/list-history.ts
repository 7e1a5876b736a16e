/**
 * What clients say of transactions on lists, Elle's list-append (Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from
 * Experimental Observations", VLDB 2020): each appends values to lists and reads lists whole. A value is appended to a list once in
 * all, so what is read of a list tells in which order its appends took effect, and who made each of them.
 */

export type ListValue = number | string;

export type ListOperation =
  | { readonly does: 'append'; readonly key: string; readonly value: ListValue }
  | { readonly does: 'read'; readonly key: string; readonly values: readonly ListValue[] };

/** `unknown`: it may have happened. */
export type ListOutcome = 'ok' | 'failed' | 'unknown';

export interface ListTransaction {
  /** The virtual user. */
  readonly vu: number;
  readonly invokedUs: number;
  /** When its end was known; Infinity where it is unknown. */
  readonly completedUs: number;
  readonly outcome: ListOutcome;
  /** In the order in which they were asked. */
  readonly operations: readonly ListOperation[];
}
