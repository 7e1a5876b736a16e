/**
 * Books of a ledger that is not paydrill's, as its owner says where they stand: rows of postings and of accounts, by query, over
 * HTTP or in files, with the columns of the neutral schema. Plain data.
 */

/** Executable and arguments, no shell in between. */
export type Command = readonly string[];

/**
 * `entries`: a row for each posting, with these columns:
 *   operation_id    as the client gave it
 *   account         as the script calls it
 *   amount_minor    a whole number; credits above 0, debits below
 *   asset?          default CNY
 *   entry?          what belongs together in one booking; without it the rows of an operation are one booking, or as many as each of them stands there
 *   position?       a number by which what happened later is higher, over the whole books
 *   version?        of the account: 1, 2, 3 ..., one more with every posting
 *   balance_after?  of the account
 *   at?             when, a timestamp or microseconds since 1970
 *   pending?        true: reserved, not posted
 * `accounts`: a row for each:
 *   account, asset?, balance_minor, may_overdraw? (default false), version?
 *
 * They are read twice: before the load, for what is there already and what the accounts hold, and when all is at rest.
 */
export interface BooksSpec {
  readonly entries: RowsSource;
  readonly accounts?: RowsSource;
}

export type RowsSource = SqlRows | HttpRows | FileRows;

/** One query, read by a cursor; entries and accounts of one database come from one snapshot. */
export interface SqlRows {
  /** A name of `databases`, or a connection URL. */
  readonly database: string;
  readonly sql: string;
}

/** Pages of JSON. */
export interface HttpRows {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Path of the list in the answer, `data.items`; absent: the answer is the list. */
  readonly rows?: string;
  /** Path of what the next page is asked with, put into the query parameter `parameter`; the last page has none there. */
  readonly next?: { readonly path: string; readonly parameter: string };
  /** Column -> path in a row; absent: they have the names of the columns. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** CSV, JSON lines or Parquet, by the ending of its name; `*` stands for any text. */
export interface FileRows {
  readonly file: string;
  /** Writes the file, each time before it is read: an export. */
  readonly command?: Command;
  /** Column -> name in the file. */
  readonly columns?: Readonly<Record<string, string>>;
}
