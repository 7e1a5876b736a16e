/**
 * k6's constant-arrival-rate: iteration n, counted from 0, is due at n periods, so the first one fires at once, and none
 * at or after the duration. The period is the exact time unit / rate, so that 3 a second for a second are 3; k6 truncates
 * it to whole nanoseconds and starts a 4th.
 */
import type { Arrivals } from '../arrivals.js';
import { divideUp, fraction } from '../exact.js';
import type { Executor } from '../executor.js';
import { type ArrivalVus, arrivalVus, durationUs, rateMax, timeUnitUs } from '../fields.js';
import { scaledRates } from '../rates.js';
import { countBelow, gapsOf, type Numbers } from '../segment.js';

/** Starts come at a fixed rate, whatever the target does. */
export interface ConstantArrivalRate extends ArrivalVus {
  readonly name: 'constant-arrival-rate';
  /** Iterations per `timeUnitUs`, whole. */
  readonly rate: number;
  readonly timeUnitUs: number;
  readonly durationUs: number;
}

export const constantArrivalRate: Executor<ConstantArrivalRate> = {
  name: 'constant-arrival-rate',
  meaning: '`rate` iterations per `timeUnit` for `duration`, whatever the target does',
  parse(fields) {
    const unitUs = timeUnitUs(fields);
    return {
      name: 'constant-arrival-rate',
      rate: fields.whole('rate', { least: 1, most: rateMax(unitUs) }),
      timeUnitUs: unitUs,
      durationUs: durationUs(fields),
      ...arrivalVus(fields),
    };
  },
  scale(plan, scaling) {
    const { counts, timeUnitUs: unitUs } = scaledRates(
      { counts: [plan.rate], timeUnitUs: plan.timeUnitUs },
      scaling.rate,
    );
    const [rate = 0] = counts;
    return { ...plan, rate, timeUnitUs: unitUs, durationUs: scaling.durationUs(plan.durationUs) };
  },
  durationUs: (plan) => plan.durationUs,
  vusPlanned: (plan) => plan.preAllocatedVus,
  vusMax: (plan) => plan.maxVus,
  part: (plan, { startUs, stripe }) => ({
    model: 'open',
    arrivals: new ConstantArrivals(plan, { startUs, stripe }),
    vusMax: countBelow(plan.maxVus, stripe),
  }),
  rate: {
    at: ({ rate, timeUnitUs: unitUs }) => fraction(rate * 1_000_000, unitUs),
    bends: (plan) => [plan.durationUs],
    iterationsUntil: (plan, sinceUs) => dueBefore(plan, Math.min(sinceUs, plan.durationUs)),
  },
};

/** Iterations due before `us`: n * period < us. */
function dueBefore({ rate, timeUnitUs: unitUs }: ConstantArrivalRate, us: number): number {
  return Number(divideUp(BigInt(us) * BigInt(rate), BigInt(unitUs)));
}

/** From one of the stripe's iterations to its next. */
interface Step {
  readonly iterations: number;
  readonly us: number;
  readonly rest: number;
}

/** Adds up whole microseconds and, in parts of 1/rate, what is left of them: nothing is rounded, nothing divided. */
class ConstantArrivals implements Arrivals {
  readonly #rate: number;
  readonly #total: number;
  /** Gone through in turn. */
  readonly #steps: readonly Step[];
  #step = 0;
  #next: number;
  #dueUs: number;
  #dueRest: number;

  constructor(
    plan: ConstantArrivalRate,
    { startUs, stripe }: { readonly startUs: number; readonly stripe: Numbers },
  ) {
    const [rate, unitUs] = [BigInt(Math.max(1, plan.rate)), BigInt(plan.timeUnitUs)];
    this.#rate = Number(rate);
    this.#total = dueBefore(plan, plan.durationUs);
    this.#steps = gapsOf(stripe).map((iterations) => ({
      iterations,
      us: Number((BigInt(iterations) * unitUs) / rate),
      rest: Number((BigInt(iterations) * unitUs) % rate),
    }));
    this.#next = stripe.offsets[0] ?? this.#total;
    this.#dueUs = startUs + Number((BigInt(this.#next) * unitUs) / rate);
    this.#dueRest = Number((BigInt(this.#next) * unitUs) % rate);
  }

  peekUs(): number {
    return this.#next < this.#total ? this.#dueUs : Number.POSITIVE_INFINITY;
  }

  take(): number {
    const taken = this.#next;
    const step = this.#steps[this.#step];
    if (++this.#step === this.#steps.length) this.#step = 0;
    this.#next = taken + step.iterations;
    this.#dueUs += step.us;
    this.#dueRest += step.rest;
    if (this.#dueRest >= this.#rate) {
      this.#dueRest -= this.#rate;
      this.#dueUs++;
    }
    return taken;
  }
}
