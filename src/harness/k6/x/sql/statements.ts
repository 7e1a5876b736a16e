/** Statements in the shapes that scripts know, whoever runs them: a database, or one of its transactions. */
import type { SqlResult, SqlRow } from '../../../ports/sql.js';

export interface ExecResult {
  rowsAffected(): number;
  /** Of MySQL; PostgreSQL has `RETURNING` in its place. */
  lastInsertId(): number | string;
}

type Ask = (text: string, values: readonly unknown[]) => Promise<SqlResult>;

export class Statements {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async query(text: unknown, ...values: unknown[]): Promise<readonly SqlRow[]> {
    return (await this.#ask(String(text), values)).rows;
  }

  /** Null where there is none. */
  async queryRow(text: unknown, ...values: unknown[]): Promise<SqlRow | null> {
    const { rows } = await this.#ask(String(text), values);
    return rows[0] ?? null;
  }

  async exec(text: unknown, ...values: unknown[]): Promise<ExecResult> {
    const { rowsAffected, lastInsertId } = await this.#ask(String(text), values);
    return {
      rowsAffected: () => rowsAffected,
      lastInsertId: () => {
        if (lastInsertId !== undefined) return lastInsertId;
        throw new Error('there is no lastInsertId: query with INSERT ... RETURNING id');
      },
    };
  }
}
