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
 *
 * How many events there are until the end of each stage is counted in whole numbers, so none is lost or gained; only its
 * time within the stage is a float. An event that falls on the very end of the last stage is due one microsecond before
 * it, because no iteration starts at the end.
 */
import type { Arrivals } from '../arrivals.js';
import { type Fraction, fraction, plus, toNumber, ZERO } from '../exact.js';
import type { Executor, Side } from '../executor.js';
import {
  type ArrivalVus,
  arrivalVus,
  rateMax,
  type Stage,
  stages,
  stagesUs,
  timeUnitUs,
} from '../fields.js';
import { scaledRates } from '../rates.js';
import { countBelow, gapsOf, type Numbers } from '../segment.js';

/** Starts come at a rate that runs in straight lines from stage to stage. */
export interface RampingArrivalRate extends ArrivalVus {
  readonly name: 'ramping-arrival-rate';
  /** Iterations per `timeUnitUs` at time 0, whole. */
  readonly startRate: number;
  readonly timeUnitUs: number;
  /** `target`: iterations per `timeUnitUs`, whole. */
  readonly stages: readonly Stage[];
}

/** A time that misses a whole microsecond by less is that microsecond. */
const ROUNDING_US = 1e-6;

export const rampingArrivalRate: Executor<RampingArrivalRate> = {
  name: 'ramping-arrival-rate',
  meaning:
    'iterations at a rate that moves from `startRate` to the `target` of each of the `stages`',
  parse(fields) {
    const unitUs = timeUnitUs(fields);
    const most = rateMax(unitUs);
    return {
      name: 'ramping-arrival-rate',
      startRate: fields.whole('startRate', { least: 0, most, otherwise: 0 }),
      timeUnitUs: unitUs,
      stages: stages(fields, { most }),
      ...arrivalVus(fields),
    };
  },
  scale(plan, scaling) {
    const counts = [plan.startRate, ...plan.stages.map(({ target }) => target)];
    const scaled = scaledRates({ counts, timeUnitUs: plan.timeUnitUs }, scaling.rate);
    const [startRate = 0, ...targets] = scaled.counts;
    return {
      ...plan,
      startRate,
      timeUnitUs: scaled.timeUnitUs,
      stages: plan.stages.map((stage, index) => ({
        target: targets[index] ?? stage.target,
        durationUs: scaling.durationUs(stage.durationUs),
      })),
    };
  },
  durationUs: (plan) => stagesUs(plan.stages),
  vusPlanned: (plan) => plan.preAllocatedVus,
  vusMax: (plan) => plan.maxVus,
  part: (plan, { startUs, stripe }) => ({
    model: 'open',
    arrivals: new RampingArrivals(plan, { startUs, stripe }),
    vusMax: countBelow(plan.maxVus, stripe),
  }),
  rate: {
    at: rateAt,
    bends: (plan) => linesOf(plan).map(({ startUs, durationUs }) => startUs + durationUs),
    iterationsUntil,
  },
};

/** A stage that lasts, in the times and rates of the plan. */
interface Line {
  readonly startUs: number;
  readonly durationUs: number;
  readonly from: number;
  readonly to: number;
}

function linesOf({ startRate, stages: list }: RampingArrivalRate): readonly Line[] {
  const lines: Line[] = [];
  let [startUs, from] = [0, startRate];
  for (const { target: to, durationUs } of list) {
    if (durationUs > 0) lines.push({ startUs, durationUs, from, to });
    startUs += durationUs;
    from = to;
  }
  return lines;
}

function rateAt(
  plan: RampingArrivalRate,
  { sinceUs, side }: { readonly sinceUs: number; readonly side: Side },
): Fraction {
  const line = linesOf(plan).find(({ startUs, durationUs }) =>
    side === 'after'
      ? startUs <= sinceUs && sinceUs < startUs + durationUs
      : startUs < sinceUs && sinceUs <= startUs + durationUs,
  );
  if (line === undefined) return ZERO;
  const [from, to, duration] = [line.from, line.to, line.durationUs].map(BigInt);
  const rate = from * duration + (to - from) * BigInt(sinceUs - line.startUs);
  return fraction(rate * 1_000_000n, duration * BigInt(plan.timeUnitUs));
}

/** The area under the line until `us` after its start, in iterations. */
function areaOf(line: Line, us: number, unitUs: number): Fraction {
  const [from, to, duration, past] = [line.from, line.to, line.durationUs, us].map(BigInt);
  return fraction(
    past * (2n * from * duration + (to - from) * past),
    2n * duration * BigInt(unitUs),
  );
}

function iterationsUntil(plan: RampingArrivalRate, sinceUs: number): number {
  const area = linesOf(plan)
    .filter(({ startUs }) => startUs < sinceUs)
    .map((line) => areaOf(line, Math.min(sinceUs - line.startUs, line.durationUs), plan.timeUnitUs))
    .reduce(plus, ZERO);
  return wholeOf(area);
}

function wholeOf({ numerator, denominator }: Fraction): number {
  return Number(numerator / denominator);
}

/** What the cursor reads of a line. */
interface Run {
  /** Since test start. */
  readonly startUs: number;
  /** No event of the line is due later. */
  readonly limitUs: number;
  /** Iterations per time unit at its start. */
  readonly from: number;
  /** Change of that within a microsecond. */
  readonly slope: number;
  /** Area before the line, in iterations: whole ones and the rest. */
  readonly wholeBefore: number;
  readonly restBefore: number;
  /** Number of the last event that is due on it, all earlier ones counted. */
  readonly lastEvent: number;
}

function runsOf(plan: RampingArrivalRate, scenarioStartUs: number): readonly Run[] {
  const lastUs = scenarioStartUs + stagesUs(plan.stages) - 1;
  let area = ZERO;
  return linesOf(plan).map((line) => {
    const startUs = scenarioStartUs + line.startUs;
    const wholeBefore = wholeOf(area);
    const restBefore = toNumber(plus(area, fraction(-wholeBefore, 1)));
    area = plus(area, areaOf(line, line.durationUs, plan.timeUnitUs));
    return {
      startUs,
      limitUs: Math.min(startUs + line.durationUs, lastUs),
      from: line.from,
      slope: (line.to - line.from) / line.durationUs,
      wholeBefore,
      restBefore,
      lastEvent: wholeOf(area),
    };
  });
}

class RampingArrivals implements Arrivals {
  readonly #runs: readonly Run[];
  readonly #twiceUnitUs: number;
  /** From one of the stripe's events to its next, in turn. */
  readonly #steps: readonly number[];
  #step = 0;
  #event: number;
  #dueUs = 0;
  #nextRun = 0;
  // the run that #event is on, unpacked
  #startUs = 0;
  #limitUs = 0;
  #from = 0;
  #slope = 0;
  #wholeBefore = 0;
  #restBefore = 0;
  #lastEvent = 0;

  constructor(
    plan: RampingArrivalRate,
    { startUs, stripe }: { readonly startUs: number; readonly stripe: Numbers },
  ) {
    this.#runs = runsOf(plan, startUs);
    this.#twiceUnitUs = 2 * plan.timeUnitUs;
    this.#steps = gapsOf(stripe);
    this.#event = (stripe.offsets[0] ?? Number.POSITIVE_INFINITY) + 1;
    this.#findDue();
  }

  peekUs(): number {
    return this.#dueUs;
  }

  take(): number {
    const taken = this.#event - 1;
    this.#event += this.#steps[this.#step];
    if (++this.#step === this.#steps.length) this.#step = 0;
    this.#findDue();
    return taken;
  }

  #findDue(): void {
    while (this.#event > this.#lastEvent) {
      const run = this.#runs[this.#nextRun++];
      if (run === undefined) {
        this.#dueUs = Number.POSITIVE_INFINITY;
        return;
      }
      this.#enter(run);
    }
    const from = this.#from;
    // twice the area that the event lies into the run, in rate times microseconds
    const twice = (this.#event - this.#wholeBefore - this.#restBefore) * this.#twiceUnitUs;
    const root = Math.sqrt(Math.max(0, from * from + twice * this.#slope));
    const dueUs = this.#startUs + Math.floor(twice / (from + root) + ROUNDING_US);
    this.#dueUs = Math.min(dueUs, this.#limitUs);
  }

  #enter(run: Run): void {
    this.#startUs = run.startUs;
    this.#limitUs = run.limitUs;
    this.#from = run.from;
    this.#slope = run.slope;
    this.#wholeBefore = run.wholeBefore;
    this.#restBefore = run.restBefore;
    this.#lastEvent = run.lastEvent;
  }
}
