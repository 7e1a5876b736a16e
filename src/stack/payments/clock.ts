/**
 * The only door to time and chance in the gateway process. Durations come from one monotonic clock in
 * milliseconds (fractions kept). Everyone else is handed a value.
 */
/** Milliseconds of a monotonic clock, with fractions. */
export function monotonicMs(): number {
  return performance.now();
}

/** A delay between half of `boundMs` and `boundMs`, so that reconnects do not march in step. */
export function jitteredMs(boundMs: number): number {
  return boundMs * (0.5 + Math.random() / 2);
}
