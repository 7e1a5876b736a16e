/**
 * The seam between a closed-model executor and whoever runs its VUs: how many, how often, until when. The times
 * between are the target's, so there is nothing else to plan.
 */

export interface ClosedPart {
  /** VUs of this stripe, all started at `startUs`. */
  readonly vus: number;
  /** Iterations each of them runs; Infinity where only the deadline ends it. */
  readonly iterationsPerVu: number;
  readonly startUs: number;
  /** No iteration starts at or after it; what is left of `iterationsPerVu` then is dropped. */
  readonly deadlineUs: number;
}
