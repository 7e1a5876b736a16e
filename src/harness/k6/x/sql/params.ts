/** What scripts give to open(), begin() and transaction(), checked: a name that nobody knows is refused. */
import { parseDurationUs } from '../../../options/duration.js';

export interface OpenParams {
  /** Of each virtual user. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** Of one statement. */
  readonly timeoutMs: number;
}

const CONNECTIONS_MAX = 100;
const CONNECT_TIMEOUT_MS = 5_000;
const TIMEOUT_MS = 10_000;
const RETRIES_MAX = 1_000;

export function openParams(params: unknown): OpenParams {
  const given = fields('sql.open', params, ['connections', 'connectTimeout', 'timeout']);
  return {
    connections: count('sql.open: connections', given.connections ?? 1, {
      least: 1,
      most: CONNECTIONS_MAX,
    }),
    connectTimeoutMs: timeout('connectTimeout', given.connectTimeout ?? CONNECT_TIMEOUT_MS),
    timeoutMs: timeout('timeout', given.timeout ?? TIMEOUT_MS),
  };
}

/** As SQL writes them. */
export const ISOLATIONS = [
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
] as const;
export type Isolation = (typeof ISOLATIONS)[number];

export interface TransactionParams {
  /** Undefined: the database's own. */
  readonly isolation: Isolation | undefined;
  /** After the first attempt, where it lost a race. */
  readonly retries: number;
}

export function transactionParams(call: string, params: unknown): TransactionParams {
  const known = call === 'begin' ? ['isolation'] : ['isolation', 'retries'];
  const given = fields(call, params, known);
  return {
    isolation: given.isolation === undefined ? undefined : isolation(call, given.isolation),
    retries: count(`${call}: retries`, given.retries ?? 0, { least: 0, most: RETRIES_MAX }),
  };
}

function isolation(call: string, value: unknown): Isolation {
  const wanted = String(value).toLowerCase().replaceAll(/[-_]/g, ' ');
  const found = ISOLATIONS.find((level) => level === wanted);
  if (found !== undefined) return found;
  throw new TypeError(
    `${call}: isolation must be one of ${ISOLATIONS.join(', ')}, got ${String(value)}`,
  );
}

function fields(
  call: string,
  params: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (params === undefined || params === null) return {};
  if (typeof params !== 'object') throw new TypeError(`${call}: its options must be an object`);
  const stranger = Object.keys(params).find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new TypeError(`${call}: no option ${stranger}; there are ${known.join(', ')}`);
  return { ...params };
}

function count(
  what: string,
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw new TypeError(
    `${what} must be a whole number from ${least} to ${most}, got ${String(value)}`,
  );
}

/** A number is milliseconds. */
function timeout(name: string, value: unknown): number {
  const us = parseDurationUs(value);
  if (us !== undefined && us > 0) return us / 1000;
  throw new TypeError(
    `sql.open: ${name} must be milliseconds or a duration like "10s", got ${String(value)}`,
  );
}
