/**
 * The shard's clock, the only door to time in this room: microseconds since the Unix epoch that never run
 * backwards while the process lives, whatever is done to the system clock (the wall clock is read once, at the
 * start). The ledger makes timestamps strictly increasing on top of it, across restarts too.
 */
export type ClockUs = () => number;

/** For intervals within this process, milliseconds. */
export function monotonicMs(): number {
  return performance.now();
}

export function systemClockUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}
