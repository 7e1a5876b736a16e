/**
 * Gathers the life of one operation from an open run: what the journal has under its id, what the books have under it and
 * about it, the operations it is tied to, the faults that were felt meanwhile, and the laws it breaks.
 */
import { RECEIPT_LEGS } from '../../../wire/acks.js';
import type { Row, RunDatabase } from '../database.js';
import type { OpenRun } from '../open-run.js';
import { operationIdText, operationTitle, told } from '../witness.js';
import { brokenLaws } from './broken-laws.js';
import { findOperation, type OperationKey } from './find-operation.js';
import {
  type ActiveFault,
  type Asked,
  type Entry,
  type Figure,
  LIFE_SCHEMA,
  type OperationLife,
  type Related,
} from './operation-life.js';

/** An id may be repeated, and a payment refunded, without end. */
const ROWS_MAX = 100;

/**
 * `text`: its id, or the first digits of it. `among`: asks only the laws of these names, where it is known that no other is broken.
 * Rejects with NoOperationError.
 */
export async function explainOperation(
  { database, folder, loadStartedUs }: OpenRun,
  text: string,
  among?: readonly string[],
): Promise<OperationLife> {
  const key = await findOperation(database, text);
  const asked = (await askedRows(database, key)).map((row) => askedOf(row, key));
  const { entries, leftOut } = await entriesOf(database, key);
  const laws = await brokenLaws(database, folder, { key, among });
  const isTimed = loadStartedUs !== undefined;
  return {
    schema: LIFE_SCHEMA,
    id: idOf(key),
    asked,
    entries,
    entries_left_out: leftOut,
    related: await relatedTo(database, key),
    faults: await activeFaults(database, asked, entries),
    broken: laws.broken,
    notes: [
      ...laws.notes,
      ...(isTimed ? [] : ['the folder does not say when the load began: faults cannot be told']),
    ],
    load_started_us: loadStartedUs ?? null,
  };
}

function askedRows(database: RunDatabase, key: OperationKey): Promise<readonly Row[]> {
  return database.rows(`
    select *, account_name(account) as account_text, account_name(counterparty) as counterparty_text,
      invoked_us + sent_after_us as sent_us,
      case when outcome = 'ok' then drill_us(nullif(receipt_timestamp_us, 0)) end as effect_us,
      ${legs((leg) => `account_name(receipt_account_${leg}) as receipt_name_${leg}`)}
    from journal where ${isIt(key)}
    order by invoked_us, worker, sequence limit ${ROWS_MAX}`);
}

function askedOf(row: Row, key: OperationKey): Asked {
  const count = Number(row.receipt_legs ?? 0);
  return {
    title: operationTitle(row, idOf(key)),
    kind: String(row.kind),
    channel: String(row.channel),
    account: String(row.account_text),
    counterparty: Number(row.counterparty) === 0 ? null : String(row.counterparty_text),
    amount: figure(row.amount),
    reference: referenceOf(row),
    timeout_s: numberOrNull(row.timeout_s),
    worker: Number(row.worker),
    scenario: Number(row.scenario),
    intended_us: figure(row.intended_us),
    invoked_us: figure(row.invoked_us),
    outcome: String(row.outcome),
    result: textOrNull(row.result),
    completed_us: figureOrNull(row.completed_us),
    attempts: numberOrNull(row.attempts),
    sent_us: figureOrNull(row.sent_us),
    resolution: textOrNull(row.resolution),
    effect_us: figureOrNull(row.effect_us),
    receipt: legNumbers(Math.min(count, RECEIPT_LEGS)).map((leg) => ({
      account: String(row[`receipt_name_${leg}`]),
      balance: figure(row[`receipt_balance_${leg}`]),
      version: Number(row[`receipt_version_${leg}`]),
    })),
  };
}

async function entriesOf(
  database: RunDatabase,
  key: OperationKey,
): Promise<{ readonly entries: readonly Entry[]; readonly leftOut: number }> {
  const where = `(${isIt(key)}) or (${isIt(key, 'reference')})`;
  // Books of others have as many legs as they like.
  const most = await database.number(`select max(legs) from entries where ${where}`);
  const names = legNumbers(most).map((leg) => `account_name(account_${leg}) as name_${leg}`);
  const rows = await database.rows(`
    select ${['*', 'drill_us(timestamp_us) as at_us', 'count(*) over () as n', ...names].join(', ')}
    from entries where ${where} order by timestamp_us, shard, lsn limit ${ROWS_MAX}`);
  return { entries: rows.map(entryOf), leftOut: Number(rows[0]?.n ?? 0) - rows.length };
}

function entryOf(row: Row): Entry {
  return {
    at_us: figureOrNull(row.at_us),
    timestamp_us: figure(row.timestamp_us),
    shard: Number(row.shard),
    lsn: Number(row.lsn),
    id: operationIdText(BigInt(String(row.id_hi)), BigInt(String(row.id_lo))),
    command: String(row.command),
    kind: String(row.kind),
    role: String(row.role),
    peer: Number(row.peer),
    result: String(row.result),
    amount: figure(row.amount),
    reference: referenceOf(row),
    legs: legNumbers(Number(row.legs)).map((leg) => ({
      account: String(row[`name_${leg}`]),
      posting: figure(row[`posting_${leg}`]),
      pending: String(row[`pending_${leg}`]),
      balance: figure(row[`balance_${leg}`]),
      version: Number(row[`version_${leg}`]),
    })),
  };
}

/** By journal and by books: one of them may not know. */
async function relatedTo(database: RunDatabase, key: OperationKey): Promise<readonly Related[]> {
  const pairs = (of: string, whose: string, how: Related['how']): string =>
    ['journal', 'entries']
      .map(
        (table) => `select ${of}_hi as hi, ${of}_lo as lo, '${how}' as how
         from ${table} where ${isIt(key, whose)} and ${of}_hi is not null`,
      )
      .join(' union ');
  const rows = await database.rows(`
    with ties as (
      (${pairs('reference', 'id', 'it refers to')}) union (${pairs('id', 'reference', 'refers to it')}))
    select distinct on (how, hi, lo) how, hi, lo, j.*,
      account_name(j.account) as account_text, account_name(j.counterparty) as counterparty_text
    from ties left join journal j on j.id_hi = hi and j.id_lo = lo and j.kind <> 'lookup'
    where not (hi = ${key.hi}::ubigint and lo = ${key.lo}::ubigint)
    order by how, hi, lo, j.outcome = 'ok' desc, j.invoked_us limit ${ROWS_MAX}`);
  return rows.map((row): Related => {
    const id = operationIdText(BigInt(String(row.hi)), BigInt(String(row.lo)));
    const how = row.how === 'it refers to' ? 'it refers to' : 'refers to it';
    const isAsked = row.kind !== null;
    const text = isAsked
      ? `${operationTitle(row, id)}, which ${told(row)}`
      : `operation ${id}, which the journal does not have`;
    return { id, how, text };
  });
}

/** Until it was answered and its own entries were made; where there is neither, until the run ends. */
async function activeFaults(
  database: RunDatabase,
  asked: readonly Asked[],
  entries: readonly Entry[],
): Promise<readonly ActiveFault[]> {
  const begins = asked.map((one) => Number(one.invoked_us));
  const made = entries.flatMap(({ at_us: at }) => (at === null ? [] : [Number(at)]));
  const isOpen = asked.some((one) => one.completed_us === null);
  const ends = asked.flatMap((one) =>
    one.completed_us === null ? [] : [Number(one.completed_us)],
  );
  const from = Math.min(...begins, ...made);
  const to = isOpen ? Number.MAX_SAFE_INTEGER : Math.max(...ends, ...made);
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [];
  const rows = await database.rows(`
    select fault, kind, target, applied_us, healed_us from faults
    where applied_us <= ${to} and coalesce(healed_us >= ${from}, true) order by fault`);
  return rows.map((row) => ({
    fault: Number(row.fault),
    kind: String(row.kind),
    target: String(row.target),
    applied_us: figure(row.applied_us),
    healed_us: figureOrNull(row.healed_us),
  }));
}

/** A condition for the operation's own rows, or for those that refer to it. */
function isIt({ hi, lo }: OperationKey, column = 'id'): string {
  return `${column}_hi = ${hi}::ubigint and ${column}_lo = ${lo}::ubigint`;
}

function idOf({ hi, lo }: OperationKey): string {
  return operationIdText(hi, lo);
}

function referenceOf(row: Row): string | null {
  const { reference_hi: hi, reference_lo: lo } = row;
  if (hi === null || lo === null) return null;
  return operationIdText(BigInt(String(hi)), BigInt(String(lo)));
}

function legs(column: (leg: number) => string): string {
  return legNumbers(RECEIPT_LEGS).map(column).join(', ');
}

function legNumbers(count: number): number[] {
  return Array.from({ length: count }, (_, leg) => leg + 1);
}

function figure(value: unknown): Figure {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function figureOrNull(value: unknown): Figure | null {
  return value === null ? null : figure(value);
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : String(value);
}
