/**
 * The door to time on the harness side: nothing else there reads `performance`, `process.hrtime` or `Date`.
 * Everything that needs to know the time is handed a Clock. Refuses to sleep: whoever waits owns its timer.
 */

export interface Clock {
  /** Integer microseconds, never decreasing, one origin for all threads of the machine. */
  nowUs(): number;
}

/**
 * The monotonic clock. `performance.now()` counts from the start of its own thread, so its distance to the
 * machine's monotonic clock (`process.hrtime`) is measured once, which gives all threads one origin.
 */
export function monotonicClock(): Clock {
  const originUs = threadOriginUs();
  return { nowUs: () => Math.floor(performance.now() * 1000 + originUs) };
}

/** Milliseconds since the Unix epoch, for ids and names of files; may step, so never measure with it. */
export function unixMsNow(): number {
  return Date.now();
}

/** The narrowest of a few readings around `performance.now()`, so that a preempted thread does not err. */
function threadOriginUs(): number {
  let narrowestNs = Number.POSITIVE_INFINITY;
  let originUs = 0;
  for (let i = 0; i < 8; i++) {
    const before = process.hrtime.bigint();
    const threadMs = performance.now();
    const widthNs = Number(process.hrtime.bigint() - before);
    if (widthNs >= narrowestNs) continue;
    narrowestNs = widthNs;
    originUs = (Number(before) + widthNs / 2) / 1000 - threadMs * 1000;
  }
  return originUs;
}

/** ISO 8601, UTC: `2026-11-11T00:00:00.000Z`. */
export function isoTime(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
