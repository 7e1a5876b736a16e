/**
 * The summary at the end of a drill, made to fit one screen of 80 columns and 24 rows: the verdict first,
 * then what it rests on. What is broken is told in full, however many rows that takes: a witness is wrapped and never
 * cut. Of the rest, what does not fit is left out with a pointer to the page that has it all.
 */
import { wrap } from './format.js';
import type { Paint } from './paint.js';
import { printable } from './printable.js';
import type { SummaryView } from './view.js';
import type { ViewLine } from './view-lines.js';

const LABEL_COLUMNS = 15;
/** Lines shown of one section, of those that may be left out; tried from the left until the whole fits the screen. */
const SECTION_LINES_MAX = [8, 5, 3, 2] as const;

export interface TerminalOptions {
  readonly columns: number;
  /** Rows of the screen; what does not fit is left to report.html. Default 24. */
  readonly rows?: number;
  readonly paint: Paint;
  /** Path of the run folder, as the reader would type it. */
  readonly folder: string;
}

export function terminalSummary(view: SummaryView, options: TerminalOptions): string {
  const columns = Math.max(40, options.columns);
  // The prompt comes after it: one row is not ours.
  const rows = Math.max(12, (options.rows ?? 24) - 1);
  let lines: string[] = [];
  for (const linesMax of SECTION_LINES_MAX) {
    lines = summaryLines(view, { ...options, columns, linesMax });
    if (lines.length <= rows) break;
  }
  return `${lines.join('\n')}\n`;
}

function summaryLines(view: SummaryView, page: TerminalOptions & { linesMax: number }): string[] {
  const { columns, paint, linesMax } = page;
  const lines = [...verdictLines(view, columns, paint), ''];
  for (const { label, lines: all } of view.sections) {
    lines.push(...sectionLines({ label, lines: mostTelling(all, linesMax), columns, paint }));
  }
  lines.push(`${paint.faint(labelCell('run folder'))}${printable(page.folder)}`);
  if (view.operationId !== undefined) {
    // To be copied: never wrapped.
    const command = `paydrill explain ${page.folder} ${view.operationId}`;
    lines.push(`${paint.faint(labelCell('explain'))}${printable(command)}`);
  }
  return lines;
}

/** Keeps the order and every line that is bad news, and of the others, where they are too many, those in doubt first. */
function mostTelling(lines: readonly ViewLine[], linesMax: number): readonly ViewLine[] {
  if (lines.length <= linesMax) return lines;
  const bad = lines.filter(({ tone }) => tone === 'bad').length;
  const keep = new Set(
    [...lines]
      .sort((a, b) => WEIGHT[b.tone] - WEIGHT[a.tone])
      .slice(0, Math.max(bad, linesMax - 1)),
  );
  if (keep.size === lines.length) return lines;
  const left = `and ${lines.length - keep.size} more in report.html`;
  return [...lines.filter((line) => keep.has(line)), { text: left, tone: 'plain' }];
}

const WEIGHT = { bad: 2, doubt: 1, plain: 0 } as const;

function verdictLines(view: SummaryView, columns: number, paint: Paint): string[] {
  const colour = { good: paint.good, bad: paint.bad, doubt: paint.doubt }[view.tone];
  const [first = '', ...rest] = wrap(`${view.word}: ${view.headline}`, columns);
  const word = `${view.word}:`;
  return [`${colour(word)}${paint.strong(first.slice(word.length))}`, ...rest.map(paint.strong)];
}

function sectionLines(section: {
  readonly label: string;
  readonly lines: readonly ViewLine[];
  readonly columns: number;
  readonly paint: Paint;
}): string[] {
  const { label, lines, columns, paint } = section;
  const rows = lines.flatMap(({ text, tone }) => {
    const colour = { bad: paint.bad, doubt: paint.doubt, plain: (same: string) => same }[tone];
    return wrap(text, columns - LABEL_COLUMNS).map(colour);
  });
  return rows.map((row, i) => `${paint.faint(labelCell(i === 0 ? label : ''))}${row}`);
}

function labelCell(label: string): string {
  return label.padEnd(LABEL_COLUMNS);
}
