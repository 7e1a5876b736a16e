/** A database as one virtual user sees it: what it asks blocks it, as every call of k6 does. */
import type {
  SqlConnection,
  SqlDialect,
  SqlResult,
  SqlRow,
  SqlSource,
} from '../../../ports/sql.js';
import { neverReturns } from '../../../vu/interrupted-error.js';
import { isFunction } from '../../../vu/script-values.js';
import type { Vu } from '../../../vu/virtual-user.js';
import { ConnectionPool } from './connection-pool.js';
import { type Isolation, type TransactionParams, transactionParams } from './params.js';
import { type ExecResult, execResult, firstRow } from './results.js';
import { runStatement } from './run-statement.js';
import { SqlError } from './sql-error.js';
import { Transaction, type TransactionOwner } from './transaction.js';

type Body = (tx: Transaction) => unknown;

export class Database {
  readonly #owner: TransactionOwner;

  constructor(vu: Vu, of: { readonly source: SqlSource; readonly connections: number }) {
    const { source, connections } = of;
    this.#owner = {
      vu,
      dialect: source.dialect,
      pool: new ConnectionPool(vu, source, connections),
      blocking: (ask) => blocking(vu, ask),
    };
  }

  async query(text: unknown, ...values: unknown[]): Promise<readonly SqlRow[]> {
    return (await this.#asked(text, values)).rows;
  }

  /** Null where there is none. */
  async queryRow(text: unknown, ...values: unknown[]): Promise<SqlRow | null> {
    return firstRow(await this.#asked(text, values));
  }

  async exec(text: unknown, ...values: unknown[]): Promise<ExecResult> {
    return execResult(await this.#asked(text, values));
  }

  begin(params?: unknown): Promise<Transaction> {
    const { isolation } = transactionParams('begin', params);
    return this.#owner.blocking(() => this.#begin(isolation));
  }

  /**
   * Commits when the function returns, and gives what it returned; rolls back when it throws. Where it lost a race it is run again,
   * `retries` times at most.
   */
  transaction(...given: [params: unknown, body: unknown] | [body: unknown]): Promise<unknown> {
    const body = given.at(-1);
    if (!isFunction(body))
      throw new TypeError('db.transaction() takes options where they are wanted, and a function');
    const params = transactionParams('transaction', given.length > 1 ? given[0] : undefined);
    return this.#owner.blocking(() => this.#transaction(params, body));
  }

  /** Its connections; the next statement makes new ones. */
  close(): void {
    this.#owner.pool.closeAll();
  }

  #asked(text: unknown, values: readonly unknown[]): Promise<SqlResult> {
    const { vu, pool, blocking } = this.#owner;
    return blocking(async () => {
      const connection = await pool.take();
      try {
        return await runStatement(vu, connection, {
          text: String(text),
          values,
          isInTransaction: false,
        });
      } finally {
        pool.give(connection);
      }
    });
  }

  async #transaction({ isolation, retries }: TransactionParams, body: Body): Promise<unknown> {
    const { vu } = this.#owner;
    for (let attempts = 1; ; attempts++) {
      try {
        return await this.#attempt(isolation, body);
      } catch (error) {
        if (!(error instanceof SqlError) || !error.conflict || !error.definite) throw error;
        if (attempts > retries) throw error;
        await vu.timers.wait(vu.thread.host.sql.retryMs(attempts));
      }
    }
  }

  async #attempt(isolation: Isolation | undefined, body: Body): Promise<unknown> {
    const { turns } = this.#owner.vu.background;
    const tx = await this.#begin(isolation);
    let result: unknown;
    try {
      // While the script's function runs, the call does not block: statements in it do.
      result = await turns.callBack(() => body(tx));
      await tx.end('commit');
    } catch (error) {
      await tx.end('rollback');
      throw error;
    }
    return result;
  }

  async #begin(isolation: Isolation | undefined): Promise<Transaction> {
    const { vu, dialect, pool } = this.#owner;
    const connection = await pool.take();
    try {
      for (const text of beginning(dialect, isolation))
        await runStatement(vu, connection, { text, values: [], isInTransaction: true });
    } catch (error) {
      this.#giveUp(connection);
      throw error;
    }
    return new Transaction(this.#owner, connection);
  }

  #giveUp(connection: SqlConnection): void {
    connection.close();
    this.#owner.pool.give(connection);
  }
}

function beginning(dialect: SqlDialect, isolation: Isolation | undefined): readonly string[] {
  if (isolation === undefined) return ['BEGIN'];
  const level = `ISOLATION LEVEL ${isolation.toUpperCase()}`;
  return dialect === 'postgres' ? [`BEGIN ${level}`] : [`SET TRANSACTION ${level}`, 'BEGIN'];
}

function blocking<T>(vu: Vu, ask: () => Promise<T>): Promise<T> {
  if (vu.initialising)
    throw new Error('a database cannot be asked in init code: ask it in setup(), or an iteration');
  if (vu.interrupted) return neverReturns();
  return vu.background.block(ask);
}
