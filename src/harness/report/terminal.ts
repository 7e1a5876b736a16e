/**
 * The summary at the end of a drill, made to fit one screen of 80 columns and 24 rows: the verdict first,
 * then what it rests on. What does not fit is cut with a pointer to the page that has it all.
 */
import { cut, wrap } from './format.js';
import type { Paint } from './paint.js';
import type { SummaryView, ViewLine } from './view.js';

const LABEL_COLUMNS = 15;
/** A witness longer than this is cut; the whole of it is in summary.json and report.html. */
const LINE_ROWS_MAX = 3;
/** Lines shown of one section. */
const SECTION_LINES_MAX = 7;

export interface TerminalOptions {
  readonly columns: number;
  readonly paint: Paint;
  /** Path of the run folder, as the reader would type it. */
  readonly folder: string;
}

export function terminalSummary(view: SummaryView, options: TerminalOptions): string {
  const columns = Math.max(40, options.columns);
  const lines = [...verdictLines(view, columns, options.paint), ''];
  for (const { label, lines: viewLines } of view.sections) {
    lines.push(...sectionLines({ label, lines: viewLines, columns, paint: options.paint }));
  }
  lines.push(`${options.paint.faint(labelCell('run folder'))}${options.folder}`);
  return `${lines.join('\n')}\n`;
}

function verdictLines(view: SummaryView, columns: number, paint: Paint): string[] {
  const colour = { valid: paint.good, invalid: paint.bad, unknown: paint.doubt }[view.verdict];
  const [first = '', ...rest] = wrap(`${view.verdict}: ${view.headline}`, columns);
  const word = `${view.verdict}:`;
  return [`${colour(word)}${paint.strong(first.slice(word.length))}`, ...rest.map(paint.strong)];
}

function sectionLines(section: {
  readonly label: string;
  readonly lines: readonly ViewLine[];
  readonly columns: number;
  readonly paint: Paint;
}): string[] {
  const { label, lines, columns, paint } = section;
  const shown = lines.length > SECTION_LINES_MAX ? lines.slice(0, SECTION_LINES_MAX - 1) : lines;
  const left = lines.length - shown.length;
  const all: ViewLine[] = [...shown];
  if (left > 0) all.push({ text: `and ${left} more, in report.html`, tone: 'plain' });
  const rows = all.flatMap(({ text, tone }) => {
    const colour = { bad: paint.bad, doubt: paint.doubt, plain: (same: string) => same }[tone];
    return rowsOf(text, columns - LABEL_COLUMNS).map(colour);
  });
  return rows.map((row, i) => `${paint.faint(labelCell(i === 0 ? label : ''))}${row}`);
}

function rowsOf(text: string, width: number): string[] {
  return wrap(cut(text, width * LINE_ROWS_MAX), width)
    .slice(0, LINE_ROWS_MAX)
    .map((row) => cut(row, width));
}

function labelCell(label: string): string {
  return label.padEnd(LABEL_COLUMNS);
}
