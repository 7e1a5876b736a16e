/**
 * Rows of a query as text: a table for people, CSV (RFC 4180) or JSON for programs. Written as they come, so that a result may be
 * larger than memory. Values come as JSON has them, 64-bit integers as text.
 */
import { printable } from '../harness/report/printable.js';

export const FORMATS = ['table', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

type Row = readonly unknown[];

export interface Rows {
  readonly columns: readonly string[];
  readonly chunks: AsyncIterable<readonly Row[]>;
}

/** The text, piece by piece. */
export function rowsText(rows: Rows, format: Format): AsyncGenerator<string> {
  switch (format) {
    case 'table':
      return tableText(rows);
    case 'csv':
      return csvText(rows);
    case 'json':
      return jsonText(rows);
    default:
      throw format satisfies never;
  }
}

/** The first chunk decides how wide a column is; a later cell that is wider moves its row's rest. */
async function* tableText({ columns, chunks }: Rows): AsyncGenerator<string> {
  const head = columns.map(printable);
  let layout: readonly Column[] | undefined;
  let count = 0;
  for await (const chunk of chunks) {
    count += chunk.length;
    const cells = chunk.map((row) => row.map((value) => printable(cellText(value, 'null'))));
    if (layout === undefined) {
      layout = head.map((name, at) => columnOf(name, chunk, cells, at));
      yield heading(head, layout);
    }
    yield cells.map((row) => line(row, layout ?? [])).join('');
  }
  if (layout === undefined) yield heading(head, []);
  yield `${count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`}\n`;
}

interface Column {
  readonly width: number;
  readonly isNumber: boolean;
}

function columnOf(
  name: string,
  rows: readonly Row[],
  cells: readonly (readonly string[])[],
  at: number,
): Column {
  const width = cells.reduce((most, row) => Math.max(most, row[at]?.length ?? 0), name.length);
  const isNumber = rows.every((row) => row[at] === null || isNumeric(row[at]));
  return { width, isNumber };
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}

function heading(names: readonly string[], layout: readonly Column[]): string {
  const rule = names.map((name, at) => '-'.repeat(layout[at]?.width ?? name.length));
  return `${line(names, layout)}${line(rule, layout)}`;
}

function line(cells: readonly string[], layout: readonly Column[]): string {
  const padded = cells.map((cell, at) => {
    const { width = 0, isNumber = false } = layout[at] ?? {};
    return isNumber ? cell.padStart(width) : cell.padEnd(width);
  });
  return `${padded.join('  ').trimEnd()}\n`;
}

/** Null is an empty field, and an empty text is `""`. */
async function* csvText({ columns, chunks }: Rows): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const chunk of chunks) yield chunk.map(csvLine).join('');
}

function csvLine(row: Row): string {
  return `${row.map(csvField).join(',')}\n`;
}

function csvField(value: unknown): string {
  const text = cellText(value, '');
  return value === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One array of objects, an object a line. */
async function* jsonText({ columns, chunks }: Rows): AsyncGenerator<string> {
  let before = '[\n';
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const objects = chunk.map((row) => {
      const fields = columns.map((name, at) => `${JSON.stringify(name)}:${json(row[at])}`);
      return `{${fields.join(',')}}`;
    });
    yield `${before}${objects.join(',\n')}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function cellText(value: unknown, ofNull: string): string {
  if (value === null || value === undefined) return ofNull;
  return typeof value === 'object' ? json(value) : String(value);
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
