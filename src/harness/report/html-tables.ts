/**
 * The tables of report.html. On a narrow page a row becomes a block, with the column's name before each value: the name
 * travels with the cell, so that the style sheet alone can do it. What is escaped here is all that came from outside.
 */
import type { LawResult } from '../verify/verdict.js';
import { count, lengthMs, momentMs } from './format.js';
import { escapeHtml } from './html-text.js';
import { statementOf } from './law-rows.js';
import type { FaultFacts } from './summary.js';
import type { Table, TableCell } from './tables.js';
import { overlapWords } from './view.js';

interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** HTML, escaped already; a tone colours it. */
type Cell = string | { readonly html: string; readonly tone: string };

/** More columns than this stand closer. */
const MANY = 8;

/** Empty where there is no row. */
export function table(
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): string {
  if (rows.length === 0) return '';
  const kind = ({ isNumber }: Column): string => (isNumber === true ? ' class="number"' : '');
  const head = columns.map((column) => `<th${kind(column)}>${column.name}</th>`);
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell, i) => td(cell, columns[i])).join('')}</tr>`,
  );
  return [
    `<section><h2>${title}</h2><div class="card"><table${columns.length > MANY ? ' class="many"' : ''}>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody>`,
    '</table></div></section>',
  ].join('\n');
}

function td(cell: Cell, { name, isNumber }: Column): string {
  const { html, tone } = typeof cell === 'string' ? { html: cell, tone: '' } : cell;
  const classes = [isNumber === true ? 'number' : '', tone].filter((one) => one !== '').join(' ');
  return `<td data-column="${name}"${classes === '' ? '' : ` class="${classes}"`}>${html}</td>`;
}

export function faultTable(faults: readonly FaultFacts[]): string {
  const at = (ms: number | null): string => (ms === null ? 'never' : momentMs(ms));
  const columns = [
    { name: '#', isNumber: true },
    { name: 'kind' },
    { name: 'target' },
    ...['planned', 'applied', 'healed', 'recovered after'].map((name) => ({
      name,
      isNumber: true,
    })),
  ];
  const rows = faults.map((fault, i) => {
    const { healed_ms: healed, recovered_ms: recovered } = fault;
    const seen = healed !== null && recovered !== null;
    const unseen = fault.overlaps.length > 0 ? overlapWords(fault) : 'not seen';
    return [
      `<span class="key">${i + 1}</span>`,
      escapeHtml(fault.kind),
      escapeHtml(fault.target),
      momentMs(fault.planned_ms),
      at(fault.applied_ms),
      at(healed),
      seen ? lengthMs(Math.max(0, recovered - healed)) : unseen,
    ];
  });
  return table('Faults', columns, rows);
}

const STATUS_WORDS = {
  holds: 'holds',
  broken: 'broken',
  undecided: 'undecided',
  not_exercised: 'not exercised',
} as const;

/** What a reader must see first; within one status the order of the laws, causes before consequences. */
const STATUS_ORDER = ['broken', 'undecided', 'holds', 'not_exercised'] as const;

export function lawTable(laws: readonly LawResult[]): string {
  const columns = [
    { name: 'law' },
    { name: 'status' },
    { name: 'checked', isNumber: true },
    { name: 'violations', isNumber: true },
  ];
  const ordered = STATUS_ORDER.flatMap((status) => laws.filter((law) => law.status === status));
  const rows = ordered.map((law) => {
    const words = statementOf(law.name);
    const statement = words === null ? '' : `<div class="detail">${escapeHtml(words)}</div>`;
    const witness =
      law.witness === null ? '' : `<pre class="witness">${escapeHtml(law.witness)}</pre>`;
    return [
      `<code>${escapeHtml(law.name)}</code>${statement}${witness}`,
      `<span class="status ${law.status}">${STATUS_WORDS[law.status]}</span>`,
      count(law.checked),
      count(law.violations),
    ];
  });
  return table('Laws', columns, rows);
}

export function loadTable({ title, columns, rows }: Table): string {
  const cells = rows.map((row) => row.map(cellHtml));
  const named = columns.map((column) => ({ ...column, name: escapeHtml(column.name) }));
  return table(title, named, cells);
}

function cellHtml({ text, isCode, isDoubtful, isKey, details = [] }: TableCell): Cell {
  const escaped = escapeHtml(text);
  if (isDoubtful === true) return { html: escaped, tone: 'doubt' };
  if (isKey === true) return `<span class="key">${escaped}</span>`;
  if (details.length === 0) return isCode === true ? `<code>${escaped}</code>` : escaped;
  const lines = details.map((line) => `<br><span class="detail">${escapeHtml(line)}</span>`);
  return `<div class="moment">${escaped}${lines.join('')}</div>`;
}
