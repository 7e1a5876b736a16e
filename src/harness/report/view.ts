/**
 * The view model: a summary in words, once, for every page. Pure: no file, no clock, no colour. It never
 * softens: what is broken, undecided, late, dropped or not recovered is named.
 */

import { type LawResult, VERDICT_WORDS, type VerifyResult } from '../verify/verdict.js';
import { clock, count, lengthMs, plural, statWords, timeOrNone, timeUs } from './format.js';
import { headlineOf, judgedWords } from './headline.js';
import { causeWords } from './lateness.js';
import { type Answered, leftOutWords } from './left-out.js';
import { noteLines } from './notes.js';
import type { PercentilesUs } from './percentiles-us.js';
import { printable } from './printable.js';
import {
  type CheckFacts,
  type FaultFacts,
  isNotHeld,
  type MetricFacts,
  type Summary,
  type ThresholdResult,
} from './summary.js';
import {
  bad,
  doubt,
  oneLine,
  plain,
  section,
  type ViewLine,
  type ViewSection,
} from './view-lines.js';

export interface SummaryView {
  /** The verdict as people read it. */
  readonly word: string;
  /** The whole drill in a colour: a valid ledger with a threshold that does not hold is bad news. */
  readonly tone: 'good' | 'doubt' | 'bad';
  /** The sentence after `<word>: `. */
  readonly headline: string;
  readonly sections: readonly ViewSection[];
  /** The operation to have explained: that of the first broken law that is about one; undefined where there is none to ask. */
  readonly operationId: string | undefined;
}

/** A share of late starts over this says that the generator, not the target, set the pace. */
const LATE_SHARE_MAX = 0.001;

export function summaryView(summary: Summary): SummaryView {
  return {
    word: VERDICT_WORDS[summary.verdict],
    tone: toneOf(summary),
    headline: printable(headlineOf(summary)),
    sections: [
      section('note', noteLines(summary)),
      section('operations', [plain(operationsLine(summary))]),
      section('declines', declineLines(summary)),
      section('risk engine', riskLines(summary.run)),
      section('throughput', throughputLines(summary)),
      section('response time', [percentileLine(summary.response_time_us, summary)]),
      section('service time', [percentileLine(summary.service_time_us, summary)]),
      section('generator', generatorLines(summary)),
      section('faults', faultLines(summary.faults)),
      section('laws', lawLines(summary)),
      section('checks', checkLines(summary.checks)),
      section('metrics', metricLines(summary.custom_metrics)),
      section('thresholds', thresholdLines(summary)),
    ].filter(({ lines }) => lines.length > 0),
    operationId: summary.run.records_kept ? brokenOperation(summary.laws) : undefined,
  };
}

/** A judgement alone, where the rest of the summary was never written. */
export function judgementView(judgement: VerifyResult): SummaryView {
  return {
    word: VERDICT_WORDS[judgement.verdict],
    tone: VERDICT_TONES[judgement.verdict],
    headline: printable(judgedWords(judgement)),
    sections: [
      section('note', [
        doubt('no summary.json: the drill was cut short, its other figures are lost'),
      ]),
      section('laws', lawLines(judgement)),
    ],
    operationId: brokenOperation(judgement.laws),
  };
}

/** Of the broken laws, causes first, the first that names an operation. */
export function brokenOperation(laws: readonly LawResult[]): string | undefined {
  return laws.find((law) => law.operation_id !== undefined)?.operation_id;
}

const VERDICT_TONES = {
  valid: 'good',
  invalid: 'bad',
  unknown: 'doubt',
  no_claim: 'doubt',
} as const;

function toneOf({ verdict, thresholds, run, exit_code: exitCode }: Summary): SummaryView['tone'] {
  const isBad = verdict === 'invalid' || run.marked_failed !== null || thresholds.some(isNotHeld);
  if (isBad) return 'bad';
  return exitCode === 0 ? VERDICT_TONES[verdict] : 'doubt';
}

function operationsLine({ operations }: Summary): string {
  const { attempted, ok, declined, unknown, not_sent: notSent, retried } = operations;
  return (
    `${count(attempted)} attempted: ${count(ok)} ok, ${count(declined)} declined, ` +
    `${count(unknown)} unknown${notSent > 0 ? `, ${count(notSent)} not sent` : ''}; ${count(retried)} retried`
  );
}

/** Where the peak was decided by this machine. */
function peakLines({ peak_per_s: peak, carried_per_s: carried }: Summary['run']): ViewLine[] {
  if (carried === null || carried === 0) return [];
  const share = Math.round((100 * peak) / carried);
  return [
    plain(`peak planned at ${count(peak)}/s: ${share} % of what this machine carried beforehand`),
  ];
}

function declineLines({ declines_by_code: byCode }: Summary): ViewLine[] {
  const words = Object.entries(byCode).map(([code, times]) => `${code} ${count(times)}`);
  return words.length === 0 ? [] : [plain(words.join(', '))];
}

/** What it let go for somebody to look at stands beside what it denied. */
function riskLines({ risk_engine: engine }: Summary['run']): ViewLine[] {
  if (engine === undefined) return [];
  const { cut, decided, decisions, gaps } = engine;
  const named = Object.entries(decided).map(([name, times]) => `${name} ${count(times)}`);
  return [
    plain(`told of ${plural(decisions, 'operation')}; decided: ${named.join(', ')}`),
    ...(cut > 0 ? [doubt(`${plural(cut, 'walk')} cut before it had seen everything`)] : []),
    ...(gaps > 0
      ? [doubt(`${plural(gaps, 'gap')} in its log: what was under way then may lack its decision`)]
      : []),
  ];
}

function throughputLines({ throughput, run }: Summary): ViewLine[] {
  const rates =
    `${count(throughput.best_5s_mean)}/s best 5 s, ` +
    `${count(throughput.peak_1s)}/s best 1 s, ${count(throughput.mean)}/s mean`;
  const labels = [
    run.durability,
    ...(run.shards > 0 ? [plural(run.shards, 'shard')] : []),
    ...(run.ops_per_frame_mean > 0 ? [`${run.ops_per_frame_mean.toFixed(1)} ops/frame`] : []),
    plural(run.cores, 'core'),
    `${run.load_model} loop`,
  ];
  return [plain(rates), ...peakLines(run), plain(labels.join(', '))];
}

function percentileLine(time: PercentilesUs, { operations }: Summary): ViewLine {
  const leftOut = leftOutWords(operations);
  const text = `${percentiles(time)}${time.p50 === null ? '' : leftOut}`;
  return leftOut === '' ? plain(text) : doubt(text);
}

function percentiles(time: PercentilesUs): string {
  if (time.p50 === null) return 'no sample: no answer came';
  if (time.stats !== undefined)
    return Object.entries(time.stats)
      .map(([name, value]) => `${name} ${statWords(name, value)}`)
      .join(', ');
  return (
    `p50 ${timeOrNone(time.p50)}, p90 ${timeOrNone(time.p90)}, p99 ${timeOrNone(time.p99)}, ` +
    `p99.9 ${timeOrNone(time.p999)}, max ${timeOrNone(time.max)}`
  );
}

function generatorLines({ operations, lateness }: Summary): ViewLine[] {
  const { late_starts: late, dropped_iterations: dropped, attempted } = operations;
  const lines: ViewLine[] = [];
  const lateWords = plural(late, 'late start');
  if (late > attempted * LATE_SHARE_MAX) {
    const isBottleneck = lateness.late_starts.generator * 2 > late;
    const who = isBottleneck ? 'the generator was the bottleneck: ' : '';
    lines.push(
      doubt(`${who}${lateWords}, counted in response times: ${causeWords(lateness.late_starts)}`),
    );
  } else {
    lines.push(plain(late === 0 ? 'kept up: no late start' : `kept up: ${lateWords}`));
  }
  if (dropped > 0) {
    const why = causeWords(lateness.dropped_iterations);
    lines.push(doubt(`${plural(dropped, 'iteration')} dropped: ${why}`));
  }
  return lines;
}

function faultLines(faults: readonly FaultFacts[]): ViewLine[] {
  if (faults.length === 0) return [plain('none')];
  return faults.map((fault, i) => {
    const name = `#${i + 1} ${fault.kind} ${fault.target}`;
    const why = fault.error === null ? '' : `: ${oneLine(fault.error)}`;
    if (fault.applied_ms === null) {
      return doubt(`${name}: planned for ${clock(fault.planned_ms)}, did not happen${why}`);
    }
    const asked =
      fault.asked_ms === undefined ? '' : `, asked for, planned for ${clock(fault.planned_ms)}`;
    const at = `${name}: at ${clock(fault.applied_ms)}${asked}`;
    if (fault.healed_ms === null) return doubt(`${at}, not healed${why}`);
    const lasted = `${at}, ${lengthMs(fault.healed_ms - fault.applied_ms)} long`;
    if (fault.overlaps.length > 0) return plain(`${lasted}, ${overlapWords(fault)}`);
    if (fault.recovered_ms === null) return doubt(`${lasted}, not seen to recover`);
    const recovery = fault.recovered_ms - fault.healed_ms;
    return plain(`${lasted}, recovered ${lengthMs(Math.max(0, recovery))} later`);
  });
}

/** Instead of a recovery that cannot be told apart. */
export function overlapWords({ overlaps }: FaultFacts): string {
  return `overlaps ${overlaps.map((number) => `#${number}`).join(', ')}`;
}

function lawLines({ laws, limits }: Pick<VerifyResult, 'laws' | 'limits'>): ViewLine[] {
  const named = (status: LawResult['status']): LawResult[] =>
    laws.filter((law) => law.status === status);
  const lines: ViewLine[] = [];
  for (const law of named('broken')) {
    const causes = law.follows_from?.join(', ');
    const follows = causes === undefined ? '' : `, may follow from ${causes}`;
    const of = `${count(law.violations)} of ${count(law.checked)} checked${follows}`;
    const witness = law.witness === null ? '' : `: ${oneLine(law.witness)}`;
    lines.push(bad(`BROKEN ${law.name}, ${of}${witness}`));
  }
  for (const law of named('undecided')) {
    const witness = law.witness === null ? '' : `: ${oneLine(law.witness)}`;
    lines.push(doubt(`undecided ${law.name}${witness}`));
  }
  const holding = named('holds');
  const checks = holding.reduce((sum, law) => sum + law.checked, 0);
  lines.push(plain(`${holding.length} of ${laws.length} hold, over ${plural(checks, 'check')}`));
  const idle = named('not_exercised');
  if (idle.length > 0) {
    lines.push(plain(`not exercised: ${idle.map((law) => law.name).join(', ')}`));
  }
  lines.push(...limits.map(doubt));
  return lines;
}

/** A failed check does not fail a drill, as in k6: it is told, and a threshold on `checks` decides. */
function checkLines(checks: readonly CheckFacts[]): ViewLine[] {
  if (checks.length === 0) return [];
  const failed = checks.filter(({ fails }) => fails > 0);
  const passed = checks.length - failed.length;
  return [
    ...failed.map((check) => doubt(checkWords(check))),
    plain(`${passed} of ${plural(checks.length, 'check')} passed every time`),
  ];
}

function checkWords(check: CheckFacts): string {
  const { passes, fails } = check;
  return `${checkPath(check)}: failed ${count(fails)} of ${count(passes + fails)}`;
}

/** The groups it stands in and its name. */
export function checkPath({ group, name }: CheckFacts): string {
  return [...group.split('::').filter((part) => part !== ''), name].join(' > ');
}

function metricLines(metrics: Summary['custom_metrics']): ViewLine[] {
  return Object.entries(metrics).map(([name, facts]) => plain(`${name}: ${metricWords(facts)}`));
}

export function metricWords(facts: MetricFacts): string {
  const { kind, values } = facts;
  const figure = (name: string): string => metricNumber(facts, name);
  switch (kind) {
    case 'counter':
      return `${figure('count')}, ${Number((values.rate ?? 0).toPrecision(4))}/s`;
    case 'gauge':
      return `${figure('value')}, min ${figure('min')}, max ${figure('max')}`;
    case 'rate': {
      const { passes = 0, fails = 0, rate = 0 } = values;
      return `${(rate * 100).toFixed(2)} %, ${count(passes)} of ${count(passes + fails)}`;
    }
    case 'trend':
      return Object.keys(values)
        .map((name) => `${name} ${figure(name)}`)
        .join(', ');
    default:
      return kind satisfies never;
  }
}

/** One value of a metric; a dash where it has no such value. */
export function metricNumber({ is_time: isTime, values }: MetricFacts, name: string): string {
  const value = values[name];
  if (value === undefined) return '-';
  if (isTime && name !== 'count') return timeUs(value * 1000);
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(6)));
}

export function thresholdLines({
  thresholds,
  operations,
}: {
  readonly thresholds: readonly ThresholdResult[];
  readonly operations: Answered;
}): ViewLine[] {
  if (thresholds.length === 0) return [];
  const failed = thresholds.filter(isNotHeld);
  const empty = thresholds.filter((one) => one.ok === null && !isNotHeld(one));
  const holding = `${thresholds.length - failed.length - empty.length} of ${thresholds.length} hold`;
  return [
    ...failed.map((threshold) => bad(thresholdWords(threshold, operations))),
    ...empty.map((threshold) => doubt(thresholdWords(threshold, operations))),
    plain(holding),
  ];
}

/** A threshold on times says which it leaves out, where it does. */
export function thresholdWords(threshold: ThresholdResult, operations: Answered): string {
  const { metric, expression, value, ok } = threshold;
  if (ok === null) {
    const word = isNotHeld(threshold) ? 'NOT EVALUATED' : 'not evaluated';
    return `${word} ${metric} ${expression}: no sample${isNotHeld(threshold) ? '' : ', as allowed'}`;
  }
  const measured = typeof value === 'number' ? `: ${Number(value.toPrecision(6))}` : '';
  const leftOut = /^pay_(response|service)_time\b/.test(metric) ? leftOutWords(operations) : '';
  return `${ok ? 'holds' : 'FAILED'} ${metric} ${expression}${measured}${leftOut}`;
}
