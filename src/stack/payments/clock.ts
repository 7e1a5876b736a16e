/**
 * The only door to time and chance in the gateway process. Durations come from one monotonic clock in
 * milliseconds (fractions kept); the wall clock is read for ids alone. Everyone else is handed a value.
 */
import { randomFillSync } from 'node:crypto';

/** Milliseconds of a monotonic clock, with fractions. */
export function monotonicMs(): number {
  return performance.now();
}

/** Milliseconds since the Unix epoch: for ids, never for durations. */
export function unixMs(): number {
  return Date.now();
}

/** A delay between half of `boundMs` and `boundMs`, so that reconnects do not march in step. */
export function jitteredMs(boundMs: number): number {
  return boundMs * (0.5 + Math.random() / 2);
}

/** A 32-bit number nobody can guess. */
export function randomWord(): number {
  const word = new Uint32Array(1);
  randomFillSync(word);
  return word[0] ?? 0;
}
