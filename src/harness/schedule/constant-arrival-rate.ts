/**
 * k6's constant-arrival-rate: iteration n, counted from 0, is due at n periods, so the first one fires at once.
 * The period is truncated to whole nanoseconds, as k6 does: 240,000 a second is a period of 4,166 ns. No start
 * at or after the duration.
 */
import type { Arrivals } from './arrivals.js';
import type { ConstantArrivalRate } from './plan.js';
import type { Stripe } from './stripe.js';

export function constantPeriodNs(executor: ConstantArrivalRate): number {
  return Math.max(1, Math.floor((executor.timeUnitUs * 1000) / executor.rate));
}

/** Iterations of the whole scenario. */
export function constantTotal(executor: ConstantArrivalRate): number {
  return Math.ceil((executor.durationUs * 1000) / constantPeriodNs(executor));
}

export function constantArrivals(
  executor: ConstantArrivalRate,
  startUs: number,
  stripe: Stripe,
): Arrivals {
  return new ConstantArrivals(executor, startUs, stripe);
}

class ConstantArrivals implements Arrivals {
  readonly #periodNs: number;
  readonly #total: number;
  readonly #startUs: number;
  readonly #step: number;
  #next: number;
  #nextUs = 0;

  constructor(executor: ConstantArrivalRate, startUs: number, stripe: Stripe) {
    this.#periodNs = constantPeriodNs(executor);
    this.#total = constantTotal(executor);
    this.#startUs = startUs;
    this.#step = stripe.of;
    this.#next = stripe.index < stripe.of ? stripe.index : this.#total;
    this.#due();
  }

  peekUs(): number {
    return this.#nextUs;
  }

  take(): number {
    const taken = this.#next;
    this.#next = taken + this.#step;
    this.#due();
    return taken;
  }

  #due(): void {
    this.#nextUs =
      this.#next < this.#total
        ? this.#startUs + Math.floor((this.#next * this.#periodNs) / 1000)
        : Number.POSITIVE_INFINITY;
  }
}
