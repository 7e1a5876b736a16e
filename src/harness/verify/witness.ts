/**
 * A violation in plain words: which operation it was, what the client was told and when, and what is wrong with it.
 *   payment 0193... of 12.34 from user:7 to merchant:3 was acknowledged at 00:12.345 (attempt 2) and is not in ...
 */

import { detailOf, idDetails } from '../../products/details.js';
import { kindNamed, productKind } from '../../products/kinds.js';
import { formatOperationId, parseOperationId } from '../../wire/operation-id.js';
import type { OperationKindRow } from '../../wire/operation-kinds.js';
import type { Row, RunDatabase } from './database.js';
import { foreignWords } from './foreign-words.js';

export interface Witness {
  /** The sentence. */
  readonly text: string;
  /** The operation it is about; undefined where it is about none. */
  readonly operationId: string | undefined;
}

/** For a row that a law's query returned. */
export async function witnessOf(database: RunDatabase, row: Row): Promise<Witness> {
  const found = text(row.problem) ?? rowText(row);
  const problem = database.isForeign ? foreignWords(found) : found;
  const hi = text(row.id_hi);
  const lo = text(row.id_lo);
  if (hi === undefined || lo === undefined) return { text: problem, operationId: undefined };
  const rows = await database.rows(
    `select *, account_name(account) as account_text, account_name(counterparty) as counterparty_text
     from journal where id_hi = ${BigInt(hi)} and id_lo = ${BigInt(lo)}
     order by outcome = 'ok' desc, worker, sequence limit 1`,
  );
  const operation = rows[0];
  const operationId = operationIdText(BigInt(hi), BigInt(lo));
  if (operation === undefined) return { text: `operation ${operationId} ${problem}`, operationId };
  const asked = `${operationTitle(operation, operationId)} ${told(operation)}`;
  return { text: `${asked} and ${problem}`, operationId };
}

/**
 * What a client asked, of a row of the journal with the names of its accounts: `payment <id> of 12.34 from user:7 to merchant:3`,
 * `exit <id> (station 31) of ...` where the id has details.
 */
export function operationTitle(operation: Row, id: string): string {
  const name = text(operation.kind) ?? '';
  const row = kindNamed(name)?.row;
  const amount = number(operation.amount);
  const of = amount > 0 ? ` of ${moneyText(amount)}` : '';
  return `${row?.noun ?? name} ${id}${detailsText(row, id)}${of}${between(row, operation)}`;
}

function detailsText(row: OperationKindRow | undefined, id: string): string {
  const details = productKind(row?.number ?? 0)?.details ?? [];
  const words = parseOperationId(id);
  if (details.length === 0 || words === undefined) return '';
  const own = idDetails(words[1]);
  return ` (${details.map((detail) => `${detail.name} ${detailOf(detail, own)}`).join(', ')})`;
}

function between(row: OperationKindRow | undefined, operation: Row): string {
  const account = text(operation.account_text);
  const other = text(operation.counterparty_text);
  const isTowardsHome = row?.direction === 'towards-home';
  if (number(operation.counterparty) === 0)
    return isTowardsHome ? ` to ${account}` : ` of ${account}`;
  return isTowardsHome ? ` from ${other} to ${account}` : ` from ${account} to ${other}`;
}

/** What it was told: `was acknowledged at 00:12.345 (attempt 2)`. */
export function told(operation: Row): string {
  const outcome = text(operation.outcome);
  if (outcome === 'unknown')
    return `was never answered (invoked at ${clockText(number(operation.invoked_us))})`;
  const at = clockText(number(operation.completed_us));
  const attempts = number(operation.attempts);
  const how =
    operation.resolution === 'look_up'
      ? 'found by look-up'
      : attempts > 1
        ? `attempt ${attempts}`
        : undefined;
  const note = how === undefined ? '' : ` (${how})`;
  if (outcome === 'ok') return `was acknowledged at ${at}${note}`;
  return `was declined with ${text(operation.result)} at ${at}${note}`;
}

/** Minor units as `12.34`. */
export function moneyText(minor: number): string {
  const sign = minor < 0 ? '-' : '';
  const size = Math.abs(minor);
  return `${sign}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
}

/** Microseconds since the load began as `mm:ss.mmm`. */
export function clockText(us: number): string {
  const pad = (value: number, digits: number): string =>
    String(Math.floor(value)).padStart(digits, '0');
  return `${pad(us / 60_000_000, 2)}:${pad((us / 1_000_000) % 60, 2)}.${pad((us / 1000) % 1000, 3)}`;
}

/** The text form of an id from its two halves, as the tables have them. */
export function operationIdText(hi: bigint, lo: bigint): string {
  const word = (value: bigint): number => Number(value & 0xffffffffn);
  return formatOperationId([word(hi >> 32n), word(hi), word(lo >> 32n), word(lo)]);
}

/** A row of a law somebody added, which need not have a `problem`. */
function rowText(row: Row): string {
  return Object.entries(row)
    .map(([name, value]) => `${name} = ${text(value) ?? 'null'}`)
    .join(', ');
}

function text(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function number(value: unknown): number {
  return Number(value ?? 0);
}
