/**
 * One transaction, from its BEGIN to its end. After a statement that lost a race, or with which the connection was lost, it is doomed:
 * some databases have rolled it back by then, and would run what comes next outside of it. So nothing more is asked in it.
 *
 *   begin -> statements -> commit | rollback
 */
import type { SqlConnection, SqlDialect, SqlResult, SqlRow } from '../../../ports/sql.js';
import type { Vu } from '../../../vu/virtual-user.js';
import type { ConnectionPool } from './connection-pool.js';
import { type ExecResult, execResult, firstRow } from './results.js';
import { runStatement } from './run-statement.js';
import { SqlError } from './sql-error.js';

export interface TransactionOwner {
  readonly vu: Vu;
  readonly dialect: SqlDialect;
  readonly pool: ConnectionPool;
  /** As `Background.block`, where the virtual user may ask. */
  blocking<T>(ask: () => Promise<T>): Promise<T>;
}

export class Transaction {
  readonly #owner: TransactionOwner;
  readonly #connection: SqlConnection;
  #isOver = false;
  #doom: SqlError | undefined;

  /** Of one that has begun on the connection. */
  constructor(owner: TransactionOwner, connection: SqlConnection) {
    this.#owner = owner;
    this.#connection = connection;
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

  commit(): Promise<void> {
    return this.#owner.blocking(() => this.end('commit'));
  }

  /** Of one that is over it does nothing. */
  rollback(): Promise<void> {
    return this.#owner.blocking(() => this.end('rollback'));
  }

  /** Without blocking: who calls it blocks. */
  async end(how: 'commit' | 'rollback'): Promise<void> {
    if (this.#isOver && how === 'rollback') return;
    if (this.#isOver) throw new Error('the transaction is over');
    const { pool } = this.#owner;
    const connection = this.#connection;
    if (how === 'commit' && this.#doom !== undefined) throw this.#doom;
    this.#isOver = true;
    try {
      if (how === 'commit') await this.#run('COMMIT', []);
      else await this.#rollBack();
    } catch (error) {
      // What of it is left on the connection is not known.
      if (this.#owner.dialect === 'mysql') connection.close();
      throw error;
    } finally {
      pool.give(connection);
    }
  }

  /** Where it does not come about by words it does by hanging up. */
  async #rollBack(): Promise<void> {
    if (!this.#connection.isOpen) return;
    try {
      await this.#run('ROLLBACK', []);
    } catch {
      this.#connection.close();
    }
  }

  #asked(text: unknown, values: readonly unknown[]): Promise<SqlResult> {
    return this.#owner.blocking(async () => {
      if (this.#isOver) throw new Error('the transaction is over');
      if (this.#doom !== undefined) throw this.#doom;
      try {
        return await this.#run(String(text), values);
      } catch (error) {
        const isSql = error instanceof SqlError;
        if (isSql && (error.conflict || !this.#connection.isOpen)) this.#doom = error;
        throw error;
      }
    });
  }

  #run(text: string, values: readonly unknown[]): Promise<SqlResult> {
    const statement = { text, values, isInTransaction: true };
    return runStatement(this.#owner.vu, this.#connection, statement);
  }
}
