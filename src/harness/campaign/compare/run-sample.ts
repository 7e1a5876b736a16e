/**
 * What a comparison knows of one run: its seconds, and the labels without which no two runs can be held side by side. Made from a run
 * folder; what a baseline file keeps is the same. Refuses a run that proved nothing: one that pays wrongly is not slow, it is wrong.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../message-of.js';
import { PLAN_FILE } from '../../records/plan-record.js';
import {
  didNotHappen,
  environmentOf,
  type RunEnvironment,
  type Summary,
} from '../../report/summary.js';
import { UserError } from '../../user-error.js';
import type { Verdict } from '../../verify/verdict.js';
import { failedIn, type Measured, measuredOf, okIn, timesOf } from '../measured.js';
import { type RunFiles, readRunFiles } from '../run-files.js';

/** What was the case in one second of the load. */
export interface SampledSecond {
  /** Response times of what was answered in it, of requests their duration: HDR V2, compressed, base64, microseconds. */
  readonly response_time: string;
  /** Operations that took effect, or requests that k6 does not count as failed. */
  readonly ok: number;
  /** Iterations, operations and requests that came to nothing: dropped, not sent, declined, failed. */
  readonly failed: number;
  /** CPU time of the target's processes, microseconds; null where the system does not tell. */
  readonly cpu_us: number | null;
}

export type LabelName = keyof RunLabels;

/** Beside every number. Two runs are of one kind where all of them are the same. */
export interface RunLabels extends RunEnvironment {
  readonly measured: Measured;
  /** Hash of the bundle. */
  readonly script_sha256: string;
  readonly script: string;
  /** `__ENV`, as JSON. */
  readonly env: string;
  readonly cpu: string;
  readonly peak_per_s: number;
  readonly duration_scale: number;
  /** Hash of the fault plan, or `none`. */
  readonly faults: string;
  readonly mutant: string;
  readonly seed: number;
}

export interface RunSample {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  readonly verdict: Verdict;
  /** Seconds for which the plan had something due, in a closed loop those of the load: what throughput is over. */
  readonly planned_s: number;
  /** Cores that programs which are no part of the drill used meanwhile, mean; null where the system does not tell. */
  readonly others_cores: number | null;
  readonly labels: RunLabels;
  readonly seconds: readonly SampledSecond[];
}

/** Throws UserError where the folder is no run's, or the run is not fit to be compared. */
export function sampleOfRun(folder: string): RunSample {
  const files = readRunFiles(folder);
  const { summary } = files;
  refuseUnfit(folder, summary);
  const measured = measuredOf(summary);
  const seconds = secondsOf(files, measured);
  if (seconds.every(({ ok }) => ok === 0))
    throw new UserError(
      `${folder}: no payment took effect in it and no request came through: there is nothing to compare`,
    );
  const planned = files.metrics.filter((row) => row.planned > 0).length;
  return {
    id: summary.run.id,
    started_at: summary.run.started_at,
    verdict: summary.verdict,
    planned_s: planned > 0 ? planned : summary.run.duration_s,
    others_cores: othersCores(files),
    labels: labelsOf(folder, summary, measured),
    seconds,
  };
}

function refuseUnfit(folder: string, { verdict, reason, run, faults }: Summary): void {
  const missed = faults.find(didNotHappen);
  if (missed !== undefined)
    throw new UserError(
      `${folder}: the planned ${missed.kind} of ${missed.target} did not happen: it is not the drill that was planned`,
    );
  if (verdict === 'invalid')
    throw new UserError(
      `${folder}: its verdict is invalid: ${reason}; what pays wrongly cannot be compared`,
      {
        exit: 'verdictInvalid',
      },
    );
  if (verdict === 'unknown')
    throw new UserError(`${folder}: its verdict is unknown: ${reason}; it cannot be compared`, {
      exit: 'verdictUnknown',
    });
  if (run.ending !== 'completed')
    throw new UserError(
      `${folder}: it ended early (${run.ended_by ?? run.ending}); it cannot be compared`,
    );
}

/** Harness and proxy load; what is left is the target's. */
const GENERATOR: readonly string[] = ['harness', 'proxy'];

function secondsOf(files: RunFiles, measured: Measured): readonly SampledSecond[] {
  const { metrics, processes } = files;
  const histograms = new Map(
    timesOf(files, measured).map((one) => [Math.round(one.startS), one.encoded]),
  );
  const uses = new Map(processes.map((row) => [row.second, row.processes]));
  return metrics.flatMap((row) => {
    const encoded = histograms.get(row.second);
    if (encoded === undefined) return [];
    const cores = Object.entries(uses.get(row.second) ?? {})
      .filter(([name]) => !GENERATOR.includes(name))
      .map(([, use]) => use.cores);
    const all = cores.reduce((sum, used) => sum + used, 0);
    return [
      {
        response_time: encoded,
        ok: okIn(row, measured),
        failed: failedIn(row, measured) + row.dropped_iterations,
        cpu_us: cores.length === 0 ? null : Math.round(all * 1e6),
      },
    ];
  });
}

function othersCores({ processes, summary }: RunFiles): number | null {
  const seen = processes.filter((row) => Object.keys(row.processes).length > 0);
  if (seen.length === 0) return null;
  const others = seen.map((row) => {
    const ours = Object.values(row.processes).reduce((sum, use) => sum + use.cores, 0);
    return Math.max(0, row.machine * summary.run.cores - ours);
  });
  return Math.round((100 * others.reduce((sum, cores) => sum + cores, 0)) / seen.length) / 100;
}

function labelsOf(folder: string, { run }: Summary, measured: Measured): RunLabels {
  const plan = planOf(folder);
  const faults = plan.get('fault_plan');
  return {
    measured,
    script_sha256: String(plan.get('script_sha256')),
    script: run.script,
    env: JSON.stringify(plan.get('env')),
    ...environmentOf(run),
    cpu: String(plan.get('cpu') ?? 'not told'),
    peak_per_s: run.peak_per_s,
    duration_scale: Number(plan.get('duration_scale')),
    faults: faultsIn(faults) > 0 ? hashOf(faults) : 'none',
    mutant: run.mutant ?? 'none',
    seed: run.seed,
  };
}

function faultsIn(plan: unknown): number {
  return typeof plan === 'object' && plan !== null && 'faults' in plan && Array.isArray(plan.faults)
    ? plan.faults.length
    : 0;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

function planOf(folder: string): ReadonlyMap<string, unknown> {
  const path = join(folder, PLAN_FILE);
  try {
    const plan: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return new Map(Object.entries(plan ?? {}));
  } catch (cause) {
    throw new UserError(`${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
