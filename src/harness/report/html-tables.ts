/**
 * The tables of report.html. On a narrow page a row becomes a block, with the column's name before each value: the name
 * travels with the cell, so that the style sheet alone can do it. What is escaped here is all that came from outside.
 */
import type { LawResult } from '../verify/verdict.js';
import { count, lengthMs, momentMs } from './format.js';
import { escapeHtml } from './html-text.js';
import type { CheckFacts, FaultFacts, Summary } from './summary.js';
import { checkPath, metricWords, overlapWords } from './view.js';

interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** HTML, escaped already; a tone colours it. */
type Cell = string | { readonly html: string; readonly tone: string };

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
    `<section><h2>${title}</h2><div class="card"><table>`,
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
    const witness =
      law.witness === null ? '' : `<pre class="witness">${escapeHtml(law.witness)}</pre>`;
    return [
      `<code>${escapeHtml(law.name)}</code>${witness}`,
      `<span class="status ${law.status}">${STATUS_WORDS[law.status]}</span>`,
      count(law.checked),
      count(law.violations),
    ];
  });
  return table('Laws', columns, rows);
}

export function declineTable({ declines_by_code: byCode, operations }: Summary): string {
  const columns = [
    { name: 'code' },
    { name: 'operations', isNumber: true },
    { name: 'of attempted', isNumber: true },
  ];
  const rows = Object.entries(byCode).map(([code, times]) => [
    `<code>${escapeHtml(code)}</code>`,
    count(times),
    `${((100 * times) / Math.max(1, operations.attempted)).toFixed(2)} %`,
  ]);
  return table('Declines', columns, rows);
}

/** Those that failed most first. */
export function checkTable(checks: readonly CheckFacts[]): string {
  const columns = [
    { name: 'check' },
    { name: 'passed', isNumber: true },
    { name: 'failed', isNumber: true },
  ];
  const rows = [...checks]
    .sort((a, b) => b.fails - a.fails)
    .map((check) => [
      escapeHtml(checkPath(check)),
      count(check.passes),
      { html: count(check.fails), tone: check.fails > 0 ? 'doubt' : '' },
    ]);
  return table('Checks', columns, rows);
}

export function metricTable({ custom_metrics: metrics }: Summary): string {
  const columns = [{ name: 'metric' }, { name: 'kind' }, { name: 'values' }];
  const rows = Object.entries(metrics).map(([name, facts]) => [
    `<code>${escapeHtml(name)}</code>`,
    facts.kind,
    escapeHtml(metricWords(facts)),
  ]);
  return table('Metrics of the script', columns, rows);
}
