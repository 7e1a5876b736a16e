/**
 * What the judge says of one run. Statuses and verdicts combine to the worst: invalid, then unknown, then no claim, then
 * valid.
 */

/** `no_claim`: nothing was asked of the ledger, or it has no books: a load test, which can be neither right nor wrong. */
export type Verdict = 'valid' | 'invalid' | 'unknown' | 'no_claim';
/** As people read them. */
export const VERDICT_WORDS = {
  valid: 'valid',
  invalid: 'invalid',
  unknown: 'unknown',
  no_claim: 'no ledger claim',
} as const satisfies Record<Verdict, string>;

export type LawStatus = 'holds' | 'broken' | 'undecided' | 'not_exercised';

export interface LawResult {
  readonly name: string;
  readonly status: LawStatus;
  /** How many things the law was asked about. */
  readonly checked: number;
  readonly violations: number;
  /** The first violation in words; why it was not asked or not decided; null where it holds. */
  readonly witness: string | null;
  /** The operation that the witness is about; only where the law is broken and it is about one. */
  readonly operation_id?: string;
  /** Broken laws that this one's breach can follow from; only where it is broken and there are any. */
  readonly follows_from?: readonly string[];
}

export interface OperationCounts {
  /** Asked for: the sum of ok, declined, not_sent and unknown. */
  readonly attempted: number;
  readonly ok: number;
  /** By the target. */
  readonly declined: number;
  /** Refused by the client: no byte left it. */
  readonly not_sent: number;
  /** Not definite for the client while the load ran. */
  readonly unknown: number;
  /** Of these, asked for afterwards and answered; and known to have happened, or not, from that or from the books: resolved.ts. */
  readonly unknown_looked_up: number;
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
  /** In order of cause: what can be the root of others first. */
  readonly laws: readonly LawResult[];
  /** The broken law whose witness to read first; null where none is broken. */
  readonly root_cause: string | null;
  /** What the target could not show or did not promise, one line a law. */
  readonly limits: readonly string[];
  readonly operations: OperationCounts;
  readonly throughput: Throughput;
  /** Of `declined`, how many with each code, most frequent first. */
  readonly declines_by_code: Readonly<Record<string, number>>;
  /** Milliseconds each part of judging took. */
  readonly timings_ms: Readonly<Record<string, number>>;
}

export interface Weighed {
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** The verdict on the laws alone, and why it is not `valid`. `effects`: operations that took effect; undefined = not known. */
export function weigh(laws: readonly LawResult[], effects: number | undefined): Weighed {
  const named = (status: LawStatus): LawResult[] => laws.filter((law) => law.status === status);
  const broken = named('broken').map(({ name }) => name);
  if (broken.length > 0) return { verdict: 'invalid', reason: `broken: ${broken.join(', ')}` };
  const [open, ...others] = named('undecided');
  if (open !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return { verdict: 'unknown', reason: `${open.name}${more} undecided: ${open.witness ?? ''}` };
  }
  if (effects === 0) return { verdict: 'unknown', reason: 'nothing to judge: nothing took effect' };
  if (named('holds').length === 0)
    return { verdict: 'unknown', reason: 'nothing to judge: no law was exercised' };
  return { verdict: 'valid' };
}

/** What failed while the drill ran leaves its verdict undecided, however often it is judged. */
export function boundBy(failures: readonly string[], result: VerifyResult): VerifyResult {
  const [failure] = failures;
  const isBound = result.verdict === 'valid' || result.verdict === 'no_claim';
  if (failure === undefined || !isBound) return result;
  return { ...result, verdict: 'unknown', reason: failure };
}

/** What can be said of a run that could not be judged at all. */
export function unjudged(reason: string): VerifyResult {
  return {
    verdict: 'unknown',
    reason,
    laws: [],
    root_cause: null,
    limits: [],
    operations: {
      attempted: 0,
      ok: 0,
      declined: 0,
      not_sent: 0,
      unknown: 0,
      unknown_looked_up: 0,
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
