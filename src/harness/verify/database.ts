/**
 * The run folder as tables: DuckDB over the Parquet files of one run, with the names that laws speak of. A law sees
 *
 *   journal     one row per operation, as the client saw it          asked    those that can move money
 *   entries     one row per entry of the books                       effects  those by which an operation happened
 *   legs        one row per leg of an entry                          second_halves  the far side across shards
 *   accounts    one row per account, as it ended
 *   told_legs      what a script asked for leg by leg (worker, sequence, account, amount)
 *   account_names  names of accounts where they are not paydrill's (account, name), and the version that each had before the load
 *   earlier     ids that were in the books before the drill
 *   decisions   one row per decision of a risk engine that was in line; none where there was none
 *   counting    since when what fronts the target has counted what payers do, on the drill clock, or null (since_us)
 *   readings    by shard: ledger time when its books were read, or null (read_us)
 *
 * what derived-tables.ts makes where it is named, and the macros account_name, operation_id, money, clock, shard_of, without_slot,
 * is_clearing, is_of_shard, clearing_peer, and those of money-macros.ts where the plan says what was agreed about money. Reads these
 * files and no others: once they are views, DuckDB opens nothing else, whatever a query asks for. Memory is bounded; what does not fit
 * spills into a folder of the run, which is gone afterwards.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  DuckDBConnection,
  DuckDBInstance,
  DuckDBPreparedStatement,
  DuckDBResult,
  StatementType,
} from '@duckdb/node-api';
import { LEGS_MAX, RECORD_LEGS } from '../../wire/ledger-commands.js';
import { messageOf } from '../message-of.js';
import type { BooksExtent } from '../records/run-layout.js';
import type { MoneyRules, NeutralBooks } from '../records/target-facts.js';
import { accountMacros } from './account-macros.js';
import { DerivedTables } from './derived-tables.js';
import { accountNames, toldLegs } from './line-tables.js';
import { moneyMacros } from './money-macros.js';
import { productAccounts } from './product-views.js';
import { type Table, tablesOf } from './record-tables.js';
import {
  countingView,
  earlierView,
  legsOf,
  readingsView,
  TEXT_MACROS,
  viewsOf,
} from './run-views.js';
import { SPILL_FOLDER } from './spill.js';
import { literal } from './sql-text.js';
import { type Described, type Part, tableView, widened } from './table-view.js';
import { oneLine, UnreadableRunError } from './unreadable.js';

const MEMORY_LIMIT = '1400MB';

export type Row = Readonly<Record<string, unknown>>;

/** Raised for a query that cannot be answered: its words, or the data it is asked over. `message` is one line. */
export class QueryError extends Error {
  constructor(cause: unknown) {
    super(withoutPlace(messageOf(cause)), { cause });
    this.name = 'QueryError';
  }
}

/** DuckDB's error as one line, without the part of the query it points at from the line below. */
function withoutPlace(text: string): string {
  return text
    .replace(/^Failed to extract statements: /, '')
    .replace(/\n+LINE \d+:[\s\S]*$/, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
}

export interface DatabaseOptions {
  /** Without it there are no macros about money. */
  readonly money?: MoneyRules | undefined;
  /** Undefined: the books are the reference stack's. */
  readonly neutral?: NeutralBooks | undefined;
  /** See DrillRecord. */
  readonly countsSinceUs?: number | undefined;
  /** Default 2. */
  readonly threads?: number;
}

export class RunDatabase {
  /** The books are not the reference stack's. */
  readonly isForeign: boolean;
  /** The run folder. */
  readonly folder: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #derived: DerivedTables;
  readonly #spill: string;
  readonly #readingTypes: ReadonlySet<StatementType>;

  private constructor(
    instance: DuckDBInstance,
    parts: {
      readonly folder: string;
      readonly connection: DuckDBConnection;
      readonly spill: string;
      readonly isForeign: boolean;
      readonly hasMoney: boolean;
      readonly readingTypes: ReadonlySet<StatementType>;
    },
  ) {
    this.folder = parts.folder;
    this.#instance = instance;
    this.#connection = parts.connection;
    const plain = {
      run: (sql: string) => this.#run(sql),
      number: async (sql: string) => numberOf(await this.#rows(sql)),
    };
    this.#derived = new DerivedTables(plain, parts.hasMoney);
    this.#spill = parts.spill;
    this.isForeign = parts.isForeign;
    this.#readingTypes = parts.readingTypes;
  }

  /**
   * Opens the tables of a run folder; `shards`: how many have books in it, `before`: how many entries each had before the drill, `readAtUs`:
   * when they were read. Rejects with UnreadableRunError where a file is
   * missing, is not Parquet or has other columns.
   */
  static async open(
    folder: string,
    { shards, before = [], readAtUs = [] }: BooksExtent,
    { countsSinceUs, money, neutral, threads = 2 }: DatabaseOptions = {},
  ): Promise<RunDatabase> {
    const spill = join(folder, SPILL_FOLDER);
    const tables = tablesOf(folder, shards);
    // Loaded where something is asked: a run that the scan clears needs no database.
    const { DuckDBInstance, StatementType } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: MEMORY_LIMIT,
      temp_directory: spill,
    });
    const database = new RunDatabase(instance, {
      folder,
      connection: await instance.connect(),
      spill,
      isForeign: neutral !== undefined,
      hasMoney: money !== undefined,
      // Statements that change nothing. `describe`, `summarize` and `show` count as SELECT.
      readingTypes: new Set([StatementType.SELECT, StatementType.EXPLAIN]),
    });
    try {
      await database.run(accountNames(folder));
      await database.run(toldLegs(folder));
      const hasNames = (await database.number('select count(*) from account_names')) > 0;
      const macros = [
        ...TEXT_MACROS,
        ...accountMacros(shards, { hasNames }),
        ...(money ? moneyMacros(money) : []),
      ];
      for (const macro of macros) await database.run(macro);
      const described = new Map<string, readonly Described[]>();
      for (const table of tables) described.set(table.name, await database.#addTable(table));
      const place = neutral?.ordersByVersion === true ? 'version_#' : 'lsn';
      const most = await database.#mostLegs();
      const legs = Math.min(legsOf(described.get('entries') ?? []), Math.max(RECORD_LEGS, most));
      for (const view of viewsOf(legs, place)) await database.run(view);
      await database.run(productAccounts(money?.products ?? []));
      await database.run(earlierView(before));
      await database.run(readingsView(shards, readAtUs));
      await database.run(countingView(countsSinceUs));
      await database.#lock(tables.flatMap(({ files }) => files));
    } catch (cause) {
      database.close();
      throw cause;
    }
    return database;
  }

  /** Rejects with QueryError, as all that follow do. */
  async run(sql: string): Promise<void> {
    await this.#derived.before(sql);
    await this.#run(sql);
  }

  /** All rows; 64-bit integers come as decimal text. */
  async rows(sql: string): Promise<readonly Row[]> {
    await this.#derived.before(sql);
    return this.#rows(sql);
  }

  /** The one number a query returns; null counts as 0. */
  async number(sql: string): Promise<number> {
    return numberOf(await this.rows(sql));
  }

  async #run(sql: string): Promise<void> {
    await answered(this.#connection.run(sql));
  }

  async #rows(sql: string): Promise<readonly Row[]> {
    const reader = await answered(this.#connection.runAndReadAll(sql));
    return reader.getRowObjectsJson();
  }

  /**
   * The rows of one statement that only reads, as they come: not held in memory. 64-bit integers and decimals come as text.
   * Rejects with QueryError also for what is not one, before anything of it is done.
   */
  async read(sql: string): Promise<Reading> {
    const result = await answered(this.#reading(sql).then((prepared) => prepared.stream()));
    return {
      columns: result.deduplicatedColumnNames(),
      chunks: chunksOf(result),
    };
  }

  /** The columns of a query of integers below 2^53 or doubles, some rows at a time. */
  async *columns(sql: string): AsyncGenerator<readonly (readonly number[])[]> {
    await this.#derived.before(sql);
    const result = await answered(this.#connection.stream(sql));
    try {
      for await (const chunk of result)
        yield chunk.getColumns().map((values) => values.map(Number));
    } catch (cause) {
      throw new QueryError(cause);
    }
  }

  async #reading(sql: string): Promise<DuckDBPreparedStatement> {
    await this.#derived.before(sql);
    // DuckDB has no answer to a text without a statement.
    const statements = /\S/.test(sql) ? await this.#connection.extractStatements(sql) : undefined;
    const prepared = statements?.count === 1 ? await statements.prepare(0) : undefined;
    if (prepared !== undefined && this.#readingTypes.has(prepared.statementType)) return prepared;
    throw new Error(
      'it must be one statement that only reads (select, from, with, describe, explain)',
    );
  }

  /** How many rows the query returns, and the first of them; the others stay in the database. */
  async violations(
    sql: string,
  ): Promise<{ readonly count: number; readonly first: Row | undefined }> {
    await this.run(`create or replace temp table violations as ${sql}`);
    const count = await this.number('select count(*) from violations');
    const [first] = await this.rows('from violations limit 1');
    return { count, first };
  }

  /**
   * The same of a query that nobody has tried: it may only read, what it returns is counted as it comes and never kept, and it is
   * stopped after so many seconds.
   */
  violationsWithin(
    sql: string,
    limitS: number,
  ): Promise<{ readonly count: number; readonly first: Row | undefined }> {
    return this.within(limitS, async () => {
      const { columns, chunks } = await this.read(sql);
      let count = 0;
      let first: Row | undefined;
      for await (const chunk of chunks) {
        count += chunk.length;
        const [values] = chunk;
        if (values !== undefined)
          first ??= Object.fromEntries(columns.map((name, at) => [name, values[at]]));
      }
      return { count, first };
    });
  }

  /** What is asked meanwhile is stopped after so many seconds, and rejects with QueryError. */
  async within<Answer>(limitS: number, ask: () => Promise<Answer>): Promise<Answer> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.interrupt();
    }, limitS * 1000);
    try {
      return await ask();
    } catch (cause) {
      if (!isLate) throw cause;
      throw new QueryError(new Error(`it had not ended after ${limitS} s`));
    } finally {
      clearTimeout(timer);
    }
  }

  /** From here on `legs` holds those of these accounts only; undefined = all. */
  async narrowLegs(accounts: readonly number[] | undefined): Promise<void> {
    const where =
      accounts === undefined ? '' : `where account in (${[-1, ...accounts].join(', ')})`;
    await this.run(`create or replace view legs as from all_legs ${where}`);
  }

  /** Returns the columns of its first part. */
  async #addTable({ all, files, name, specs }: Table): Promise<readonly Described[]> {
    const parts: Part[] = [];
    for (const path of files) parts.push({ path, columns: await this.#describe(path) });
    const columns = parts[0]?.columns ?? [];
    const stored = specs(columns);
    const lacking = all.slice(stored.length);
    const isWhole = lacking.length === 0;
    await this.run(tableView(isWhole ? name : `${name}_as_stored`, parts, stored));
    if (!isWhole) await this.run(widened(name, `${name}_as_stored`, lacking));
    return columns;
  }

  /** Of an entry; where the file cannot say, whoever asks it next is told why. */
  async #mostLegs(): Promise<number> {
    return this.number('select max(legs) from entries').catch(() => LEGS_MAX);
  }

  /** Rejects with UnreadableRunError where the file is missing or is not Parquet. */
  async #describe(path: string): Promise<Described[]> {
    try {
      const rows = await this.rows(`describe from read_parquet(${literal(path)})`);
      return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
    } catch (cause) {
      throw new UnreadableRunError(oneLine(cause), { cause });
    }
  }

  /** From here on no file is opened but `files`, to read, and the spill folder's; no query can change that. */
  async #lock(files: readonly string[]): Promise<void> {
    await this.run(`set allowed_paths = [${files.map(literal).join(', ')}]`);
    await this.run('set enable_external_access = false');
    await this.run('set lock_configuration = true');
  }

  /** Stops what is running; the call that runs it rejects. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.#spill, { recursive: true, force: true });
  }
}

/** Rows that come by and by. */
export interface Reading {
  /** No two are the same. */
  readonly columns: readonly string[];
  /** Some rows each, with their values in the order of `columns`. */
  readonly chunks: AsyncIterable<readonly (readonly unknown[])[]>;
}

async function* chunksOf(result: DuckDBResult): AsyncGenerator<readonly (readonly unknown[])[]> {
  try {
    yield* result.yieldRowsJson();
  } catch (cause) {
    throw new QueryError(cause);
  }
}

async function answered<Answer>(query: Promise<Answer>): Promise<Answer> {
  try {
    return await query;
  } catch (cause) {
    throw new QueryError(cause);
  }
}

function numberOf([row]: readonly Row[]): number {
  return Number(Object.values(row ?? {})[0] ?? 0);
}
