/**
 * Payments a second of a run, three ways. Pure. Acknowledgements are counted by tenths of a second, from the tenth in which the
 * first of them was asked for to that of the last acknowledgement; a run shorter than a second counts as a second.
 *
 *   peak_1s       the best stretch of at least 1 s
 *   best_5s_mean  the best stretch of at least 5 s; the whole run where it is shorter
 *   mean          the whole run
 *
 * Each is the best of a wider choice than the next, so mean <= best_5s_mean <= peak_1s whatever the run: with stretches of
 * exactly 5 s a run whose payments come at its two ends would have a mean above its best.
 */
import type { Throughput } from './verdict.js';

export const TENTH_US = 100_000;
const TENTHS_A_SECOND = 10;
/** 19 days. Times further apart are no clock's: nothing is said of their rates. */
export const TENTHS_MAX = 2 ** 24;

export const NO_THROUGHPUT: Throughput = { peak_1s: 0, best_5s_mean: 0, mean: 0 };

/** When payments were acknowledged: by the number of the tenth on the drill clock. */
export interface Acknowledgements {
  readonly perTenth: readonly (number | undefined)[];
  /** Of these payments, the first invocation and the last acknowledgement; microseconds on the drill clock. */
  readonly invokedMinUs: number;
  readonly completedMaxUs: number;
}

export function throughputOf(acknowledged: Acknowledgements): Throughput {
  const { perTenth, invokedMinUs, completedMaxUs } = acknowledged;
  if (!(completedMaxUs >= invokedMinUs)) return NO_THROUGHPUT;
  const first = Math.floor(invokedMinUs / TENTH_US);
  const last = Math.floor(completedMaxUs / TENTH_US);
  const tenths = Math.max(TENTHS_A_SECOND, last - first + 1);
  if (tenths > TENTHS_MAX) return NO_THROUGHPUT;
  const until = new Float64Array(tenths + 1);
  for (let i = 0; i < tenths; i++) until[i + 1] = until[i] + (perTenth[first + i] ?? 0);
  return {
    peak_1s: Math.round(bestPerSec(until, TENTHS_A_SECOND)),
    best_5s_mean: Math.round(bestPerSec(until, 5 * TENTHS_A_SECOND)),
    mean: Math.round((until[tenths] * TENTHS_A_SECOND) / tenths),
  };
}

/**
 * The best mean of a stretch of at least `least` tenths, or of all there are. Of a stretch of twice that or more one half is
 * as good, so longer ones need no look. `until[i]`: how many came in the first `i` tenths.
 */
function bestPerSec(until: Float64Array, least: number): number {
  const tenths = until.length - 1;
  if (tenths <= least) return (until[tenths] * TENTHS_A_SECOND) / tenths;
  let best = 0;
  for (let length = least; length < Math.min(2 * least, tenths + 1); length++)
    for (let from = 0; from + length <= tenths; from++)
      best = Math.max(best, ((until[from + length] - until[from]) * TENTHS_A_SECOND) / length);
  return best;
}
