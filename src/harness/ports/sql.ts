/**
 * The way from a script's SQL to a database. What a transaction is, and when it is run again, is the script module's. Types only.
 *
 *   script --db.query()--> k6/x/sql --run(statement)--> SqlConnection --> database
 *          <-- rows, SqlError ---'  <-- SqlAnswer ------------------'
 */

export type SqlDialect = 'postgres' | 'mysql';

/** How far it had got when it failed. */
export type SqlPhase = 'connect' | 'statement' | 'commit';

export interface SqlFailure {
  readonly message: string;
  /** The database's own: SQLSTATE of PostgreSQL, number of MySQL; else Node's, `timeout`, or `lost`. */
  readonly code: string;
  /** Empty where the database has not said it. */
  readonly sqlState: string;
  readonly phase: SqlPhase;
  /** What was asked has certainly not taken effect. */
  readonly isDefinite: boolean;
  /** It lost a race against another transaction: run again as a whole it may well succeed. */
  readonly isConflict: boolean;
}

/** Columns by name. */
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlResult {
  readonly isOk: true;
  readonly rows: readonly SqlRow[];
  readonly rowsAffected: number;
  /** Of MySQL, where a column counts up; a text where a number cannot hold it. */
  readonly lastInsertId: number | string | undefined;
}

export interface SqlFailed {
  readonly isOk: false;
  readonly failure: SqlFailure;
}

export type SqlAnswer = SqlResult | SqlFailed;

export interface SqlStatement {
  readonly text: string;
  /** Its first word, in lower case: `select`. */
  readonly verb: string;
  /** Of its placeholders: `$1` of PostgreSQL, `?` of MySQL. */
  readonly values: readonly unknown[];
  /** Begun and not ended yet; else it is a transaction of its own. */
  readonly isInTransaction: boolean;
}

/** One connection of one virtual user. */
export interface SqlConnection {
  /** False once it was lost, or cut off because a statement took too long. */
  readonly isOpen: boolean;
  /** Never rejects: what went wrong is the answer. One at a time. */
  run(statement: SqlStatement): Promise<SqlAnswer>;
  /** Cuts it off. */
  close(): void;
}

export interface SqlSource {
  readonly dialect: SqlDialect;
  /** `postgres://user:password@host:port/database` */
  readonly address: string;
  readonly connectTimeoutMs: number;
  /** Of one statement. */
  readonly timeoutMs: number;
}

export type SqlConnected = { readonly isOk: true; readonly connection: SqlConnection } | SqlFailed;

/** Makes the connections of one worker thread. */
export interface SqlPort {
  /** Never rejects. */
  connect(source: SqlSource): Promise<SqlConnected>;
  /** How long a transaction rests before its next attempt: full jitter. `attempts`: so far. */
  retryMs(attempts: number): number;
}
