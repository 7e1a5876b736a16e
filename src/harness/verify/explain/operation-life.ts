/**
 * The life of one operation, as journal, books, faults and laws tell it: plain data, the format of `paydrill explain --json` and
 * what the pages are made from. Times ending in `_us` are microseconds on the drill's clock.
 */

/** A 64-bit integer: a number where that is exact, its digits where it is not. Amounts are minor units. */
export type Figure = number | string;

export const LIFE_SCHEMA = 'paydrill.explain/1';

export interface OperationLife {
  readonly schema: typeof LIFE_SCHEMA;
  readonly id: string;
  /** What was asked under the id, once for each row of the journal, first first; empty where nobody asked. */
  readonly asked: readonly Asked[];
  /** Entries under the id or that refer to it, by time. */
  readonly entries: readonly Entry[];
  /** Entries there are beside those that are listed. */
  readonly entries_left_out: number;
  readonly related: readonly Related[];
  /** Faults felt between its first invocation and its end. */
  readonly faults: readonly ActiveFault[];
  readonly broken: readonly BrokenLaw[];
  /** What could not be told, one line each. */
  readonly notes: readonly string[];
  /** When the load began; null where the folder does not say. */
  readonly load_started_us: number | null;
}

export interface Asked {
  /** In words: `payment <id> of 12.34 from user:7 to merchant:3`. */
  readonly title: string;
  readonly kind: string;
  readonly channel: string;
  readonly account: string;
  readonly counterparty: string | null;
  readonly amount: Figure;
  /** The id it refers to. */
  readonly reference: string | null;
  readonly timeout_s: number | null;
  readonly worker: number;
  readonly scenario: number;
  /** When the schedule said, and when it was handed to the driver. */
  readonly intended_us: Figure;
  readonly invoked_us: Figure;
  readonly outcome: string;
  /** Null, as all that follow, where it was never answered. */
  readonly result: string | null;
  readonly completed_us: Figure | null;
  /** Sendings. */
  readonly attempts: number | null;
  /** The sending that was answered. */
  readonly sent_us: Figure | null;
  /** `look_up`: nobody answered, and it was asked about after the load. */
  readonly resolution: string | null;
  /** The ledger's time of the effect, on the drill's clock. */
  readonly effect_us: Figure | null;
  readonly receipt: readonly {
    readonly account: string;
    readonly balance: Figure;
    readonly version: number;
  }[];
}

export interface Entry {
  /** Null where nothing ties the ledger's time to the drill's clock. */
  readonly at_us: Figure | null;
  /** The ledger's own: microseconds since the Unix epoch. */
  readonly timestamp_us: Figure;
  readonly shard: number;
  readonly lsn: number;
  /** That of another operation where the entry only refers to this one. */
  readonly id: string;
  readonly command: string;
  readonly kind: string;
  readonly role: string;
  readonly peer: number;
  readonly result: string;
  readonly amount: Figure;
  readonly reference: string | null;
  readonly legs: readonly Leg[];
}

export interface Leg {
  readonly account: string;
  readonly posting: Figure;
  /** `posted`, `made`, `confirmed` or `released`. */
  readonly pending: string;
  readonly balance: Figure;
  readonly version: number;
}

export interface Related {
  readonly id: string;
  readonly how: 'it refers to' | 'refers to it';
  /** In words, with what the client was told; without the journal's, only what the books name it. */
  readonly text: string;
}

export interface ActiveFault {
  /** Its number in the summary, from 1. */
  readonly fault: number;
  readonly kind: string;
  readonly target: string;
  readonly applied_us: Figure;
  /** Null where it was never healed. */
  readonly healed_us: Figure | null;
}

export interface BrokenLaw {
  readonly name: string;
  readonly statement: string;
  /** In the run folder, that of a law somebody added; null for one of paydrill's own. */
  readonly file: string | null;
  /** What is wrong with this operation, one line for each row that the law's query returned. */
  readonly problems: readonly string[];
  readonly sql: string;
  /** Its query is that for books that are no reference stack's. */
  readonly neutral?: true;
}
