/** The steps of a capacity search as a table for a terminal, and one of them as a line. Pure. */
import { count, plural, timeOrNone } from '../../report/format.js';
import { noiseWords } from './answer.js';
import type { CapacityReport } from './capacity-file.js';
import { type StepFacts, sloRanges } from './step.js';

/** `folder` as the reader would type it. */
export function capacityTable(report: CapacityReport, folder: string): string {
  const { answer, multiples, labels, asked, ended_by: endedBy, steps } = report;
  const rows = [
    ['', 'rate', 'ok/s', 'p50', 'p90', 'p99', 'verdict', ''],
    ...[...steps].sort(byRate).map((step) => [...cells(step), outcome(step)]),
  ];
  return [
    ...columns(rows),
    '',
    ...(answer === null ? [] : told('capacity', answer.text)),
    ...(answer?.limit == null ? [] : told('limit', answer.limit.text)),
    ...multiples.map(({ multiple, rate_per_s: rate, held, of }) => {
      const slos = sloRanges(steps.filter((step) => step.rate_per_s === rate)).join('; ');
      return `${label(`${multiple} x`)}${count(rate)}/s held in ${held} of ${of}; ${slos}`;
    }),
    ...(endedBy === null ? [] : told('ended', endedBy)),
    ...(answer?.knee_per_s == null
      ? []
      : told('knee', `${count(answer.knee_per_s)}/s: from there p99 climbs faster than the rate`)),
    ...(answer === null ? [] : told('noise', noiseWords(answer))),
    ...told(
      'asked',
      `${asked.slos.join(', ')}; ${asked.hold_s} s held after ${asked.warm_up_s} s of warm-up, ${plural(asked.rounds, 'round')}, seed ${asked.seed}`,
    ),
    ...(labels === null ? [] : told('on', labelWords(labels))),
    ...told('folder', `${folder} (capacity.json, capacity.html)`),
    '',
  ].join('\n');
}

export function stepLine(step: StepFacts): string {
  const [number, rate, ok, p50, p90, p99, verdict] = cells(step);
  return `   ${number} ${rate}: ok ${ok}, p50 ${p50}, p90 ${p90}, p99 ${p99}, ${verdict}, ${outcome(step)}`;
}

export function labelWords(labels: NonNullable<CapacityReport['labels']>): string {
  const { target, ledger_engine: engine, durability, shards, workers, cores, node } = labels;
  return (
    `${target}, ${engine}, ${durability}, ${plural(shards, 'shard')}, ${plural(workers, 'load worker')}, ` +
    `${plural(cores, 'core')}, Node ${node.replace(/^v/, '')}, ${labels.load_model} loop`
  );
}

/** `held`, or what it broke by. */
export function outcome({ held, broken_by: by }: StepFacts): string {
  return held ? 'held' : `broke: ${by.join('; ')}`;
}

function cells(step: StepFacts): readonly string[] {
  const { p50, p90, p99 } = step.response_time_us;
  return [
    `#${step.number}`,
    `${count(step.rate_per_s)}/s`,
    `${count(step.ok_per_s)}/s`,
    ...[p50, p90, p99].map(timeOrNone),
    step.verdict === 'no_claim' ? 'no ledger claim' : step.verdict,
  ];
}

function byRate(a: StepFacts, b: StepFacts): number {
  return a.rate_per_s - b.rate_per_s || a.number - b.number;
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function told(name: string, text: string): readonly string[] {
  return [`${label(name)}${text}`];
}

function label(name: string): string {
  return name.padEnd(10);
}
