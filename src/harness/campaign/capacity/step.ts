/**
 * One step of a capacity search: what was seen while the rate was held, whether that is what was asked for, and what ran out first.
 * Figures are of the seconds of the hold alone, from the files of the step's run folder. Pure.
 */
import { countedValues, percentilesOfValues } from '../../measure/interval-log.js';
import type { PercentilesUs } from '../../report/percentiles-us.js';
import type { ProcessesRow } from '../../report/processes.js';
import type { ThresholdResult } from '../../report/summary.js';
import { didNotHappen, isNotHeld } from '../../report/summary.js';
import type { Verdict } from '../../verify/verdict.js';
import { type Measured, measuredOf, okIn, p99In, timesOf } from '../measured.js';
import type { RunFiles } from '../run-files.js';
import { type Limit, limitOf, meanCores } from './limit.js';

/** More of the planned iterations than this were not begun: the rate was not the one asked for. */
const DROPPED_SHARE_MAX = 0.001;

export interface StepFacts {
  readonly number: number;
  /** Folder of the step's run, from the campaign's. */
  readonly folder: string;
  readonly rate_per_s: number;
  /** Why it was tried: `doubling`, `halving`, `repeat`, or `multiple`. */
  readonly reason: string;
  readonly held: boolean;
  /** What it broke by, one text each; empty where it held. */
  readonly broken_by: readonly string[];
  readonly verdict: Verdict;
  readonly verdict_reason: string | null;
  /** Iterations begun a second, mean over the hold. */
  readonly offered_per_s: number;
  /** Operations that took effect a second, or requests that did not fail, mean over the hold. */
  readonly ok_per_s: number;
  readonly dropped_iterations: number;
  readonly late_starts: number;
  readonly response_time_us: PercentilesUs;
  readonly slos: readonly ThresholdResult[];
  readonly limit: Limit;
  /** Second by second, from the beginning of the warm-up. */
  readonly per_second: {
    readonly planned: readonly number[];
    readonly ok: readonly number[];
    readonly p99_us: readonly (number | null)[];
  };
  /** Mean over the hold, by process; empty where the system does not tell. */
  readonly cores_by_process: Readonly<Record<string, number>>;
}

export interface StepAsked {
  readonly number: number;
  readonly folder: string;
  readonly ratePerSec: number;
  readonly reason: string;
  readonly warmUpMs: number;
  readonly holdMs: number;
}

export function stepFacts(asked: StepAsked, files: RunFiles): StepFacts {
  const { summary } = files;
  const measured = measuredOf(summary);
  const [fromS, toS] = [asked.warmUpMs / 1000, (asked.warmUpMs + asked.holdMs) / 1000];
  // Whole seconds: what lies half in the warm-up says nothing of the hold.
  const within = (second: number): boolean => second >= fromS && second + 1 <= toS + 1e-9;
  const rows = files.metrics.filter(({ second }) => within(second));
  const all = files.metrics.filter(({ second }) => second < toS);
  const seconds = Math.max(1, rows.length);
  const sum = (value: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + value(row), 0);
  const planned = sum((row) => row.planned);
  const dropped = sum((row) => row.dropped_iterations);
  const late = sum((row) => row.late_starts);
  const processes = files.processes.filter(({ second }) => within(second));
  const limit = limitOf({
    rows,
    processes,
    cores: summary.run.cores,
    slosHeld: !summary.thresholds.some(isNotHeld),
  });
  const brokenBy = reasonsBroken(files, { planned, dropped });
  return {
    number: asked.number,
    folder: asked.folder,
    rate_per_s: asked.ratePerSec,
    reason: asked.reason,
    held: brokenBy.length === 0,
    broken_by: brokenBy,
    verdict: summary.verdict,
    verdict_reason: summary.reason,
    offered_per_s: (planned - dropped) / seconds,
    ok_per_s: sum((row) => okIn(row, measured)) / seconds,
    dropped_iterations: dropped,
    late_starts: late,
    response_time_us: times(files, measured, within),
    slos: summary.thresholds,
    limit,
    per_second: {
      planned: all.map((row) => row.planned),
      ok: all.map((row) => okIn(row, measured)),
      p99_us: all.map((row) => p99In(row, measured)),
    },
    cores_by_process: coresByProcess(processes),
  };
}

function reasonsBroken(
  { summary }: RunFiles,
  { planned, dropped }: { readonly planned: number; readonly dropped: number },
): readonly string[] {
  const { verdict, reason, run, thresholds, faults } = summary;
  return [
    ...faults
      .filter(didNotHappen)
      .map(({ kind, target }) => `the planned ${kind} of ${target} did not happen`),
    ...(run.ending === 'completed' ? [] : [`it ended early: ${run.ended_by ?? run.ending}`]),
    ...(verdict === 'unknown' || verdict === 'invalid' ? [`verdict ${verdict}: ${reason}`] : []),
    ...thresholds.filter(isNotHeld).map(sloWords),
    ...(dropped > planned * DROPPED_SHARE_MAX
      ? [`${dropped} of ${planned} iterations dropped`]
      : []),
  ];
}

/** `p(99)<200 of pay_response_time: 312.4`. */
export function sloWords({ metric, expression, value }: ThresholdResult): string {
  const name = metric.replace(/,?step:hold/, '').replace('{}', '');
  const measured = value === undefined || value === null ? 'not measured' : shownValue(value);
  return `${name} ${expression}: ${measured}`;
}

/** Over several steps of one rate, one text an SLO: `pay_response_time p(99)<200: 112 to 130.5`. */
export function sloRanges(steps: readonly Pick<StepFacts, 'slos'>[]): readonly string[] {
  const bySlo = new Map<string, ThresholdResult[]>();
  for (const slo of steps.flatMap(({ slos }) => slos)) {
    const key = `${slo.metric} ${slo.expression}`;
    bySlo.set(key, [...(bySlo.get(key) ?? []), slo]);
  }
  return [...bySlo.values()].map((all) => {
    const values = all.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
    const [first] = all;
    if (first === undefined) throw new Error('an SLO without a result');
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const isRange = values.length > 1 && least < most;
    return isRange
      ? `${sloWords({ ...first, value: least })} to ${shownValue(most)}`
      : sloWords(first);
  });
}

function shownValue(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}

function times(
  files: RunFiles,
  measured: Measured,
  within: (second: number) => boolean,
): PercentilesUs {
  const values = timesOf(files, measured)
    .filter(({ startS }) => within(startS))
    .flatMap(({ encoded }) => countedValues(encoded));
  const [p50 = null, p90 = null, p99 = null, p999 = null, max = null] = percentilesOfValues(
    values,
    [50, 90, 99, 99.9, 100],
  );
  return { p50, p90, p99, p999, max };
}

function coresByProcess(processes: readonly ProcessesRow[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    meanCores(processes).map(({ name, cores }) => [name, Math.round(cores * 1000) / 1000]),
  );
}
