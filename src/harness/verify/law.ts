/**
 * What a law is: a statement about journal and books, and a query that returns whatever breaks it, one row per
 * violation (as dbt tests do). A row has the column `problem`, in words that follow the name of the operation, and
 * `id_hi`, `id_lo` where it is about one. The tables are those of database.ts. Laws know nothing of each other but their
 * names, and nothing of the prefilter, which knows some of them by name.
 */
import type { Evidence, NeutralBooks } from '../records/target-facts.js';
import type { RunDatabase } from './database.js';
import type { PromiseName } from './promises.js';

export interface Law {
  readonly name: string;
  /** One sentence, as `paydrill laws` prints it. */
  readonly statement: string;
  /** The least that the books must show; with less the law is not asked. */
  readonly needs: Evidence;
  /** A target that does not promise this is not held to the law. */
  readonly tests: PromiseName;
  /** It derives from what was agreed about money, or of it what risk control declines: where that is not known it is not asked. */
  readonly derivesFrom?: 'money' | 'risk';
  /** What it forbids is allowed while operations are between their steps. */
  readonly onlyAtRest: boolean;
  /** Laws before it in the registry whose breach can break this one too. */
  readonly consequenceOf: readonly string[];
  /** What could go unseen where it is not asked: `a payment that was charged twice`. */
  readonly unseen: string;
  /** Returns the violations. Ask with `sqlOf`. */
  readonly sql: string;
  /** Makes the tables that the query reads beside those of the run. Rejects with QueryError. */
  readonly prepare?: (database: RunDatabase) => Promise<void>;
  /** Returns one number: how many things were asked about. 0 = nothing could have broken it. */
  readonly checkedSql: string;
  /** What was missing where `checkedSql` says 0. */
  readonly exercisedBy: string;
  /** The query follows each account by itself: where only some accounts are suspicious, it is asked about those. */
  readonly byAccount?: boolean;
  /** Absent: it is about what only the reference stack's books have. */
  readonly neutral?: NeutralForm;
  /** Seconds that its query may take, and it is stopped and the law undecided; absent: no limit. Nothing it does but reading is done. */
  readonly queryLimitS?: number;
}

/** A law as it is asked of books in the neutral schema (NeutralBooks). What is left out is the law's own. */
export interface NeutralForm {
  readonly evidence?: Evidence;
  readonly sql?: (books: NeutralBooks) => string;
  readonly checkedSql?: (books: NeutralBooks) => string;
  readonly exercisedBy?: string;
  /** Without all of them the law is not asked. */
  readonly needs?: readonly (keyof typeof NEUTRAL_NEEDS)[];
}

/** What books in the neutral schema may lack: a clause after `books in which`, and whether these have it. */
export const NEUTRAL_NEEDS = {
  accounts: {
    words: 'the accounts stand with their balances',
    isMet: ({ hasAccounts }: NeutralBooks): boolean => hasAccounts,
  },
  'double-entry': {
    words: 'every booking sums to zero',
    isMet: ({ doubleEntry }: NeutralBooks): boolean => doubleEntry,
  },
};

/** The law as it is asked of these books; `neutral` undefined: of the reference stack's. */
export function formOf(law: Law, neutral: NeutralBooks | undefined): Law {
  if (neutral === undefined || law.neutral === undefined) return law;
  const { evidence, sql, checkedSql, exercisedBy } = law.neutral;
  return {
    ...law,
    needs: evidence ?? law.needs,
    sql: sql?.(neutral) ?? law.sql,
    checkedSql: checkedSql?.(neutral) ?? law.checkedSql,
    exercisedBy: exercisedBy ?? law.exercisedBy,
  };
}

/** The law's query, once what it reads has been made. */
export async function sqlOf({ prepare, sql }: Law, database: RunDatabase): Promise<string> {
  await prepare?.(database);
  return sql;
}
