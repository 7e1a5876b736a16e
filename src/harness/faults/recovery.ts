/**
 * When service came back after a fault: the first moment from its healing on, from which for half a second at
 * least 95 % of the usual share of what was offered went well. Pure. The usual share is that of the second before
 * the fault: declines are part of a normal day and must not look like an outage.
 */

export interface RecoveryInput {
  /** Operations offered in each bucket from the start of the load. */
  readonly attempted: ArrayLike<number>;
  /** Of those, or by then, answered `ok`. */
  readonly ok: ArrayLike<number>;
  readonly bucketMs: number;
  /** Milliseconds from the start of the load. */
  readonly appliedMs: number;
  readonly healedMs: number;
}

const BASELINE_MS = 1000;
const STEADY_MS = 500;
const SHARE_OF_USUAL = 0.95;

/** Milliseconds from the start of the load, never before `healedMs`; undefined if it never came back. */
export function recoveredMs(input: RecoveryInput): number | undefined {
  const { attempted, ok, bucketMs, appliedMs, healedMs } = input;
  const appliedBucket = Math.floor(appliedMs / bucketMs);
  const baselineFrom = Math.max(0, appliedBucket - Math.ceil(BASELINE_MS / bucketMs));
  const usual = shareOf(input, baselineFrom, appliedBucket) ?? 1;
  const steadyBuckets = Math.ceil(STEADY_MS / bucketMs);
  const buckets = Math.min(attempted.length, ok.length);
  for (let from = Math.floor(healedMs / bucketMs); from + steadyBuckets <= buckets; from++) {
    // The first bucket by itself, so that a good half second does not take in the outage's last moments.
    const first = shareOf(input, from, from + 1);
    const steady = shareOf(input, from, from + steadyBuckets);
    if (first === undefined || steady === undefined) continue;
    if (first >= usual * SHARE_OF_USUAL && steady >= usual * SHARE_OF_USUAL) {
      return Math.max(healedMs, from * bucketMs);
    }
  }
  return undefined;
}

/** Undefined where nothing was offered. */
function shareOf(input: RecoveryInput, from: number, to: number): number | undefined {
  let attempted = 0;
  let ok = 0;
  for (let bucket = from; bucket < to; bucket++) {
    attempted += input.attempted[bucket] ?? 0;
    ok += input.ok[bucket] ?? 0;
  }
  return attempted > 0 ? ok / attempted : undefined;
}
