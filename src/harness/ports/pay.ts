/**
 * The way from a script to the target, one payment operation at a time. Types only.
 *
 *   script --pay()--> PayPort.submit --> driver --> target
 *        <-- Waiter.resume(OperationResult) ---'
 */
import type { Outcome } from '../../wire/acks.js';
import type { OperationIdWords } from '../../wire/operation-id.js';
import type { Receipt } from '../../wire/receipt.js';
import type { ResultName } from '../../wire/results.js';

/** What a later operation needs to know of the one it refers to. */
export interface OperationRef {
  readonly idWords: OperationIdWords;
  /** Account ids, see wire/accounts.ts. */
  readonly account: number;
  readonly counterparty: number;
  readonly amountMinor: number;
}

export interface OperationResult extends OperationRef {
  readonly outcome: Outcome;
  /** The result by name: `created`, or why not. */
  readonly code: ResultName;
  /** The id as text; made when asked for. */
  readonly id: string;
  /** Undefined unless the outcome is `ok`; read when asked for. */
  readonly receipt: Receipt | undefined;
}

/** Who submits. */
export interface Caller {
  /** Intended start of the iteration, drill clock; the port sets it to -1 once its first operation was submitted. */
  intendedUs: number;
  /** Index of the scenario in the plan; LIFECYCLE_SCENARIO in setup and teardown. */
  readonly scenario: number;
}

/** Who is told the result of an operation, once, in a later turn of the event loop. */
export interface Waiter {
  resume(result: OperationResult): void;
}

/** The way from a script's operation to the target; implemented by the driver. */
export interface PayPort {
  /**
   * Called once per operation; never fails for what the target does. `waiter` is resumed with the result, unless it is
   * there at once and returned. `kind` and `channel` are the numbers of wire/operations.ts, accounts those of
   * wire/accounts.ts. The amount is a whole number, not negative.
   */
  submit(
    kind: number,
    account: number,
    counterparty: number,
    amountMinor: number,
    channel: number,
    timeoutS: number,
    reference: OperationRef | undefined,
    caller: Caller,
    waiter: Waiter,
  ): OperationResult | undefined;
}
