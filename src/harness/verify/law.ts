/**
 * What a law is: a statement about journal and books, and a query that returns whatever breaks it, one row per
 * violation (as dbt tests do). A row has the column `problem`, in words that follow the name of the operation, and
 * `id_hi`, `id_lo` where it is about one. The tables are those of database.ts. Laws know nothing of each other.
 */
import type { ScanFacts } from './scan/facts.js';

/** What a law is promised to hold over; a target that promises less is not held to it. */
export type LawScope = 'operation' | 'account' | 'shard' | 'books';

export interface Law {
  readonly name: string;
  /** One sentence, as `paydrill laws` prints it. */
  readonly statement: string;
  readonly scope: LawScope;
  /** Returns the violations. */
  readonly sql: string;
  /** Returns one number: how many things were asked about. 0 = nothing could have broken it. */
  readonly checkedSql: string;
  /** What was missing where `checkedSql` says 0. */
  readonly exercisedBy: string;
  /**
   * What a scan of the whole run says: 0 only where the query would return nothing. Where it is undefined, or not
   * zero, the query decides.
   */
  readonly suspicions: (facts: ScanFacts) => number;
  readonly checked: (facts: ScanFacts) => number;
  /** The query follows each account by itself: where the scan names all suspicious accounts, only those are asked about. */
  readonly byAccount?: boolean;
}

/** `select 'x' ... ` lists for SQL: the names as literals. */
export function names(list: readonly string[]): string {
  return list.map((name) => `'${name}'`).join(', ');
}
