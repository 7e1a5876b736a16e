/**
 * Transactions on lists that a script carries out, by whatever request, and tells about. They are recorded, and judged after the drill
 * by the isolation that the script claims. Types only.
 *
 *   begin -> append, read ... -> end
 */
import type { ListClaim } from '../../wire/list-claims.js';

export type ListValue = number | string;

/** `failed`: it has certainly not happened. `unknown`: it may have. */
export type ListOutcome = 'ok' | 'failed' | 'unknown';

export interface ListTransactionLog {
  /** Undefined until it is told. */
  readonly outcome: ListOutcome | undefined;
  append(key: string, value: ListValue): void;
  read(key: string, values: readonly ListValue[]): void;
  /** Once; what is told after that changes nothing. */
  end(outcome: ListOutcome): void;
}

export interface ListsPort {
  /** Throws where another claim was made before. */
  claim(claim: ListClaim): void;
  /** Begins now. `vu`: the number of the virtual user. */
  begin(vu: number): ListTransactionLog;
}
