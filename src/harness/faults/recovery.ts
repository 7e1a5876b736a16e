/**
 * When service came back after each fault: the first moment from its healing on, from which for half a second at
 * least 95 % of the usual share of what was offered went well. Pure. The usual share is that of the last second
 * before the fault in which no other was felt: declines are part of a normal day and must not look like an outage.
 *
 * A fault is felt from its applying until service came back. Where that of one fault overlaps that of another, nobody
 * can tell whose end service waited for: then neither has a recovery, and each names the other.
 */

export interface RecoveryInput {
  /** Operations offered in each bucket from the start of the load. */
  readonly attempted: ArrayLike<number>;
  /** Of those, or by then, answered `ok`. */
  readonly ok: ArrayLike<number>;
  readonly bucketMs: number;
  /** Milliseconds from the start of the load; undefined = has not happened. */
  readonly faults: readonly {
    readonly appliedMs: number | undefined;
    readonly healedMs: number | undefined;
  }[];
}

export interface Recovery {
  /** Milliseconds from the start of the load, never before the healing; undefined where it was not seen or not told apart. */
  readonly recoveredMs: number | undefined;
  /** Numbers of the faults it cannot be told apart from, by their place in the input, from 1. */
  readonly overlaps: readonly number[];
}

/** Milliseconds from the start of the load; felt from the one to the other. */
interface Felt {
  readonly fromMs: number;
  readonly toMs: number;
}

const BASELINE_MS = 1000;
const STEADY_MS = 500;
const SHARE_OF_USUAL = 0.95;

/** One for each fault, in the same order. */
export function recoveries(input: RecoveryInput): readonly Recovery[] {
  const felt = feltTimes(input);
  return felt.map((own, index) => {
    const overlaps = felt.flatMap((other, at) =>
      at !== index && own !== undefined && other !== undefined && doOverlap(own, other)
        ? [at + 1]
        : [],
    );
    const isTold = own !== undefined && Number.isFinite(own.toMs) && overlaps.length === 0;
    return { recoveredMs: isTold ? own.toMs : undefined, overlaps };
  });
}

/** Those that touch overlap: there is no moment between them. */
function doOverlap(a: Felt, b: Felt): boolean {
  return a.fromMs <= b.toMs && b.fromMs <= a.toMs;
}

/** Undefined for a fault that was not applied; without end where service did not come back. */
function feltTimes(input: RecoveryInput): readonly (Felt | undefined)[] {
  const felt: (Felt | undefined)[] = input.faults.map(() => undefined);
  const inTime = [...input.faults.entries()].sort(
    ([, a], [, b]) => (a.appliedMs ?? 0) - (b.appliedMs ?? 0),
  );
  for (const [index, { appliedMs, healedMs }] of inTime) {
    if (appliedMs === undefined) continue;
    const usual = usualShare(input, appliedMs, felt);
    const toMs = healedMs === undefined ? undefined : backAtMs(input, healedMs, usual);
    felt[index] = { fromMs: appliedMs, toMs: toMs ?? Number.POSITIVE_INFINITY };
  }
  return felt;
}

/** Of the last second before `appliedMs` in which none of `felt` was; 1 where nothing was offered in it. */
function usualShare(
  input: RecoveryInput,
  appliedMs: number,
  felt: readonly (Felt | undefined)[],
): number {
  const { bucketMs } = input;
  let attempted = 0;
  let ok = 0;
  let left = Math.ceil(BASELINE_MS / bucketMs);
  for (let bucket = Math.floor(appliedMs / bucketMs) - 1; bucket >= 0 && left > 0; bucket--) {
    const own = { fromMs: bucket * bucketMs, toMs: (bucket + 1) * bucketMs };
    if (felt.some((other) => other !== undefined && doOverlap(own, other))) continue;
    attempted += input.attempted[bucket] ?? 0;
    ok += input.ok[bucket] ?? 0;
    left--;
  }
  return attempted > 0 ? ok / attempted : 1;
}

function backAtMs(input: RecoveryInput, healedMs: number, usual: number): number | undefined {
  const { attempted, ok, bucketMs } = input;
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
