/**
 * The seam between an executor and everyone else: one file an executor in executors/, all of them in registry.ts.
 * What a script says becomes plain data (`parse`); from the data follow its length, its VUs, its rate, and what falls to
 * one worker (`part`):
 *
 *   fields of a script --parse--> plan --scale--> plan --part--> ArrivalPart: a cursor over intended starts (open model)
 *                                                               ClosedPart: VUs, steps, iterations    (closed model)
 *
 * Knows no scenario, no clock and no script. Methods are written as methods, so that an executor of one plan can stand
 * in a list of all.
 */
import type { Arrivals } from './arrivals.js';
import type { ClosedPart } from './closed-part.js';
import type { Fraction } from './exact.js';
import type { Numbers } from './segment.js';

/** The plan of one scenario's executor: plain data in whole microseconds, posted to threads and written to plan.json. */
export interface NamedPlan {
  /** k6's name of the executor. */
  readonly name: string;
}

export interface Executor<P extends NamedPlan> {
  readonly name: P['name'];
  /** One sentence for the docs. */
  readonly meaning: string;
  /** Its own fields, with k6's defaults and limits. Throws what `fields` throws. */
  parse(fields: ExecutorFields): P;
  scale(plan: P, scaling: Scaling): P;
  /** How long it may start iterations. */
  durationUs(plan: P): number;
  /** VUs that must be there before the load. */
  vusPlanned(plan: P): number;
  /** VUs at once at most. More workers than this have no part in it. */
  vusMax(plan: P): number;
  /** `startUs` of the scenario, since test start. */
  part(
    plan: P,
    at: { readonly startUs: number; readonly stripe: Numbers },
  ): ArrivalPart | ClosedPart;
  /** Where the schedule decides when iterations start (open model); absent where VUs do (closed model). */
  readonly rate?: RateCurve<P>;
}

/** A rate in straight lines over the time since the scenario's start. */
export interface RateCurve<P extends NamedPlan> {
  /** Iterations a second at `sinceUs`; where it jumps then, the rate before or after the jump. */
  at(plan: P, moment: { readonly sinceUs: number; readonly side: Side }): Fraction;
  /** Times at which a line ends. */
  bends(plan: P): readonly number[];
  /** Iterations due until `sinceUs`, at most the whole duration. */
  iterationsUntil(plan: P, sinceUs: number): number;
}

export type Side = 'before' | 'after';

export interface ArrivalPart {
  readonly model: 'open';
  readonly arrivals: Arrivals;
  /** VUs that this stripe may use at once. */
  readonly vusMax: number;
}

export interface Scaling {
  /** Arrival rates are multiplied by it. */
  readonly rate: Fraction;
  /** A duration or a time in the plan, scaled, in whole microseconds. */
  durationUs(us: number): number;
}

/** What an executor reads its fields from. Each check throws one line that says which field must be what. */
export interface ExecutorFields {
  /** A whole number from `least` to `most`; required without `otherwise`. */
  whole(
    field: string,
    bounds: { readonly least: number; readonly most?: number; readonly otherwise?: number },
  ): number;
  /** `otherwise` as a script would write it. */
  durationUs(
    field: string,
    bounds: { readonly leastUs?: number; readonly otherwise?: string },
  ): number;
  /** A list with at least one object. */
  objects(field: string): readonly ExecutorFields[];
  refuse(field: string, wanted: string, value: unknown): never;
}
