/**
 * summary.json: one drill on one page, for programs. The types are the file's format; `buildSummary` puts
 * together what the verdict says and what the conductor saw, and settles the exit code. Pure. It refuses
 * to round up: an exit code of 0 needs every threshold to hold and the verdict `valid`, or a drill that can claim nothing of a
 * ledger.
 */
import { EXIT_CODES, type ExitName } from '../exit-codes.js';
import type {
  LawResult,
  OperationCounts,
  Throughput,
  Verdict,
  VerifyResult,
} from '../verify/verdict.js';
import type { Lateness } from './lateness.js';
import type { OperationGroups } from './operation-rows.js';
import type { PercentilesUs } from './percentiles-us.js';

export const SUMMARY_SCHEMA = 'paydrill.summary/1';

/**
 * How the drill ended: `completed` where every stage and teardown() ran to their end, otherwise what ended it first. `aborted` is
 * exec.test.abort(), `threshold` one with abortOnFail, `iterations_threw` that no iteration came through; `lost` is a process of the target, a fault that could not be healed, the
 * journal or a worker.
 */
export type LoadEnding = 'completed' | EarlyEnding;
type EarlyEnding =
  | 'interrupted'
  | 'aborted'
  | 'threshold'
  | 'script_exception'
  | 'iterations_threw'
  | 'setup_timeout'
  | 'teardown_timeout'
  | 'little_disk'
  | 'lost';

/** What stands beside every number: without it nobody can compare two. */
export interface RunEnvironment {
  readonly target: string;
  readonly ledger_engine: string;
  readonly durability: string;
  readonly shards: number;
  readonly workers: number;
  readonly cores: number;
  readonly node: string;
  readonly load_model: 'open' | 'closed' | 'mixed';
}

export function environmentOf(run: RunEnvironment): RunEnvironment {
  const { target, ledger_engine, durability, shards, workers, cores, node, load_model } = run;
  return { target, ledger_engine, durability, shards, workers, cores, node, load_model };
}

export interface RunFacts extends RunEnvironment {
  readonly id: string;
  readonly seed: number;
  readonly script: string;
  /** What to type to run the same drill again: script, seed and every option that was given. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  /** From the first intended start to the end of the load. */
  readonly duration_s: number;
  readonly ops_per_frame_mean: number;
  readonly ending: LoadEnding;
  /** Iterations a second that the plan has at its peak; 0 without an arrival rate. */
  readonly peak_per_s: number;
  /** What a calibration found this machine to carry, iterations a second; null without one. */
  readonly carried_per_s: number | null;
  /** What ended it, in one line; null where every stage ran to its end. */
  readonly ended_by: string | null;
  /** What the script gave to exec.test.fail(); null where it did not call it. */
  readonly marked_failed: string | null;
  /** Ids that left the memory of shards, and in which time they do; null where none did, or it is not told. */
  readonly ids_left: string | null;
  /** Only where a risk engine was in line and its log could be read. */
  readonly risk_engine?: {
    readonly decisions: number;
    /** `allow`, `step-up`, `review`, `deny`: of operations that may be denied. */
    readonly decided: Readonly<Record<string, number>>;
    /** Decisions whose walk was cut. */
    readonly cut: number;
    /** Times in which decisions were lost, or none was made. */
    readonly gaps: number;
  };
  /** Journal and books are in the run folder; without them it cannot be judged again. */
  readonly records_kept: boolean;
  /** The bug planted in the reference stack, if one was. */
  readonly mutant: string | null;
}

export interface OperationFacts extends OperationCounts {
  /** Iterations that began, whatever became of them. */
  readonly started_iterations: number;
  readonly late_starts: number;
  readonly dropped_iterations: number;
}

/** Times are milliseconds from the start of the load; null = did not happen. */
export interface FaultFacts {
  readonly kind: string;
  readonly target: string;
  readonly planned_ms: number;
  readonly planned_heal_ms: number;
  /** Somebody who watched asked for it then, before its time; only where that is so. */
  readonly asked_ms?: number;
  readonly applied_ms: number | null;
  readonly healed_ms: number | null;
  /** Null also where it cannot be told apart from that of other faults: see `overlaps`. */
  readonly recovered_ms: number | null;
  /** Numbers of the faults, from 1 in the order of this list, that were felt while this one was. */
  readonly overlaps: readonly number[];
  /** One line: why it did not happen, or could not be healed. */
  readonly error: string | null;
}

/** Somebody who watched paused the load then: milliseconds from its start. */
export interface PauseFacts {
  readonly from_ms: number;
  /** Null while it lasts. */
  readonly to_ms: number | null;
}

/** Was planned and never applied. */
export function didNotHappen({ applied_ms: appliedMs }: FaultFacts): boolean {
  return appliedMs === null;
}

/** One check of the script. */
export interface CheckFacts {
  /** `::name::inner`, or empty outside groups. */
  readonly group: string;
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}

/** One metric that the script made itself. */
export interface MetricFacts {
  readonly kind: 'counter' | 'gauge' | 'rate' | 'trend';
  /** The values are milliseconds. */
  readonly is_time: boolean;
  /** By k6's names: `count`, `rate`; `value`, `min`, `max`; `rate`, `passes`, `fails`; `avg`, `min`, `med`, `max`, `p(90)`, `p(95)`, `p(99)`. */
  readonly values: Readonly<Record<string, number>>;
}

export interface ThresholdResult {
  readonly metric: string;
  readonly expression: string;
  /** Null where it was not evaluated: there was no sample. */
  readonly ok: boolean | null;
  /** What was measured; null where nothing was. */
  readonly value?: number | null;
  /** Set where the script allows that there is no sample. */
  readonly allow_empty?: boolean;
}

export interface Summary extends OperationGroups {
  readonly schema: typeof SUMMARY_SCHEMA;
  readonly verdict: Verdict;
  /** Why the verdict is not valid, in one line; null where it is. */
  readonly reason: string | null;
  readonly exit_code: number;
  readonly run: RunFacts;
  readonly operations: OperationFacts;
  /** How many operations were declined with each code, most frequent first. */
  readonly declines_by_code: Readonly<Record<string, number>>;
  readonly throughput: Throughput;
  readonly response_time_us: PercentilesUs;
  readonly service_time_us: PercentilesUs;
  /** Late starts and dropped iterations by what was the matter in their second. */
  readonly lateness: Lateness;
  readonly faults: readonly FaultFacts[];
  readonly pauses: readonly PauseFacts[];
  readonly laws: readonly LawResult[];
  /** The broken law to read first; null where none is broken. */
  readonly root_cause: string | null;
  /** What the target could not show or did not promise, one line a law. */
  readonly limits: readonly string[];
  readonly checks: readonly CheckFacts[];
  readonly custom_metrics: Readonly<Record<string, MetricFacts>>;
  /** k6's own, by name or `name{tag:value}`: of what the script did besides paying. */
  readonly metrics: Readonly<Record<string, MetricFacts>>;
  readonly thresholds: readonly ThresholdResult[];
}

/** What is told of the load beyond its seconds; while it runs too. */
export type LoadDetails = OperationGroups &
  Pick<Summary, 'checks' | 'custom_metrics' | 'thresholds'>;

/** What the conductor saw while the drill ran. */
export interface DrillFacts {
  readonly run: RunFacts;
  readonly lateStarts: number;
  readonly droppedIterations: number;
  readonly startedIterations: number;
  readonly lateness: Lateness;
  readonly responseTimeUs: PercentilesUs;
  readonly serviceTimeUs: PercentilesUs;
  readonly faults: readonly FaultFacts[];
  readonly pauses: readonly PauseFacts[];
  readonly details: LoadDetails;
  readonly metrics: Summary['metrics'];
}

export function buildSummary(judgement: VerifyResult, facts: DrillFacts): Summary {
  const summary = {
    schema: SUMMARY_SCHEMA,
    verdict: judgement.verdict,
    reason: judgement.reason ?? null,
    exit_code: 0,
    run: facts.run,
    operations: {
      ...judgement.operations,
      started_iterations: facts.startedIterations,
      late_starts: facts.lateStarts,
      dropped_iterations: facts.droppedIterations,
    },
    declines_by_code: judgement.declines_by_code,
    throughput: judgement.throughput,
    response_time_us: facts.responseTimeUs,
    service_time_us: facts.serviceTimeUs,
    lateness: facts.lateness,
    faults: facts.faults,
    pauses: facts.pauses,
    laws: judgement.laws,
    root_cause: judgement.root_cause,
    limits: judgement.limits,
    ...facts.details,
    metrics: facts.metrics,
  } as const satisfies Summary;
  return { ...summary, exit_code: EXIT_CODES[exitOf(summary)].code };
}

/** These fields alone. */
function detailsOf(from: LoadDetails): LoadDetails {
  const { by_scenario, by_kind, checks, custom_metrics, thresholds } = from;
  return { by_scenario, by_kind, checks, custom_metrics, thresholds };
}

/** The same drill under a judgement made later from its run folder. */
export function rejudge(old: Summary, judgement: VerifyResult): Summary {
  return buildSummary(judgement, {
    run: old.run,
    lateStarts: old.operations.late_starts,
    droppedIterations: old.operations.dropped_iterations,
    startedIterations: old.operations.started_iterations,
    lateness: old.lateness,
    responseTimeUs: old.response_time_us,
    serviceTimeUs: old.service_time_us,
    faults: old.faults,
    pauses: old.pauses,
    details: detailsOf(old),
    metrics: old.metrics,
  });
}

/** What was not evaluated does not hold, unless the script allows it. */
export function isNotHeld({ ok, allow_empty: allowEmpty }: ThresholdResult): boolean {
  return ok === null ? allowEmpty !== true : !ok;
}

/** k6's codes; what was lost leaves the verdict undecided. */
const EARLY_EXITS = {
  interrupted: 'interrupted',
  aborted: 'aborted',
  threshold: 'thresholds',
  script_exception: 'scriptException',
  iterations_threw: 'scriptException',
  setup_timeout: 'setupTimeout',
  teardown_timeout: 'teardownTimeout',
  little_disk: 'interrupted',
  lost: 'verdictUnknown',
} as const satisfies Record<EarlyEnding, ExitName>;

/**
 * The worst news wins: a broken law, then an early end, then an undecided verdict, then a drill that was not the one planned
 * (an early end says so itself), then, as in k6, what the script says of it before its thresholds: in that drill both were
 * measured under faults that did not happen.
 */
function exitOf(summary: Summary): ExitName {
  if (summary.verdict === 'invalid') return 'verdictInvalid';
  const { ending, marked_failed: markedFailed } = summary.run;
  const failsThresholds = summary.thresholds.some(isNotHeld);
  // What throws is the script's affair, and what it is to come to its thresholds'.
  if (ending === 'iterations_threw' && failsThresholds) return 'thresholds';
  if (ending !== 'completed') return EARLY_EXITS[ending];
  if (summary.verdict === 'unknown') return 'verdictUnknown';
  if (summary.faults.some(didNotHappen)) return 'faultDidNotHappen';
  if (markedFailed !== null) return 'markedFailed';
  return failsThresholds ? 'thresholds' : 'ok';
}
