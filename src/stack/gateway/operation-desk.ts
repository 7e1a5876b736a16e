/**
 * What both edges (Bolt, HTTP) do with an operation record: check it, hand it to payments, which asks risk control for what
 * it admits.
 *
 *   record -> malformed? -> payments -> risk: may it go?
 */
import type { Arrival, Payments } from '../payments/payments.js';
import type { RiskControl } from '../risk/risk-control.js';
import { type CheckFacts, checkOperation } from './check-operation.js';

export class OperationDesk {
  readonly payments: Payments;
  readonly #risk: RiskControl;
  readonly #facts: CheckFacts;

  constructor(payments: Payments, risk: RiskControl, facts: CheckFacts) {
    this.payments = payments;
    this.#risk = risk;
    this.#facts = facts;
  }

  /** To be called with the records of a frame before they are taken one by one. */
  expect(operations: DataView, count: number): void {
    if (count > 2) this.#risk.warm(operations, count);
  }

  /** The one answer to the record at `at` goes to the arrival's sink, at `position`. */
  take(operation: DataView, at: number, arrival: Arrival, position: number): void {
    const code = checkOperation(operation, at, this.#facts);
    if (code !== 0) {
      this.payments.shed(operation, at, arrival.sink, position, code);
      return;
    }
    this.payments.submit(operation, at, arrival, position);
  }
}
