/**
 * Operations over the agreed limit of one payment: what risk control must decline, and alone may for that reason. Declines for what a
 * payer did in a window are left to the query.
 */
import { kindFlags } from '../../../products/kinds.js';
import { RESULTS } from '../../../wire/results.js';
import { RISK_RESULTS } from '../laws/risk-as-agreed.js';

const TWO_32 = 4294967296;
const OVER_LIMIT = RESULTS.risk_amount_limit.code;

/** By kind: what risk control looks at. */
export const RISKED = kindFlags(({ judgedByRisk }) => judgedByRisk);

/** By code: risk control declined. */
export const IS_RISK = new Uint8Array(65_536);
for (const name of RISK_RESULTS) IS_RISK[RESULTS[name].code] = 1;

export class OverLimit {
  /** By index: few, or the limit is none. */
  readonly operations: Set<number>;
  readonly #limitMinor: number;

  constructor(limitMinor = Number.POSITIVE_INFINITY, operations: Iterable<number> = []) {
    this.operations = new Set(operations);
    this.#limitMinor = limitMinor;
  }

  isOver(kind: number, amountLo: number, amountHi: number): boolean {
    return RISKED[kind] === 1 && amountHi * TWO_32 + (amountLo >>> 0) > this.#limitMinor;
  }

  /** Whether risk control may decline that operation with that code. */
  explains(operation: number, code: number): boolean {
    return code === OVER_LIMIT && this.operations.has(operation);
  }
}
