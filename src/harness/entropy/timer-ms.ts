/** How long a timer of Node's can wait, and so how long any wait of the harness is at most. */

/** 24 days: what is to wait longer would be called at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Whole milliseconds for a timer, rounded up and at most what it can wait: who must wait longer looks at the clock again. */
export function timerMs(ms: number): number {
  return Math.min(Math.ceil(ms), TIMER_MS_MAX);
}
