/**
 * Postings as a source has them become the tables of the run folder (records/table-columns.ts), by SQL:
 *
 *   raw_entries --less what was there before--> grouped into bookings --> one entry each, its legs side by side
 *   raw_accounts + what they held before --> accounts, opened with that
 *
 * A booking is what has one `entry` of an operation; without such a column all rows of the operation, or, where each of them
 * stands there as often, as many. Accounts become numbers by their names, as in the journal (journal/account-names.ts). What the books do not
 * tell, and no law asks of such books, is filled so that it says nothing.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { NAMED_ACCOUNTS } from '../../../wire/accounts.js';
import { LEGS_MAX } from '../../../wire/ledger-commands.js';
import { RUN_ID_KEY } from '../../records/parquet-footer.js';
import {
  accountsPart,
  BOOKS_FOLDER,
  NAMES_FOLDER,
  transfersPart,
} from '../../records/run-layout.js';
import { UserError } from '../../user-error.js';
import { RawTables, type ReadRows } from './raw-tables.js';

/** Of one booking. */
const POSTINGS_MAX = 32;

/** What was there before the load, as files in one folder. */
export const BEFORE_ENTRIES = 'before-entries.parquet';
export const BEFORE_ACCOUNTS = 'before-accounts.parquet';

export interface BuiltBooks {
  readonly entries: number;
  readonly accounts: number;
}

/** What stands there now becomes what was there before. */
export async function keepAsBefore({ connection }: RawTables, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const copy = (sql: string, file: string): Promise<unknown> =>
    connection.run(`copy (${sql}) to ${literal(join(folder, file))} (format parquet)`);
  await copy('select distinct operation_id, entry from raw_entries', BEFORE_ENTRIES);
  await copy(
    `select coalesce(a.account, e.account) as account, coalesce(a.asset, e.asset) as asset, a.balance_minor,
       a.may_overdraw, coalesce(a.version, e.version, 0) as version, a.account is not null as is_listed
     from raw_accounts a full join (
       select account, asset, max(version) as version from raw_entries group by account, asset) e using (account, asset)`,
    BEFORE_ACCOUNTS,
  );
}

/** Of books that nobody read before the load. */
export async function keepNothingBefore(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const tables = await RawTables.open(folder);
  try {
    await keepAsBefore(tables, folder);
  } finally {
    tables.close();
  }
}

/**
 * Writes the tables of the run folder, and what was there before beside them. Throws UserError where the rows make no books.
 */
export async function buildBooks(
  tables: RawTables,
  read: { readonly entries: ReadRows; readonly accounts: ReadRows | undefined },
  {
    before,
    runFolder,
    runId,
  }: { readonly before: string; readonly runFolder: string; readonly runId: string },
): Promise<BuiltBooks> {
  const { connection } = tables;
  const books = join(runFolder, BOOKS_FOLDER);
  mkdirSync(books, { recursive: true });
  if (before !== books)
    for (const file of [BEFORE_ENTRIES, BEFORE_ACCOUNTS])
      copyFileSync(join(before, file), join(books, file));
  const parquet = (file: string): string => `read_parquet(${literal(join(books, file))})`;
  await connection.run(`create view before_entries as from ${parquet(BEFORE_ENTRIES)}`);
  await connection.run(`create view before_accounts as from ${parquet(BEFORE_ACCOUNTS)}`);
  await refuseDoubles(tables);
  await refuseGaps(tables, read.entries.columns);
  await connection.run(BOOKED(read.entries.columns));
  const legs = await tables.number('select coalesce(max(legs), 0) from booked');
  if (legs > POSTINGS_MAX) {
    const reader = await connection.runAndReadAll(
      `select operation_id from booked where legs = ${legs} limit 1`,
    );
    const id = String(reader.getRowObjectsJson()[0]?.operation_id);
    throw new UserError(
      `operation ${id} has ${legs} postings in one booking, and at most ${POSTINGS_MAX} are read: tell bookings apart in a column 'entry'`,
    );
  }
  await connection.run(LEGS(read.entries.columns));
  await refuseCollisions(tables);
  const metadata = `kv_metadata {${literal(RUN_ID_KEY)}: ${literal(runId)}}`;
  const write = (sql: string, file: string): Promise<unknown> =>
    connection.run(
      `copy (${sql}) to ${literal(join(books, file))} (format parquet, compression zstd, ${metadata})`,
    );
  await write(ENTRIES(Math.max(LEGS_MAX, legs)), transfersPart(0));
  await write(read.accounts === undefined ? `${ACCOUNTS} limit 0` : ACCOUNTS, accountsPart(0));
  const names = join(runFolder, NAMES_FOLDER);
  mkdirSync(names, { recursive: true });
  await connection.run(
    `copy (select number as account, account as name, asset, coalesce(version, 0) as version_before
      from numbered left join before_accounts using (account, asset)) to ${literal(join(names, 'books.jsonl'))} (format json)`,
  );
  return {
    entries: await tables.number('select count(*) from booked'),
    accounts: await tables.number(`select count(*) from ${parquet(accountsPart(0))}`),
  };
}

/** Versions that some postings have and others have not order nothing. */
async function refuseGaps(tables: RawTables, columns: ReadonlySet<string>): Promise<void> {
  for (const name of ['position', 'version', 'balance_after']) {
    if (!columns.has(name)) continue;
    const reader = await tables.connection.runAndReadAll(
      `select count(*) as times, any_value(operation_id) as operation_id from raw_entries where ${name} is null and not pending`,
    );
    const [row] = reader.getRowObjectsJson();
    if (Number(row?.times ?? 0) > 0)
      throw new UserError(
        `${String(row?.times)} postings have no ${name}, one of operation ${String(row?.operation_id)}: where there is that column every posting has it`,
      );
  }
}

/** An account listed twice has two balances. */
async function refuseDoubles(tables: RawTables): Promise<void> {
  const reader = await tables.connection.runAndReadAll(
    'select account, asset from raw_accounts group by account, asset having count(*) > 1 limit 1',
  );
  const [row] = reader.getRowObjectsJson();
  if (row !== undefined)
    throw new UserError(
      `the account ${String(row.account)} (${String(row.asset)}) stands more than once in the books`,
    );
}

async function refuseCollisions(tables: RawTables): Promise<void> {
  const alike = await tables.number(
    'select count(*) from (select number from numbered group by number having count(*) > 1)',
  );
  if (alike > 0)
    throw new UserError(
      'two accounts have names with the same 52 bits of MD5: they cannot be told apart',
    );
}

const NUMBER = `${NAMED_ACCOUNTS} + ('0x' || right(md5(account || chr(0) || asset), 13))::bigint`;
const UUID = `'(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'`;
const ID = `case when regexp_full_match(operation_id, ${UUID}) then replace(lower(operation_id), '-', '')
  else md5(operation_id) end`;

/** Which of several rows that are alike came first, as far as anybody knows. */
const IN_ORDER = 'position nulls last, version nulls last, "at" nulls last, row_number';

/** Each booking with its number, and `parts`: the postings with the booking they belong to. */
const BOOKED = (columns: ReadonlySet<string>): string => {
  const copies = `
    with counted as (
      select operation_id, account, asset, amount_minor, pending, count(*) as times from mine group by all),
    times as (select operation_id, min(times) as least, max(times) as most from counted group by operation_id)
    select m.*, case when least = most and most > 1 then row_number() over (
        partition by m.operation_id, m.account, m.asset, m.amount_minor, m.pending order by ${IN_ORDER})
      else 1 end::varchar as booking
    from mine m join times using (operation_id)`;
  return `
    create table mine as select e.* from raw_entries e anti join before_entries b
      on b.operation_id = e.operation_id ${columns.has('entry') ? 'and b.entry is not distinct from e.entry' : ''};
    create table parts as ${columns.has('entry') ? `select *, coalesce(entry, '') as booking from mine` : copies};
    create table booked as
    select operation_id, booking, count(*) as legs, min("at") as at_us,
      sum(greatest(amount_minor, 0)) as amount, ${ID} as hex,
      row_number() over (order by min(position) nulls last, min("at") nulls last, min(row_number)) - 1 as lsn
    from parts group by operation_id, booking`;
};

/** Each leg as it is told, the versions of an account counted from where they stood before. */
const LEGS = (columns: ReadonlySet<string>): string => {
  const history = 'partition by p.account, p.asset order by b.lsn, p.row_number';
  const posted = 'case when p.pending then 0 else p.amount_minor end';
  return `
    create table numbered as
    select account, asset, ${NUMBER} as number from (
      select account, asset from parts union select account, asset from raw_accounts
      union select account, asset from before_accounts);
    create table legs as
    select b.lsn, p.account, p.asset, n.number, p.amount_minor as posting, p.pending,
      row_number() over (partition by b.lsn order by p.amount_minor, p.account, p.row_number) as leg,
      coalesce(p.balance_after, coalesce(o.balance_minor, 0)
        + sum(${posted}) over (${history} rows unbounded preceding)) as balance,
      ${columns.has('version') ? 'coalesce(p.version - coalesce(o.version, 0), 0)' : `row_number() over (${history})`} as version
    from parts p join booked b using (operation_id, booking) join numbered n using (account, asset)
      left join before_accounts o using (account, asset)`;
};

const LEG = (leg: number): string => {
  const of = (value: string): string => `max(${value}) filter (leg = ${leg})`;
  return `${of('number')}::bigint as account_${leg}, ${of('posting')}::bigint as posting_${leg},
    ${of('balance')}::bigint as balance_${leg}, ${of('version')}::uinteger as version_${leg},
    ${of(`case when pending then 'made' else 'posted' end`)} as pending_${leg}`;
};

const ENTRIES = (legs: number): string => `
  select 0 as shard, lsn::uinteger as lsn, ('0x' || left(any_value(hex), 16))::ubigint as id_hi,
    ('0x' || right(any_value(hex), 16))::ubigint as id_lo, 'post' as command, 'unrecognised' as kind,
    'created' as result, 'local' as role, 0 as peer, 'other' as channel, coalesce(any_value(at_us), 0)::bigint as timestamp_us,
    any_value(b.amount)::bigint as amount, null::ubigint as reference_hi, null::ubigint as reference_lo,
    null::uinteger as timeout_s, any_value(b.legs)::integer as legs,
    ${Array.from({ length: legs }, (_, leg) => LEG(leg + 1)).join(', ')}
  from booked b join legs using (lsn) group by lsn order by lsn`;

/** Accounts that were listed before and are no more hold nothing now: whoever adds up will notice. */
const ACCOUNTS = `
  select 0 as shard, n.number::bigint as account, coalesce(o.balance_minor, 0)::bigint as opening,
    coalesce(c.debits_pending, 0)::bigint as debits_pending, greatest(-coalesce(a.balance_minor, 0), 0)::bigint as debits_posted,
    coalesce(c.credits_pending, 0)::bigint as credits_pending, greatest(coalesce(a.balance_minor, 0), 0)::bigint as credits_posted,
    coalesce(a.version - coalesce(o.version, 0), c.changes, 0)::uinteger as version,
    case when coalesce(a.may_overdraw, o.may_overdraw) then 0 else 1 end::uinteger as flags
  from (from raw_accounts a) a full join (from before_accounts where is_listed) o using (account, asset)
    join numbered n using (account, asset)
    left join (
      select account, asset, count(*) filter (version > 0) as changes,
        sum(case when pending then greatest(-posting, 0) else 0 end) as debits_pending,
        sum(case when pending then greatest(posting, 0) else 0 end) as credits_pending
      from legs group by account, asset) c using (account, asset)
  order by account`;

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
