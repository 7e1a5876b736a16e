/** How every output of a comparison says the same things. Pure. */
import { count, percent, plural, timeUs } from '../../../report/format.js';
import type { ComparedRow } from '../compare.js';
import type { Comparison, ComparisonRow, SideFacts } from '../comparison-file.js';
import type { Compared } from '../run-statistics.js';

export function figureWords(what: Compared, value: number): string {
  switch (what) {
    case 'throughput':
      return `${count(value)}/s`;
    case 'failures':
      return percent(value);
    case 'cpu':
      return `${value.toPrecision(3)} us`;
    default:
      return timeUs(value);
  }
}

/** `+4.1 %`, `-12 %`, `x 3.2`. */
export function changeWords(ratio: number): string {
  if (ratio >= 2) return `x ${Number(ratio.toPrecision(2))}`;
  const change = (ratio - 1) * 100;
  const digits = Math.abs(change) < 9.95 ? 1 : 0;
  const text = Math.abs(change).toFixed(digits);
  return `${change < 0 && Number(text) !== 0 ? '-' : '+'}${text} %`;
}

export function intervalWords({ interval }: ComparedRow): string {
  return interval === null ? '-' : `${changeWords(interval[0])} to ${changeWords(interval[1])}`;
}

/** `+5 %`; of throughput `-5 %`. */
export function toleranceWords({ what, tolerance }: ComparedRow): string {
  return changeWords(what === 'throughput' ? 1 - tolerance : 1 + tolerance);
}

export function headline({ answer, rows, baseline, candidate }: Comparison): string {
  const sides = `${candidate.name} (${plural(candidate.runs.length, 'run')}) against ${baseline.name} (${plural(baseline.runs.length, 'run')})`;
  const of = (wanted: ComparedRow['answer']): string =>
    rows
      .filter((row) => row.answer === wanted)
      .map((row) => `${row.name} ${changeWords(row.ratio)}`)
      .join(', ');
  if (answer === 'no worse') return `no worse: ${sides}, all of ${rows.length} figures`;
  return `${answer}: ${sides}: ${of(answer)}`;
}

export function labelsLine({ labels }: SideFacts): string {
  return (
    `${labels.script}, ${labels.target}, ${labels.ledger_engine}, ${labels.durability}, ${plural(labels.shards, 'shard')}, ` +
    `${plural(labels.workers, 'load worker')}, ${plural(labels.cores, 'core')} (${labels.cpu}), Node ${labels.node.replace(/^v/, '')}, ` +
    `${labels.load_model} loop, peak ${count(labels.peak_per_s)}/s, faults ${labels.faults}`
  );
}

const STRIP = 25;

/**
 * The interval drawn in 25 letters, worse to the right: `[` and `]` its ends, `*` the ratio, `|` no change, `!` the tolerance. A change
 * of a third, or as far as the interval reaches, is the edge.
 */
export function strip(row: ComparedRow): string {
  const sign = row.what === 'throughput' ? -1 : 1;
  const at = Math.log(row.ratio) * sign;
  const ends = (row.interval ?? [row.ratio, row.ratio]).map((ratio) => Math.log(ratio) * sign);
  const limit =
    row.what === 'throughput' ? -Math.log(1 - row.tolerance) : Math.log(1 + row.tolerance);
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const reach = Math.max(Math.log(4 / 3), limit * 1.2, Math.abs(low), Math.abs(high));
  const cell = (value: number): number =>
    Math.min(STRIP - 1, Math.max(0, Math.round(((value + reach) / (2 * reach)) * (STRIP - 1))));
  const cells: string[] = Array.from({ length: STRIP }, (_, i) =>
    row.interval !== null && i > cell(low) && i < cell(high) ? '-' : '.',
  );
  cells[cell(0)] = '|';
  cells[cell(limit)] = '!';
  if (row.interval !== null) {
    cells[cell(low)] = '[';
    cells[cell(high)] = ']';
  }
  cells[cell(at)] = '*';
  return cells.join('');
}

/** What stands in the row of a figure, from left to right. */
export function rowCells(row: ComparisonRow): {
  readonly figures: readonly string[];
  readonly strip: string;
} {
  const { name, what, baseline, candidate, ratio } = row;
  return {
    figures: [
      name,
      figureWords(what, baseline),
      figureWords(what, candidate),
      changeWords(ratio),
      intervalWords(row),
      toleranceWords(row),
    ],
    strip: strip(row),
  };
}
