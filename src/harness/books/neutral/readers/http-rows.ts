/** Rows of pages of JSON. A page is read when the rows of the one before it are in. */
import { mayReach } from '../../../../wire/address.js';
import { messageOf } from '../../../message-of.js';
import { UserError } from '../../../user-error.js';
import type { HttpRows } from '../books-spec.js';
import type { SourceRow } from '../columns.js';
import { valueAt } from '../path.js';
import type { Rows } from '../raw-tables.js';

const PAGE_MS_MAX = 30_000;
const PAGES_MAX = 1_000_000;

export interface HttpRowsOptions {
  readonly allowTargets: readonly string[];
  readonly signal: AbortSignal;
}

/** Rejects with UserError, as its rows do. */
export async function httpRows(spec: HttpRows, options: HttpRowsOptions): Promise<Rows> {
  const url = new URL(spec.url);
  if (!mayReach(url.hostname, options.allowTargets))
    throw new UserError(
      `${url.host} is not on this machine: to use it, add --allow-target ${url.hostname}`,
    );
  const first = await pageOf(url, spec, options);
  async function* chunks(): AsyncGenerator<readonly SourceRow[]> {
    let page = first;
    for (let pages = 1; ; pages++) {
      yield page.rows;
      if (page.next === undefined) return;
      if (pages === PAGES_MAX)
        throw new UserError(`${spec.url} has no last page: ${PAGES_MAX} were read`);
      const next = new URL(url);
      next.searchParams.set(page.next.parameter, page.next.value);
      const before = page.next.value;
      page = await pageOf(next, spec, options);
      if (page.next?.value === before)
        throw new UserError(`${spec.url} has no last page: it leads to itself by ${before}`);
    }
  }
  return { names: namesOf(spec, first.rows), chunks: chunks() };
}

interface Page {
  readonly rows: readonly SourceRow[];
  readonly next: { readonly parameter: string; readonly value: string } | undefined;
}

async function pageOf(url: URL, spec: HttpRows, { signal }: HttpRowsOptions): Promise<Page> {
  const body = await answerOf(url, spec, signal);
  const list = spec.rows === undefined ? body : valueAt(body, spec.rows);
  if (!Array.isArray(list))
    throw new UserError(
      `${url} has no list of rows${spec.rows === undefined ? '' : ` at ${spec.rows}`}`,
    );
  const rows = list.map((row) => mapped(row, spec.columns));
  const next = spec.next && valueAt(body, spec.next.path);
  const isLast = spec.next === undefined || next === undefined || next === null || next === '';
  return {
    rows,
    next: isLast ? undefined : { parameter: spec.next.parameter, value: String(next) },
  };
}

async function answerOf(url: URL, { headers }: HttpRows, signal: AbortSignal): Promise<unknown> {
  const both = AbortSignal.any([signal, AbortSignal.timeout(PAGE_MS_MAX)]);
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'error',
      signal: both,
    });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return await answer.json();
  } catch (cause) {
    signal.throwIfAborted();
    // What fetch says is in its cause.
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    throw new UserError(`${url} cannot be read: ${messageOf(why)}`, { cause });
  }
}

/** A row without a mapping is as it came; what is no object has no column. */
function mapped(row: unknown, columns: HttpRows['columns']): SourceRow {
  if (typeof row !== 'object' || row === null) return {};
  if (columns === undefined) return Object.fromEntries(Object.entries(row));
  return Object.fromEntries(
    Object.entries(columns).map(([name, path]) => [name, valueAt(row, path)]),
  );
}

/** An empty list has what was mapped; without a mapping nobody knows, and nothing is missing. */
function namesOf({ columns }: HttpRows, rows: readonly SourceRow[]): readonly string[] {
  if (columns !== undefined) return Object.keys(columns);
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return rows.length > 0
    ? [...names]
    : ['operation_id', 'account', 'amount_minor', 'balance_minor'];
}
