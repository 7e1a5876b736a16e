/** What each protocol of a database brings, and what it is given. */
import type { ConnectionOptions } from 'node:tls';
import type { SqlAnswer, SqlDialect, SqlStatement } from '../ports/sql.js';
import type { SqlFault } from './classify.js';
import type { DataSource } from './data-source.js';

/** What a driver found out about an error of its library. */
export interface DriverFault extends Omit<SqlFault, 'dialect'> {
  readonly message: string;
  /** Node's, where the database said nothing. */
  readonly errno: string;
}

/** One connection, as its library has it. */
export interface SqlDriver {
  readonly dialect: SqlDialect;
  /** Rejects with the library's error. */
  run(statement: SqlStatement): Promise<SqlAnswer>;
  faultOf(error: unknown): DriverFault;
  /** At once, without a word to the database. */
  destroy(): void;
}

/** What a connection is made of. */
export interface Dialled {
  readonly source: DataSource;
  /** An address. */
  readonly host: string;
  /** Undefined: without TLS. */
  readonly tls: ConnectionOptions | undefined;
  readonly timeoutMs: number;
  /** Aborted: it is given up. */
  readonly signal: AbortSignal;
}

/** In place of Node's code, where there is none. */
export const LOST = 'lost';
