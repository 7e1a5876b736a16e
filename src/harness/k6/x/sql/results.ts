/** Results in the shapes that scripts know. */
import type { SqlResult, SqlRow } from '../../../ports/sql.js';

export interface ExecResult {
  rowsAffected(): number;
  /** Of MySQL; PostgreSQL has `RETURNING` in its place. */
  lastInsertId(): number | string;
}

export function execResult({ rowsAffected, lastInsertId }: SqlResult): ExecResult {
  return {
    rowsAffected: () => rowsAffected,
    lastInsertId: () => {
      if (lastInsertId !== undefined) return lastInsertId;
      throw new Error('there is no lastInsertId: query with INSERT ... RETURNING id');
    },
  };
}

export function firstRow({ rows }: SqlResult): SqlRow | null {
  return rows[0] ?? null;
}
