/**
 * summary.json: one drill on one page, for programs. The types are the file's format; `buildSummary` puts
 * together what the verdict says and what the conductor saw, and settles the exit code. Pure. It refuses
 * to round up: an exit code of 0 needs the verdict `valid` and every threshold to hold.
 */
import { EXIT_CODES, type ExitName } from '../exit-codes.js';

export const SUMMARY_SCHEMA = 'paydrill.summary/1';

export type Verdict = 'valid' | 'invalid' | 'unknown';
export type LawStatus = 'holds' | 'broken' | 'undecided' | 'not_exercised';

/** How the load ended. `completed` = every stage ran to its end. */
export type LoadEnding = 'completed' | 'interrupted' | 'aborted' | 'script_exception';

export interface RunFacts {
  readonly id: string;
  readonly seed: number;
  readonly script: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  /** From the first intended start to the end of the load. */
  readonly duration_s: number;
  readonly target: string;
  readonly ledger_engine: string;
  readonly durability: string;
  readonly shards: number;
  readonly workers: number;
  readonly cores: number;
  readonly node: string;
  readonly ops_per_frame_mean: number;
  readonly load_model: 'open' | 'closed' | 'mixed';
  readonly ending: LoadEnding;
  /** The bug planted in the reference stack, if one was. */
  readonly mutant: string | null;
}

export interface OperationCounts {
  readonly attempted: number;
  readonly ok: number;
  readonly declined: number;
  /** Whose outcome the client did not learn while the load ran. */
  readonly unknown: number;
  readonly unknown_resolved_ok: number;
  readonly unknown_resolved_absent: number;
  readonly retried: number;
  readonly late_starts: number;
  readonly dropped_iterations: number;
  /** Acknowledged and not in the books. */
  readonly lost: number;
  /** In the books more than once under one id. */
  readonly doubled: number;
  /** In the books and never asked for. */
  readonly phantom: number;
}

/** Payments a second that were acknowledged, durable and verified. */
export interface Throughput {
  readonly peak_1s: number;
  readonly best_5s_mean: number;
  readonly mean: number;
}

export interface PercentilesUs {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Times are milliseconds from the start of the load; null = did not happen. */
export interface FaultFacts {
  readonly kind: string;
  readonly target: string;
  readonly planned_ms: number;
  readonly applied_ms: number | null;
  readonly healed_ms: number | null;
  readonly recovered_ms: number | null;
}

export interface LawResult {
  readonly name: string;
  readonly status: LawStatus;
  /** How many things the law was asked about. */
  readonly checked: number;
  readonly violations: number;
  /** The smallest example of a violation, in words; null where there is none. */
  readonly witness: string | null;
}

export interface ThresholdResult {
  readonly metric: string;
  readonly expression: string;
  readonly ok: boolean;
  /** What was measured; null where nothing was. */
  readonly value?: number | null;
  /** The threshold ended the test early (`abortOnFail`). */
  readonly aborted?: boolean;
}

export interface Summary {
  readonly schema: typeof SUMMARY_SCHEMA;
  readonly verdict: Verdict;
  /** Why the verdict is unknown; null otherwise. */
  readonly reason: string | null;
  readonly exit_code: number;
  readonly run: RunFacts;
  readonly operations: OperationCounts;
  readonly throughput: Throughput;
  readonly response_time_us: PercentilesUs;
  readonly service_time_us: PercentilesUs;
  readonly faults: readonly FaultFacts[];
  readonly laws: readonly LawResult[];
  readonly thresholds: readonly ThresholdResult[];
}

/** What the judge says of journal and books. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Why the verdict is unknown. */
  readonly reason?: string | null | undefined;
  readonly laws: readonly LawResult[];
  readonly operations: Omit<OperationCounts, 'late_starts' | 'dropped_iterations' | 'retried'>;
  readonly throughput: Throughput;
}

/** What the conductor saw while the drill ran. */
export interface DrillFacts {
  readonly run: RunFacts;
  readonly retried: number;
  readonly lateStarts: number;
  readonly droppedIterations: number;
  readonly responseTimeUs: PercentilesUs;
  readonly serviceTimeUs: PercentilesUs;
  readonly faults: readonly FaultFacts[];
  readonly thresholds: readonly ThresholdResult[];
}

export function buildSummary(judgement: Judgement, facts: DrillFacts): Summary {
  const summary = {
    schema: SUMMARY_SCHEMA,
    verdict: judgement.verdict,
    reason: judgement.reason ?? null,
    exit_code: 0,
    run: facts.run,
    operations: {
      ...judgement.operations,
      retried: facts.retried,
      late_starts: facts.lateStarts,
      dropped_iterations: facts.droppedIterations,
    },
    throughput: judgement.throughput,
    response_time_us: facts.responseTimeUs,
    service_time_us: facts.serviceTimeUs,
    faults: facts.faults,
    laws: judgement.laws,
    thresholds: facts.thresholds,
  } as const satisfies Summary;
  return { ...summary, exit_code: EXIT_CODES[exitOf(summary)].code };
}

/** The same drill under a judgement made later from its run folder. */
export function rejudge(old: Summary, judgement: Judgement): Summary {
  return buildSummary(judgement, {
    run: old.run,
    retried: old.operations.retried,
    lateStarts: old.operations.late_starts,
    droppedIterations: old.operations.dropped_iterations,
    responseTimeUs: old.response_time_us,
    serviceTimeUs: old.service_time_us,
    faults: old.faults,
    thresholds: old.thresholds,
  });
}

/** The worst news wins: a broken law, then an early end, then an undecided verdict, then thresholds. */
function exitOf(summary: Summary): ExitName {
  if (summary.verdict === 'invalid') return 'verdictInvalid';
  const { ending } = summary.run;
  if (ending === 'script_exception') return 'scriptException';
  if (ending === 'interrupted') return 'interrupted';
  if (summary.verdict === 'unknown') return 'verdictUnknown';
  if (summary.thresholds.some((threshold) => !threshold.ok)) return 'thresholds';
  return ending === 'aborted' ? 'aborted' : 'ok';
}
