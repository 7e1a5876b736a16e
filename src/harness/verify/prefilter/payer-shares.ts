/**
 * Whether any payer asked for more, over the whole run, than risk control lets go in a window. Where none did, none was let go too
 * often or too much in any window; otherwise the query looks at when. What was asked counts, whatever became of it.
 */
import type { RiskRules } from '../../../wire/admin.js';
import { RISKED } from './over-limit.js';

const TWO_32 = 4294967296;
/** Sums of shares are rounded. */
const WHOLE = 1 - 1e-6;

export class PayerShares {
  /** By number of the payer: of the tightest window, the larger of what it took of the count and of the amount. */
  readonly shares: Float64Array;
  readonly #ofOne: number;
  readonly #ofMinor: number;

  constructor(risk: RiskRules | undefined, users: number) {
    const windows = risk?.velocity ?? [];
    this.#ofOne = 1 / Math.min(...windows.map(({ countMax }) => countMax));
    this.#ofMinor = 1 / Math.min(...windows.map(({ amountMinorMax }) => amountMinorMax));
    this.shares = new Float64Array(windows.length === 0 ? 0 : users + 1);
  }

  add(kind: number, payerLo: number, payerHi: number, amountLo: number, amountHi: number): void {
    const payer = payerLo >>> 0;
    if (RISKED[kind] !== 1 || payerHi !== 0 || payer >= this.shares.length) return;
    const amountMinor = amountHi * TWO_32 + (amountLo >>> 0);
    this.shares[payer] += Math.max(this.#ofOne, amountMinor * this.#ofMinor);
  }
}

/** Payers who may have been let go too often, or too much; `parts`: what each part of the journal has of them. */
export function overdonePayers(parts: readonly Float64Array[]): number {
  const payers = Math.max(0, ...parts.map(({ length }) => length));
  let overdone = 0;
  for (let payer = 0; payer < payers; payer++) {
    let share = 0;
    for (const part of parts) share += part[payer] ?? 0;
    if (share >= WHOLE) overdone++;
  }
  return overdone;
}
