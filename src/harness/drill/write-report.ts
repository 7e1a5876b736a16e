/** From what was seen and judged to the files of the run folder. */
import { cpus } from 'node:os';
import { relative } from 'node:path';
import { recoveries } from '../faults/recovery.js';
import type { FaultRecord } from '../faults/timeline.js';
import { BUCKET_US, LIVE, type LiveCounters } from '../measure/live-counters.js';
import { messageOf } from '../message-of.js';
import type { RiskEngineFacts } from '../records/run-layout.js';
import type { TargetLabels } from '../records/target-facts.js';
import { reportHtml } from '../report/html.js';
import { summaryJson } from '../report/json.js';
import { junitXml } from '../report/junit.js';
import { type BusySecond, latenessOf } from '../report/lateness.js';
import type { MetricsRow } from '../report/metrics.js';
import { type PercentileCurves, percentilesJson } from '../report/percentile-curves.js';
import type { PercentilesUs } from '../report/percentiles-us.js';
import type { DrillOptions } from '../report/progress.js';
import {
  buildSummary,
  type FaultFacts,
  type LoadDetails,
  type PauseFacts,
  type RunFacts,
  type Summary,
} from '../report/summary.js';
import { brokenOperation } from '../report/view.js';
import { isOpenModel } from '../schedule/planned-rate.js';
import { explainOperation } from '../verify/explain/explain.js';
import type { OperationLife } from '../verify/explain/operation-life.js';
import { openRun } from '../verify/open-run.js';
import { boundBy, type VerifyResult } from '../verify/verdict.js';
import { commandLine } from './command-line.js';
import type { LoadEnd } from './ending.js';
import type { RunFolder } from './run-folder.js';
import type { DrillSetup } from './setup.js';

export interface ReportParts {
  readonly folder: RunFolder;
  readonly options: DrillOptions;
  readonly setup: DrillSetup;
  readonly labels: TargetLabels;
  readonly judgement: VerifyResult;
  readonly end: LoadEnd;
  readonly live: LiveCounters;
  readonly rows: readonly MetricsRow[];
  readonly busy: readonly BusySecond[];
  readonly startedAt: string;
  readonly durationUs: number;
  readonly responseTime: PercentilesUs;
  readonly serviceTime: PercentilesUs;
  readonly faults: readonly FaultRecord[];
  readonly pauses: readonly PauseFacts[];
  readonly details: LoadDetails;
  /** k6's own. */
  readonly metrics: Summary['metrics'];
  readonly curves: PercentileCurves;
  /** The reason that the script gave to exec.test.fail(). */
  readonly markedFailed: string | undefined;
  /** See BooksFacts. */
  readonly idsLeft: readonly string[];
  readonly riskEngine: RiskEngineFacts | undefined;
  readonly recordsKept: boolean;
}

export function summarise(parts: ReportParts): Summary {
  const { live, judgement, end } = parts;
  return buildSummary(weighed(judgement, end), {
    run: runFacts(parts),
    lateStarts: live.total(LIVE.lateStarts),
    droppedIterations: live.total(LIVE.dropped),
    startedIterations: live.startedIterations(),
    lateness: latenessOf(parts.rows, parts.busy),
    responseTimeUs: parts.responseTime,
    serviceTimeUs: parts.serviceTime,
    faults: faultFacts(parts.faults, live),
    pauses: parts.pauses,
    details: parts.details,
    metrics: parts.metrics,
  });
}

/** A drill in which something failed is never valid, whatever its records say. */
export function weighed(judgement: VerifyResult, { failures }: LoadEnd): VerifyResult {
  return boundBy(failures, judgement);
}

/**
 * Rejects with the file system's error. The page comes last: what it tells of an operation is read from the other files. Resolves to
 * that operation's life, where there is one.
 */
export async function writeReport(
  { folder, rows, curves }: ReportParts,
  summary: Summary,
  notice: (line: string) => void,
): Promise<OperationLife | undefined> {
  const { faults } = summary;
  folder.write('faults.json', `${JSON.stringify({ faults }, undefined, 2)}\n`);
  folder.write('summary.json', summaryJson(summary));
  folder.write('junit.xml', junitXml(summary));
  folder.write('percentiles.json', percentilesJson(curves));
  const life = await brokenLife(folder, summary, notice);
  if (life !== undefined) folder.write('witness.json', `${JSON.stringify(life)}\n`);
  folder.write('report.html', reportHtml({ summary, rows, curves, life }));
  return life;
}

/** Of the operation that the first broken law is about; undefined where there is none, or it cannot be told any more. */
async function brokenLife(
  folder: RunFolder,
  summary: Summary,
  notice: (line: string) => void,
): Promise<OperationLife | undefined> {
  const id = summary.run.records_kept ? brokenOperation(summary.laws) : undefined;
  if (id === undefined) return undefined;
  const laws = summary.laws.filter(({ status }) => status === 'broken').map(({ name }) => name);
  try {
    return await lifeIn(folder.path, id, laws);
  } catch (error) {
    // The verdict and its witness stand without it.
    notice(`report.html does not tell the life of ${id}: ${messageOf(error)}`);
    return undefined;
  }
}

async function lifeIn(folder: string, id: string, laws: readonly string[]): Promise<OperationLife> {
  const run = await openRun(folder, new AbortController().signal);
  try {
    return await explainOperation(run, id, laws);
  } finally {
    run.close();
  }
}

function runFacts({
  folder,
  options,
  setup,
  labels,
  end,
  live,
  startedAt,
  durationUs,
  recordsKept,
  markedFailed,
  idsLeft,
  riskEngine,
}: ReportParts): RunFacts {
  const frames = live.total(LIVE.frames);
  const open = setup.plan.scenarios.filter(({ executor }) => isOpenModel(executor)).length;
  const all = setup.plan.scenarios.length;
  return {
    id: folder.id,
    seed: setup.seed,
    script: options.script,
    command: commandLine(options, {
      seed: setup.seed,
      peakPerSec: setup.calibration === undefined ? undefined : setup.plan.peakPerSec,
      folder: relative('', folder.path),
    }),
    started_at: startedAt,
    duration_s: durationUs / 1e6,
    target: setup.target,
    ledger_engine: labels.ledgerEngine,
    durability: labels.durability,
    shards: labels.shards,
    workers: setup.workers,
    cores: cpus().length,
    node: process.version,
    ops_per_frame_mean: frames === 0 ? 0 : live.total(LIVE.framedOperations) / frames,
    load_model: open === all ? 'open' : open === 0 ? 'closed' : 'mixed',
    peak_per_s: setup.plan.peakPerSec,
    carried_per_s: setup.calibration?.carriedPerSec ?? null,
    ending: end.ending,
    ended_by: end.endedBy ?? null,
    marked_failed: markedFailed ?? null,
    ids_left: idsLeft.length > 0 ? idsLeft.join('; ') : null,
    ...(riskEngine === undefined ? {} : { risk_engine: riskEngine }),
    records_kept: recordsKept,
    mutant: options.mutant ?? null,
  };
}

function faultFacts(records: readonly FaultRecord[], live: LiveCounters): readonly FaultFacts[] {
  const { offered, acknowledged } = live.buckets();
  const recovered = recoveries({
    attempted: offered,
    ok: acknowledged,
    bucketMs: BUCKET_US / 1000,
    faults: records,
  });
  return records.map(
    ({ kind, target, plannedMs, plannedHealMs, askedMs, appliedMs, healedMs, error }, i) => ({
      kind,
      target,
      planned_ms: plannedMs,
      planned_heal_ms: plannedHealMs,
      ...(askedMs === undefined ? {} : { asked_ms: askedMs }),
      applied_ms: appliedMs ?? null,
      healed_ms: healedMs ?? null,
      recovered_ms: recovered[i]?.recoveredMs ?? null,
      overlaps: recovered[i]?.overlaps ?? [],
      error: error ?? null,
    }),
  );
}
