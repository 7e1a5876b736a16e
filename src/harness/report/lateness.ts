/**
 * Why iterations started late or not at all. Each second's late starts and dropped iterations are put down to what was the matter
 * in that second:
 *
 *   machine     all cores were busy: generator and target share them, neither alone is to blame
 *   generator   the machine had time, and a load worker's thread had none: the generator was the bottleneck
 *   pause       both had time: the thread was held up for a moment (garbage collection, the operating system)
 *   vus         dropped only: every VU that the scenario may have was in an iteration
 *   asked_pause   dropped only: the load was paused by somebody who watched
 *   max_duration  dropped only: an executor that counts iterations ran out of time, whoever was busy
 *
 * Pure.
 */
import type { MetricsRow } from './metrics.js';

/** Shares of that second, 0..1. */
export interface BusySecond {
  readonly second: number;
  /** Of the busiest load worker's thread: its event loop was not waiting. */
  readonly generator: number;
  /** Of all cores together. */
  readonly machine: number;
}

export type LateCause = 'machine' | 'generator' | 'pause';
export type DropCause = LateCause | 'vus' | 'asked_pause' | 'max_duration';

export interface Lateness {
  readonly late_starts: Readonly<Record<LateCause, number>>;
  readonly dropped_iterations: Readonly<Record<DropCause, number>>;
}

export const NO_LATENESS: Lateness = {
  late_starts: { machine: 0, generator: 0, pause: 0 },
  dropped_iterations: {
    ...{ machine: 0, generator: 0, pause: 0, vus: 0 },
    ...{ asked_pause: 0, max_duration: 0 },
  },
};

/** From here on a thread or a machine has no time left worth the name. */
const BUSY = 0.95;

type Seen = Pick<
  MetricsRow,
  'second' | 'late_starts' | 'dropped_iterations' | 'left_over_iterations' | 'paused_iterations'
>;

/** `rows` and `seconds` are matched by second; a second nobody looked at counts as one with time to spare. */
export function latenessOf(rows: readonly Seen[], seconds: readonly BusySecond[]): Lateness {
  const late = { ...NO_LATENESS.late_starts };
  const dropped = { ...NO_LATENESS.dropped_iterations };
  const busyIn = new Map(seconds.map((one) => [one.second, one]));
  for (const row of rows) {
    const cause = causeIn(busyIn.get(row.second));
    late[cause] += row.late_starts;
    const { dropped_iterations: all, left_over_iterations: leftOver } = row;
    const { paused_iterations: paused } = row;
    dropped.max_duration += leftOver;
    dropped.asked_pause += paused;
    // A thread that has time drops an iteration that is due for one reason only: no VU is free.
    dropped[cause === 'pause' ? 'vus' : cause] += all - leftOver - paused;
  }
  return { late_starts: late, dropped_iterations: dropped };
}

function causeIn(busy: BusySecond | undefined): LateCause {
  if (busy === undefined) return 'pause';
  if (busy.machine >= BUSY) return 'machine';
  return busy.generator >= BUSY ? 'generator' : 'pause';
}

/** `88 % while the whole machine was busy, 12 % while ...`, the most frequent first; shares under a percent are left out. */
export function causeWords(counts: Readonly<Partial<Record<DropCause, number>>>): string {
  const entries = Object.entries<number>(counts).sort(([, a], [, b]) => b - a);
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  return entries
    .map(([cause, count]) => ({ cause, share: Math.round((100 * count) / all) }))
    .filter(({ share }) => share > 0)
    .map(({ cause, share }) => `${share} % ${WORDS.get(cause) ?? cause}`)
    .join(', ');
}

const WORDS: ReadonlyMap<string, string> = new Map<DropCause, string>([
  ['machine', 'while the whole machine was busy'],
  ['generator', "while the generator's own thread was busy"],
  ['pause', 'in moments in which the thread was held up'],
  ['vus', 'because every virtual user allowed was in an iteration'],
  ['asked_pause', 'due while the load was paused, as somebody asked'],
  ['max_duration', 'left over when maxDuration had passed'],
]);
