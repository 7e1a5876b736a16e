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
import type { SampleContext, Tags } from './metrics.js';

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

/** What is asked, in the numbers of an operation record. Read during the call: callers may keep one and fill it anew. */
export interface OperationRequest {
  /** Of wire/operation-kinds.ts. */
  readonly kind: number;
  /** Account ids, see wire/accounts.ts; 0 for none. */
  readonly account: number;
  readonly counterparty: number;
  /** A whole number, not negative. */
  readonly amountMinor: number;
  /** CHANNEL of wire/operations.ts. */
  readonly channel: number;
  /** Seconds until a hold runs out; 0 otherwise. */
  readonly timeoutS: number;
  readonly reference: OperationRef | undefined;
  /** Undefined where the driver is to make one, which is another for each operation. */
  readonly idWords: OperationIdWords | undefined;
  /** The call's own, for sub-metrics. */
  readonly tags: Tags | undefined;
}

/** Who submits; `scenario` is LIFECYCLE_SCENARIO in setup and teardown. */
export interface Caller extends SampleContext {
  /** Intended start of the iteration, drill clock; the port sets it to -1 once its first operation was submitted. */
  intendedUs: number;
}

/** Who is told the result of an operation, once, in a later turn of the event loop. */
export interface Waiter {
  resume(result: OperationResult): void;
}

/** The way from a script's operation to the target; implemented by the driver. */
export interface PayPort {
  /**
   * Called once per operation; never fails for what the target does. `waiter` is resumed with the result, unless it is
   * there at once and returned.
   */
  submit(request: OperationRequest, caller: Caller, waiter: Waiter): OperationResult | undefined;
}
