/** The one clock of a drill: microseconds since it began, and what the calendar said then. */
import { isoTime, monotonicClock, unixMsNow } from '../entropy/clock.js';

export interface DrillClock {
  /** The machine's monotonic clock in us at drill clock 0, and the wall clock then. */
  readonly originUs: number;
  readonly originUnixMs: number;
  nowUs(): number;
  /** The calendar's now, from the drill clock. */
  isoNow(): string;
}

export function startDrillClock(): DrillClock {
  const clock = monotonicClock();
  const originUs = clock.nowUs();
  const originUnixMs = unixMsNow();
  const nowUs = (): number => clock.nowUs() - originUs;
  return { originUs, originUnixMs, nowUs, isoNow: () => isoTime(originUnixMs + nowUs() / 1000) };
}

/** Seconds since `us`, two digits, for people. */
export function secondsSince(clock: DrillClock, us: number): string {
  return ((clock.nowUs() - us) / 1e6).toFixed(2);
}
