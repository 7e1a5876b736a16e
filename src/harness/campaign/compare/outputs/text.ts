/** A comparison for a terminal. Pure. */
import type { Comparison, ComparisonRow } from '../comparison-file.js';
import { headline, labelsLine, rowCells } from './words.js';

const HEAD = ['', 'baseline', 'candidate', 'ratio', 'it lies in', 'tolerance', '', ''];

export function comparisonText(comparison: Comparison): string {
  const { rows, flags, baseline, are_pairs: arePairs, seed } = comparison;
  const table = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  return [
    headline(comparison),
    '',
    ...table.map((row) => aligned(row, widths)),
    '',
    ...rows.flatMap((row) => (row.why === null ? [] : [`${row.name}: ${row.why}`])),
    ...flags,
    `${arePairs ? 'runs in turn, ' : ''}intervals of 95 % for all figures together, seed ${seed}; [ ] interval, * ratio, | no change, ! tolerance, worse to the right`,
    `on: ${labelsLine(baseline)}`,
    '',
  ].join('\n');
}

function cells(row: ComparisonRow): readonly string[] {
  const { figures, strip } = rowCells(row);
  return [...figures, strip, row.answer];
}

/** Names to the left, figures to the right. */
function aligned(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, i) =>
      i === 0 || i >= 6 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    )
    .join('  ')
    .trimEnd();
}
