/**
 * The seam between an arrival-rate executor and whoever starts its iterations: a cursor over intended starts.
 * Costs no allocation per iteration. It knows nothing of now: what is due and not yet started is late, never lost.
 */

export interface Arrivals {
  /** Intended start of the stripe's next iteration in microseconds since test start; Infinity when none is left. */
  peekUs(): number;
  /** Moves on by one; returns the number, from 0, which that iteration has in its whole scenario. */
  take(): number;
}
