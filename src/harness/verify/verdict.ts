/**
 * What the judge says of one run. Statuses and verdicts combine to the worst: invalid, then unknown, then valid.
 */

export type Verdict = 'valid' | 'invalid' | 'unknown';
export type LawStatus = 'holds' | 'broken' | 'undecided' | 'not_exercised';

export interface LawResult {
  readonly name: string;
  readonly status: LawStatus;
  /** How many things the law was asked about. */
  readonly checked: number;
  readonly violations: number;
  /** The first violation in words; what was missing where it was not exercised; null where it holds. */
  readonly witness: string | null;
}

export interface OperationCounts {
  /** Asked for: the sum of ok, declined, not_sent and unknown. */
  readonly attempted: number;
  readonly ok: number;
  /** By the target. */
  readonly declined: number;
  /** Refused by the client: no byte left it. */
  readonly not_sent: number;
  /** Not definite for the client, before and after looking them up. */
  readonly unknown: number;
  readonly unknown_resolved_ok: number;
  readonly unknown_resolved_absent: number;
  readonly retried: number;
  readonly lost: number;
  readonly doubled: number;
  readonly phantom: number;
  readonly cross_shard: number;
}

/** Payments a second: acknowledged `ok`, by the time of their acknowledgement; see throughput.ts. */
export interface Throughput {
  readonly peak_1s: number;
  readonly best_5s_mean: number;
  readonly mean: number;
}

export interface VerifyResult {
  readonly verdict: Verdict;
  /** Why the verdict is not `valid`, in one line. */
  readonly reason?: string;
  readonly laws: readonly LawResult[];
  readonly operations: OperationCounts;
  readonly throughput: Throughput;
  /** Of `declined`, how many with each code, most frequent first. */
  readonly declines_by_code: Readonly<Record<string, number>>;
  /** Milliseconds each part of judging took. */
  readonly timings_ms: Readonly<Record<string, number>>;
}

/** The worst of what the laws say. A law that nothing could have broken takes nothing away. */
export function verdictOf(laws: readonly LawResult[]): Verdict {
  if (laws.some((law) => law.status === 'broken')) return 'invalid';
  if (laws.some((law) => law.status === 'undecided')) return 'unknown';
  return 'valid';
}

/** What can be said of a run that could not be judged at all. */
export function unjudged(reason: string): VerifyResult {
  return {
    verdict: 'unknown',
    reason,
    laws: [],
    operations: {
      attempted: 0,
      ok: 0,
      declined: 0,
      not_sent: 0,
      unknown: 0,
      unknown_resolved_ok: 0,
      unknown_resolved_absent: 0,
      retried: 0,
      lost: 0,
      doubled: 0,
      phantom: 0,
      cross_shard: 0,
    },
    throughput: { peak_1s: 0, best_5s_mean: 0, mean: 0 },
    declines_by_code: {},
    timings_ms: {},
  };
}
