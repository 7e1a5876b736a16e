/** capacity.json: the answer of a capacity search and every step that it rests on. The types are the file's format. Pure. */

import type { RunEnvironment } from '../../report/summary.js';
import type { Limit } from './limit.js';
import type { StepFacts } from './step.js';

export const CAPACITY_SCHEMA = 'paydrill.capacity/1';

/** A rate, and in how many of its steps everything held. */
export interface RateFacts {
  readonly rate_per_s: number;
  readonly held: number;
  readonly of: number;
}

export interface CapacityAnswer {
  /** In words. */
  readonly text: string;
  /** The highest rate that held in all of its steps; null where none did. */
  readonly holds: RateFacts | null;
  /** The lowest that broke in all of its steps, and what it broke by; null where none did. */
  readonly breaks: (RateFacts & { readonly by: readonly string[] }) | null;
  /** Rates in between that held in some steps and broke in others. */
  readonly mixed: readonly RateFacts[];
  /** The target carries more than `holds`: the generator gave way first, or the highest rate that was asked about held. */
  readonly at_least: boolean;
  /** What ran out first at `breaks`; null where there is none. */
  readonly limit: Limit | null;
  /** The rate from which response times climb faster than the rate does; null where it cannot be told. */
  readonly knee_per_s: number | null;
  /** How far steps at the rate of `holds` lie apart: what two answers may differ by without a cause. */
  readonly noise: {
    /** Greatest less least p99, over their median; null where there are fewer than two. */
    readonly p99_spread: number | null;
    /** Distance of `breaks` from `holds`, over `holds`; null where one of them is not known. */
    readonly bracket: number | null;
  };
}

export interface MultipleFacts extends RateFacts {
  readonly multiple: number;
}

export interface CapacityReport {
  readonly schema: typeof CAPACITY_SCHEMA;
  readonly script: string;
  /** What to type to do the same again. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  readonly asked: {
    readonly slos: readonly string[];
    /** Of a search; null where multiples were asked for. */
    readonly from_per_s: number | null;
    readonly max_per_s: number | null;
    readonly precision: number | null;
    readonly warm_up_s: number;
    readonly hold_s: number;
    readonly rounds: number;
    readonly seed: number;
    readonly faults: string;
    /** Multiples of this rate were asked for; null of a search. */
    readonly of_per_s: number | null;
  };
  /** What stands beside every number; null before there was a step. */
  readonly labels: RunEnvironment | null;
  /** Null where multiples were asked for. */
  readonly answer: CapacityAnswer | null;
  /** Empty of a search. */
  readonly multiples: readonly MultipleFacts[];
  /** What ended it before everything was tried, in one line; null where nothing did. */
  readonly ended_by: string | null;
  readonly exit_code: number;
  readonly steps: readonly StepFacts[];
}

export function capacityJson(report: CapacityReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
