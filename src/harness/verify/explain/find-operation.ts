/** The operation that somebody means: a whole id, or the first digits of one that no other operation shares. */
import type { RunDatabase } from '../database.js';
import { operationIdText } from '../witness.js';

/** Raised where that is no operation, or more than one. `message` is one line. */
export class NoOperationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoOperationError';
  }
}

/** The halves of an id, as the tables have them. */
export interface OperationKey {
  readonly hi: bigint;
  readonly lo: bigint;
}

const DIGITS = 32;
/** Of an id that could be many: how many are named. */
const NAMED = 3;

/** Rejects with NoOperationError. */
export async function findOperation(database: RunDatabase, text: string): Promise<OperationKey> {
  const digits = text.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]+$/.test(digits) || digits.length > DIGITS)
    throw new NoOperationError(
      `${text} is no operation id: it must be a UUID, or its first digits`,
    );
  const low = keyOf(digits.padEnd(DIGITS, '0'));
  const high = keyOf(digits.padEnd(DIGITS, 'f'));
  const where = `hi between ${low.hi}::ubigint and ${high.hi}::ubigint
    and lo between ${low.lo}::ubigint and ${high.lo}::ubigint`;
  const found = await database.rows(`
    with named as (
      select id_hi as hi, id_lo as lo from journal
      union select id_hi, id_lo from entries)
    select hi, lo, count(*) over () as n from named where ${where} order by hi, lo limit ${NAMED}`);
  const [first, second] = found;
  if (first === undefined)
    throw new NoOperationError(`no operation ${text}: neither the journal nor the books have it`);
  if (second !== undefined) {
    const ids = found.map((row) => operationIdText(...halves(row)));
    const n = Number(first.n);
    const more = n > ids.length ? `, and ${n - ids.length} more` : '';
    throw new NoOperationError(`${text} could be any of ${n} operations: ${ids.join(', ')}${more}`);
  }
  const [hi, lo] = halves(first);
  return { hi, lo };
}

function halves(row: Readonly<Record<string, unknown>>): [bigint, bigint] {
  return [BigInt(String(row.hi)), BigInt(String(row.lo))];
}

function keyOf(digits: string): OperationKey {
  return { hi: BigInt(`0x${digits.slice(0, 16)}`), lo: BigInt(`0x${digits.slice(16)}`) };
}
