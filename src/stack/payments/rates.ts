/**
 * What a merchant is charged for a payment: integers per 10,000 of the amount, rounded down to the minor unit.
 * Pure arithmetic; refuses rates that would leave the merchant less than nothing.
 */

export interface Rates {
  /** To the fee account, per 10,000 of the amount. */
  readonly feePer10k: number;
  /** To the platform account, per 10,000 of the amount. */
  readonly commissionPer10k: number;
}

/** 0.6 % fee, the public rate of QR payments to merchants, and 0.1 % for the platform. */
export const DEFAULT_RATES: Rates = { feePer10k: 60, commissionPer10k: 10 };

export function checkRates(rates: Rates): Rates {
  for (const [name, rate] of Object.entries(rates)) {
    if (!Number.isInteger(rate) || rate < 0) {
      throw new Error(`${name} is ${rate}: give an integer of at least 0`);
    }
  }
  if (rates.feePer10k + rates.commissionPer10k >= 10_000) {
    throw new Error('feePer10k and commissionPer10k together must stay under 10,000');
  }
  return rates;
}

/** floor(amount * rate / 10,000), exact for every amount up to 2^48 (the product may pass 2^53). */
export function shareMinor(amountMinor: number, ratePer10k: number): number {
  const rest = amountMinor % 10_000;
  return ((amountMinor - rest) / 10_000) * ratePer10k + Math.floor((rest * ratePer10k) / 10_000);
}
