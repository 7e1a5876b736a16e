/**
 * May this payment go? In line, before money moves: an amount limit, and the payer's velocity (count and sum) over
 * sliding windows. It gives a result code and nothing else; that the refusal sticks to the id is the ledger's part.
 *
 * Only operations that take money from a payer are looked at: those whose kind says `judgedByRisk`. One that is refused is not
 * counted. Whoever asks does so once for an operation: a repeat, which the ledger knows, is not brought here again.
 * Every payer that was opened has windows of its own, 64 bytes each. Where the memory allowed is too little for all of them,
 * the payers with the highest numbers have none: they go, and `unwatched` counts it. Numbers that were never opened go too;
 * the ledger knows no such account. Times are handed in; nothing here looks at a clock.
 */
import { kindFlags } from '../../products/kinds.js';
import type { RiskRules } from '../../wire/admin.js';
import { readUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_BYTES } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { Velocity } from './velocity.js';

export interface RiskLimits extends RiskRules {
  /** Memory for the windows of all payers; default 1 GiB, which is 16,777,216 payers with one window. */
  readonly windowBytesMax?: number;
}

/**
 * 50,000 yuan a payment; in a minute 1,000 payments and 500,000 yuan. A drill presses a night into a minute, so
 * the minute's limits are those of a night: what they refuse is a program, not a shopper.
 */
export const DEFAULT_RISK_LIMITS: RiskLimits = {
  amountMinorMax: 5_000_000,
  velocity: [{ windowMs: 60_000, countMax: 1000, amountMinorMax: 50_000_000 }],
};

const JUDGED = kindFlags(({ judgedByRisk }) => judgedByRisk);

export class RiskControl {
  readonly #amountMinorMax: number;
  readonly #countMax: Float64Array;
  readonly #sumMinorMax: Float64Array;
  readonly #velocity: Velocity;
  readonly #payers: number;
  /** Operations that went without a look at windows, because their payer has none. */
  unwatched = 0;
  /** What `warm` read; public so that its reads are not optimized away. */
  touched = 0;

  /** Payers are numbered from 1 to `payers`. */
  constructor(limits: RiskLimits, payers: number) {
    this.#payers = payers;
    this.#amountMinorMax = limits.amountMinorMax;
    this.#countMax = Float64Array.from(limits.velocity, (limit) => limit.countMax);
    this.#sumMinorMax = Float64Array.from(limits.velocity, (limit) => limit.amountMinorMax);
    this.#velocity = new Velocity({
      windowsMs: limits.velocity.map((limit) => limit.windowMs),
      payers,
      ...(limits.windowBytesMax === undefined ? {} : { bytesMax: limits.windowBytesMax }),
    });
  }

  /** One line that says for whom no windows are kept; undefined where everyone has them. */
  get shortfall(): string | undefined {
    const { held, bytes } = this.#velocity;
    if (held >= this.#payers) return undefined;
    return `risk control has windows for payers 1 to ${held} in its ${bytes} bytes, and none for ${held + 1} to ${this.#payers}`;
  }

  /**
   * Brings what `check` will need for these operations into the processor's cache. Changes nothing. Payers lie all
   * over a table of many megabytes: asked for one by one each is waited for alone, in a tight loop many at a time.
   */
  warm(operations: DataView, count: number): void {
    let touched = 0;
    const end = count * OPERATION_BYTES;
    for (let at = OP.account; at < end; at += OPERATION_BYTES) {
      touched ^= this.#velocity.touch(operations.getUint32(at, true));
    }
    this.touched = touched;
  }

  /** 0 when the operation record at `at` may go, otherwise the result code with which it is declined. */
  check(operation: DataView, at: number, nowMs: number): number {
    const kind = operation.getUint8(at + OP.kind);
    if (JUDGED[kind] === 0) return 0;
    const amountMinor = readUint64(operation, at + OP.amount);
    if (amountMinor > this.#amountMinorMax) return RESULTS.risk_amount_limit.code;
    // a payer is a user, whose id is its number
    const payer = operation.getUint32(at + OP.account, true);
    if (payer > this.#velocity.held) {
      if (payer <= this.#payers) this.unwatched++;
      return 0;
    }
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
