/**
 * k6's ramping-arrival-rate: event n, counted from 1 (unlike the constant executor), is due when the area under
 * the rate curve reaches n. Within a stage that runs from rate f to rate t in d, event n is due x after the
 * stage's start, where f*x + (t-f)*x^2/(2d) = n - area before the stage. k6 solves it as
 * (f*d - sqrt(d*(f^2*d + 2*(n-before)*(t-f)))) / (f-t); the same root is written here in the form that does not
 * cancel. Area left over from a stage carries into the next; a stage of duration 0 moves the rate at once.
 *
 *    rate     ____          the area of each piece between two events is 1
 *        ___/|    |\___
 *       | | || || |  |  |   -> time
 */
import type { Arrivals } from './arrivals.js';
import type { RampingArrivalRate, RateStage } from './plan.js';
import type { Stripe } from './stripe.js';

/** Sums of areas are floats: an event is not lost for missing this much of an iteration. */
const AREA_TOLERANCE = 1e-6;

/** Iterations of the whole scenario. */
export function rampingTotal(executor: RampingArrivalRate): number {
  let area = 0;
  let from = executor.startRate;
  for (const stage of executor.stages) {
    area += stageArea(executor, stage, from);
    from = stage.targetRate;
  }
  return Math.floor(area + AREA_TOLERANCE);
}

function stageArea(executor: RampingArrivalRate, stage: RateStage, fromRate: number): number {
  return (stage.durationUs * (fromRate + stage.targetRate)) / (2 * executor.timeUnitUs);
}

export function rampingArrivals(
  executor: RampingArrivalRate,
  startUs: number,
  stripe: Stripe,
): Arrivals {
  return new RampingArrivals(executor, startUs, stripe);
}

class RampingArrivals implements Arrivals {
  readonly #executor: RampingArrivalRate;
  readonly #total: number;
  readonly #step: number;
  #event: number;
  #nextUs = 0;
  #stage = -1;
  // the current stage: rates in iterations per time unit, areas in iterations
  #stageStartUs: number;
  #stageDurationUs = 0;
  #from: number;
  #to: number;
  #areaBefore = 0;
  #areaAfter = 0;

  constructor(executor: RampingArrivalRate, startUs: number, stripe: Stripe) {
    this.#executor = executor;
    this.#total = rampingTotal(executor);
    this.#step = stripe.of;
    this.#event = stripe.index < stripe.of ? stripe.index + 1 : this.#total + 1;
    this.#stageStartUs = startUs;
    this.#from = executor.startRate;
    this.#to = executor.startRate;
    this.#due();
  }

  peekUs(): number {
    return this.#nextUs;
  }

  take(): number {
    const taken = this.#event - 1;
    this.#event += this.#step;
    this.#due();
    return taken;
  }

  #due(): void {
    if (this.#event > this.#total) {
      this.#nextUs = Number.POSITIVE_INFINITY;
      return;
    }
    while (this.#event > this.#areaAfter + AREA_TOLERANCE && this.#enterNextStage());
    const wanted = this.#event - this.#areaBefore;
    const fromPerUs = this.#from / this.#executor.timeUnitUs;
    const slope = (this.#to - this.#from) / this.#executor.timeUnitUs / this.#stageDurationUs;
    const root = Math.sqrt(Math.max(0, fromPerUs * fromPerUs + 2 * wanted * slope));
    const offsetUs = Math.min((2 * wanted) / (fromPerUs + root), this.#stageDurationUs);
    this.#nextUs = Math.floor(this.#stageStartUs + offsetUs);
  }

  #enterNextStage(): boolean {
    const stage = this.#executor.stages[this.#stage + 1];
    if (stage === undefined) return false;
    this.#stage++;
    this.#stageStartUs += this.#stageDurationUs;
    this.#stageDurationUs = stage.durationUs;
    this.#from = this.#to;
    this.#to = stage.targetRate;
    this.#areaBefore = this.#areaAfter;
    this.#areaAfter += stageArea(this.#executor, stage, this.#from);
    return true;
  }
}
