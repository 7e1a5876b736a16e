/** What a statement that failed throws in a script. */
import type { SqlFailure, SqlPhase } from '../../../ports/sql.js';

export class SqlError extends Error {
  /** The database's own: SQLSTATE of PostgreSQL, number of MySQL; else Node's (`ECONNRESET`), `timeout`, `lost`. */
  readonly code: string;
  readonly sqlState: string;
  readonly phase: SqlPhase;
  /** It has certainly not taken effect. Where it is false nobody knows. */
  readonly definite: boolean;
  /** It lost a race against another transaction. */
  readonly conflict: boolean;

  constructor(failure: SqlFailure) {
    super(`${failure.message} (${failure.code}, ${failure.phase})`);
    this.name = 'SqlError';
    this.code = failure.code;
    this.sqlState = failure.sqlState;
    this.phase = failure.phase;
    this.definite = failure.isDefinite;
    this.conflict = failure.isConflict;
  }
}
