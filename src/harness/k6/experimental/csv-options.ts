/** Options of `k6/experimental/csv`, checked. */

export interface CsvOptions {
  /** One character. */
  readonly delimiter: string;
  /** Line that is read first, from 0. */
  readonly first: number;
  /** Line that is read last; undefined: to the end. */
  readonly last: number | undefined;
  /** The first line names the fields. */
  readonly asObjects: boolean;
}

/** Throws for what cannot be, and what does not go together. */
export function csvOptions(options: unknown): CsvOptions {
  const {
    delimiter = ',',
    skipFirstLine = false,
    fromLine,
    toLine,
    asObjects = false,
  }: Readonly<Record<string, unknown>> = Object(options ?? {});
  if (typeof delimiter !== 'string' || [...delimiter].length !== 1)
    throw new TypeError('delimiter must be one character');
  const from = lineOf('fromLine', fromLine);
  const last = lineOf('toLine', toLine);
  if (asObjects === true && skipFirstLine === true)
    throw new Error('asObjects and skipFirstLine cannot both be: the first line names the fields');
  if (asObjects === true && (from ?? 0) > 0)
    throw new Error('asObjects and fromLine cannot both be: the first line names the fields');
  const first = Math.max(from ?? 0, skipFirstLine === true ? 1 : 0);
  if (last !== undefined && last < first)
    throw new Error(`toLine ${last} is before the first line that is read, ${first}`);
  return { delimiter, first, last, asObjects: asObjects === true };
}

function lineOf(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(`${name} must be a whole number from 0`);
}
