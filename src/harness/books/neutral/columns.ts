/**
 * The columns of the neutral schema, and what may stand in each. Sources hand over what their drivers make of a value: numbers,
 * bigints, digits, dates, texts. Here it becomes what the tables have, or one line that says which row of what is wrong.
 */
import { USUAL_ASSET } from '../../../wire/accounts.js';
import { UserError } from '../../user-error.js';

export type Value = string | bigint | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: 'VARCHAR' | 'BIGINT' | 'BOOLEAN';
  readonly isNeeded: boolean;
  /** Throws an Error that says what it must be. `null` and undefined come here only where it is needed. */
  readonly read: (value: unknown) => Value;
  /** Where the source has no such column, or nothing in it. */
  readonly absent: Value;
}

const needed = { isNeeded: true, absent: null } as const;
const optional = { isNeeded: false, absent: null } as const;

export const ENTRY_FIELDS: readonly Column[] = [
  { name: 'operation_id', type: 'VARCHAR', read: text, ...needed },
  { name: 'account', type: 'VARCHAR', read: text, ...needed },
  { name: 'amount_minor', type: 'BIGINT', read: whole, ...needed },
  { name: 'asset', type: 'VARCHAR', read: text, ...optional, absent: USUAL_ASSET },
  { name: 'entry', type: 'VARCHAR', read: text, ...optional },
  { name: 'position', type: 'BIGINT', read: whole, ...optional },
  { name: 'version', type: 'BIGINT', read: whole, ...optional },
  { name: 'balance_after', type: 'BIGINT', read: whole, ...optional },
  { name: 'at', type: 'BIGINT', read: timeUs, ...optional },
  { name: 'pending', type: 'BOOLEAN', read: yesOrNo, ...optional, absent: false },
];

export const ACCOUNT_FIELDS: readonly Column[] = [
  { name: 'account', type: 'VARCHAR', read: text, ...needed },
  { name: 'balance_minor', type: 'BIGINT', read: whole, ...needed },
  { name: 'asset', type: 'VARCHAR', read: text, ...optional, absent: USUAL_ASSET },
  { name: 'may_overdraw', type: 'BOOLEAN', read: yesOrNo, ...optional, absent: false },
  { name: 'version', type: 'BIGINT', read: whole, ...optional },
];

/** One row of a source, by column. */
export type SourceRow = Readonly<Record<string, unknown>>;

/**
 * The values of a row, in the order of `columns`. Throws UserError; `where` names the source, `row` counts from 1.
 */
export function valuesOf(
  row: SourceRow,
  columns: readonly Column[],
  place: { readonly where: string; readonly row: number },
): Value[] {
  return columns.map((column) => {
    const value = row[column.name];
    if ((value === undefined || value === null) && !column.isNeeded) return column.absent;
    try {
      return column.read(value);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new UserError(
        `${place.where}, row ${place.row}: ${column.name} must be ${cause.message}, got ${shownValue(value)}`,
        { cause },
      );
    }
  });
}

/** Which of the columns a source has. Throws UserError where one is missing that is needed. */
export function columnsIn(
  names: readonly string[],
  columns: readonly Column[],
  where: string,
): ReadonlySet<string> {
  const found = columns.filter(({ name }) => names.includes(name));
  const missing = columns.find((column) => column.isNeeded && !found.includes(column));
  if (missing !== undefined)
    throw new UserError(
      `${where} have no column ${missing.name}; there are ${names.join(', ') || 'none at all'}`,
    );
  return new Set(found.map(({ name }) => name));
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new RangeError('a text');
}

const WHOLE_MAX = 2n ** 62n;

function whole(value: unknown): bigint {
  const digits =
    typeof value === 'string' ? /^\s*([+-]?\d{1,19})(?:\.0+)?\s*$/.exec(value)?.[1] : undefined;
  const isWhole =
    typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (digits === undefined && !isWhole) throw new RangeError('a whole number');
  const found = digits === undefined && isWhole ? BigInt(value) : BigInt(digits ?? 0);
  if (found > WHOLE_MAX || found < -WHOLE_MAX) throw new RangeError('within 2^62');
  return found;
}

/** A date, a text that is one, or microseconds since 1970. A text without a zone is UTC. */
function timeUs(value: unknown): bigint {
  if (value instanceof Date && Number.isFinite(value.getTime()))
    return BigInt(value.getTime()) * 1000n;
  if (typeof value === 'bigint' || typeof value === 'number') return whole(value);
  const parts =
    typeof value === 'string'
      ? /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/.exec(
          value,
        )
      : null;
  if (parts === null)
    return typeof value === 'string' && /^\d+$/.test(value) ? whole(value) : fail();
  const [, day, time, fraction = '', zone = 'Z'] = parts;
  const isUtc = zone === 'Z' || zone === 'UTC';
  const offset = isUtc
    ? 'Z'
    : zone.length === 3
      ? `${zone}:00`
      : zone.replace(/^(...)(\d\d)$/, '$1:$2');
  const seconds = Date.parse(`${day}T${time}${offset}`);
  if (!Number.isFinite(seconds)) return fail();
  return BigInt(seconds) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

function fail(): never {
  throw new RangeError('a time');
}

const YES: readonly unknown[] = [true, 1, '1', 't', 'true', 'TRUE', 1n];
const NO: readonly unknown[] = [false, 0, '0', 'f', 'false', 'FALSE', 0n];

function yesOrNo(value: unknown): boolean {
  if (YES.includes(value)) return true;
  if (NO.includes(value)) return false;
  throw new RangeError('true or false');
}

function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const shown =
    typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return shown.length > 80 ? `${shown.slice(0, 80)}...` : shown;
}
