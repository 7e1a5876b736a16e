/** What a reader asks of a database, whichever wire it speaks. */
import type { Rows } from '../raw-tables.js';

/** A connection in a transaction that only reads, and in which nothing changes. */
export interface Snapshot {
  /** The query's rows; ends before the next is asked for. */
  rows(sql: string): Promise<Rows>;
  /** Safe to call more than once. */
  close(): Promise<void>;
}
