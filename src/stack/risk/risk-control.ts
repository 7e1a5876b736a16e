/**
 * May this payment go? In line, before money moves: an amount limit, and the payer's velocity (count and sum) over
 * sliding windows. It gives a result code and nothing else; that the refusal sticks to the id is the ledger's part.
 *
 * Only operations that take money from a payer are looked at (pay, transfer, hold). One that is refused is not
 * counted. Whoever asks does so once for an operation: a repeat, which the ledger knows, is not brought here again.
 * Times are handed in; nothing here looks at a clock.
 */
import type { RiskRules } from '../../wire/admin.js';
import { readUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { Velocity } from './velocity.js';

export interface RiskLimits extends RiskRules {
  /** Payers whose windows are remembered; the ones idle longest are forgotten first. Default 262,144. */
  readonly payersMax?: number;
}

/**
 * 50,000 yuan a payment; in a minute 1,000 payments and 500,000 yuan. A drill presses a night into a minute, so
 * the minute's limits are those of a night: what they refuse is a program, not a shopper.
 */
export const DEFAULT_RISK_LIMITS: RiskLimits = {
  amountMinorMax: 5_000_000,
  velocity: [{ windowMs: 60_000, countMax: 1000, amountMinorMax: 50_000_000 }],
};

export class RiskControl {
  readonly #amountMinorMax: number;
  readonly #countMax: Float64Array;
  readonly #sumMinorMax: Float64Array;
  readonly #velocity: Velocity;
  /** What `warm` read; public so that its reads are not optimized away. */
  touched = 0;

  constructor(limits: RiskLimits = DEFAULT_RISK_LIMITS) {
    this.#amountMinorMax = limits.amountMinorMax;
    this.#countMax = Float64Array.from(limits.velocity, (limit) => limit.countMax);
    this.#sumMinorMax = Float64Array.from(limits.velocity, (limit) => limit.amountMinorMax);
    this.#velocity = new Velocity({
      windowsMs: limits.velocity.map((limit) => limit.windowMs),
      payersMax: limits.payersMax ?? 262_144,
    });
  }

  /**
   * Brings what `check` will need for these operations into the processor's cache. Changes nothing. Payers lie all
   * over a table of many megabytes: asked for one by one each is waited for alone, in a tight loop many at a time.
   */
  warm(operations: DataView, count: number): void {
    let touched = 0;
    const end = count * OPERATION_BYTES;
    for (let at = OP.account; at < end; at += OPERATION_BYTES) {
      touched ^= this.#velocity.touchPayer(operations.getUint32(at, true));
    }
    for (let at = OP.account; at < end; at += OPERATION_BYTES) {
      touched ^= this.#velocity.touchRecord(operations.getUint32(at, true));
    }
    this.touched = touched;
  }

  /** 0 when the operation record at `at` may go, otherwise the result code with which it is declined. */
  check(operation: DataView, at: number, nowMs: number): number {
    const kind = operation.getUint8(at + OP.kind);
    if (
      kind !== OPERATION_KIND.pay &&
      kind !== OPERATION_KIND.transfer &&
      kind !== OPERATION_KIND.hold
    ) {
      return 0;
    }
    const amountMinor = readUint64(operation, at + OP.amount);
    if (amountMinor > this.#amountMinorMax) return RESULTS.risk_amount_limit.code;
    // a payer is a user, whose id is its number
    const payer = operation.getUint32(at + OP.account, true);
    const place = this.#velocity.find(payer, nowMs);
    const code = this.#velocityCode(place, amountMinor);
    if (code === 0) this.#velocity.add(place, amountMinor);
    return code;
  }

  /** With one payment of `moreMinor` more. */
  #velocityCode(place: number, moreMinor: number): number {
    const velocity = this.#velocity;
    for (let window = 0; window < this.#countMax.length; window++) {
      const count = velocity.count(place, window) + 1;
      if (count > this.#countMax[window]) return RESULTS.risk_velocity_count.code;
      const sumMinor = velocity.sumMinor(place, window) + moreMinor;
      if (sumMinor > this.#sumMinorMax[window]) return RESULTS.risk_velocity_amount.code;
    }
    return 0;
  }
}
