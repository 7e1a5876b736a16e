/**
 * The only door to time and chance in the gateway process. Durations come from one monotonic clock in
 * milliseconds (fractions kept). Everyone else is handed a value.
 */
/** Milliseconds of a monotonic clock, with fractions. */
export function monotonicMs(): number {
  return performance.now();
}

/** What was then by the wall clock as it was when the process began, in microseconds since the Unix epoch. */
export function unixUs(nowMs: number): number {
  return Math.floor((performance.timeOrigin + nowMs) * 1000);
}

/** A delay between half of `boundMs` and `boundMs`, so that reconnects do not march in step. */
export function jitteredMs(boundMs: number): number {
  return boundMs * (0.5 + Math.random() / 2);
}

let dateSecond = 0;
let dateText = '';

/** The time of day as HTTP writes it (RFC 9110, 5.6.7); made once a second. */
export function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) dateText = new Date(second * 1000).toUTCString();
  dateSecond = second;
  return dateText;
}
