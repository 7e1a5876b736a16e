/**
 * Types of `k6/x/sql`: a database as a protocol of its own, in the shape of k6's extension for SQL, with transactions besides.
 *
 *     import sql from 'k6/x/sql';
 *     import driver from 'k6/x/sql/driver/postgres';
 *     const db = sql.open(driver, 'postgres://postgres@127.0.0.1:5432/bank');
 *     export default function () {
 *       db.transaction({ isolation: 'serializable', retries: 5 }, (tx) => {
 *         tx.exec('UPDATE accounts SET balance = balance - $1 WHERE id = $2', 10, 1);
 *       });
 *     }
 *
 * Calls wait, as those of k6/http do; inside an `async` function each is awaited.
 */
declare module 'k6/x/sql' {
  /** Of `k6/x/sql/driver/postgres` or `k6/x/sql/driver/mysql`. */
  export interface Driver {
    readonly dialect: 'postgres' | 'mysql';
  }

  /**
   * Columns by name. BIGINT and NUMERIC are numbers where a number holds them exactly (whole numbers to 2^53, decimals of up to 15
   * digits), else texts. DATE is a text, a timestamp a Date, JSON what it says.
   */
  // biome-ignore lint/suspicious/noExplicitAny: only the script knows its tables
  export type Row = Record<string, any>;

  export interface ExecResult {
    rowsAffected(): number;
    /** Of MySQL, where a column counts up. PostgreSQL has `INSERT ... RETURNING`; there it throws. */
    lastInsertId(): number | string;
  }

  /** A failed statement throws it. */
  export class SqlError extends Error {
    /** SQLSTATE of PostgreSQL, number of MySQL; else Node's (`ECONNRESET`), `timeout`, `lost`, `not_allowed`. */
    readonly code: string;
    /** Empty where the database has said nothing. */
    readonly sqlState: string;
    readonly phase: 'connect' | 'statement' | 'commit';
    /**
     * What was asked has certainly not taken effect: of a transaction all of it. False where nobody knows: a connection that was lost
     * at COMMIT, or with a statement that was a transaction of its own.
     */
    readonly definite: boolean;
    /** It lost a race against another transaction (40001, 40P01; 1213, 1205, 1020): run again it may well succeed. */
    readonly conflict: boolean;
  }

  export interface Statements {
    /** Placeholders are `$1`, `$2` ... of PostgreSQL and `?` of MySQL. */
    query(text: string, ...values: unknown[]): Row[];
    /** The first row, or null. */
    queryRow(text: string, ...values: unknown[]): Row | null;
    exec(text: string, ...values: unknown[]): ExecResult;
  }

  /** Asked until it is over, or until a statement lost a race: then only `rollback` is of use. */
  export interface Transaction extends Statements {
    commit(): void;
    /** Of one that is over it does nothing. */
    rollback(): void;
  }

  export type Isolation =
    | 'read uncommitted'
    | 'read committed'
    | 'repeatable read'
    | 'serializable';

  export interface Database extends Statements {
    /** It holds a connection until it is ended, and at the latest until the next iteration asks. */
    begin(options?: { isolation?: Isolation }): Transaction;
    /**
     * Commits when the function returns, and returns what it did; rolls back when it throws. Where it lost a race it is run again with
     * back-off, `retries` (0) times at most.
     */
    transaction<Result>(body: (tx: Transaction) => Result): Result;
    transaction<Result>(
      options: { isolation?: Isolation; retries?: number },
      body: (tx: Transaction) => Result,
    ): Result;
    /** Ends its connections; the next statement makes new ones. */
    close(): void;
  }

  export interface OpenOptions {
    /** Of each virtual user at once. Default 1. */
    connections?: number;
    /** Milliseconds, or a duration. Default 5 s. */
    connectTimeout?: number | string;
    /** Of one statement; after that the connection is cut off. Default 10 s. */
    timeout?: number | string;
  }

  /**
   * In init code: connections are made by the first statement of each virtual user. `postgres://user:password@host:5432/database`,
   * `mysql://user:password@host:3306/database`, with `?sslmode=require` or `verify-full`. This machine, and hosts named with
   * `--allow-target`.
   */
  export function open(driver: Driver, address: string, options?: OpenOptions): Database;

  const sql: { open: typeof open; SqlError: typeof SqlError };
  export default sql;
}

declare module 'k6/x/sql/driver/postgres' {
  import type { Driver } from 'k6/x/sql';

  const driver: Driver;
  export default driver;
}

declare module 'k6/x/sql/driver/mysql' {
  import type { Driver } from 'k6/x/sql';

  const driver: Driver;
  export default driver;
}
