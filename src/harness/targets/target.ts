/**
 * The system under test, as the conductor, the scripts and the laws see it: how virtual users reach it, where its books come
 * from, what they can show, what it promised, what of it can be broken. What only one kind of target has (shards, placement,
 * Bolt) stays inside that kind.
 */

import type { TargetPorts } from '../../wire/address.js';
import type { BooksSource } from '../books/books-source.js';
import type { CommandHandle, LinkHandle, ProcessHandle } from '../faults/fault.js';
import type { TargetFacts } from '../records/target-facts.js';

export interface Breakable {
  /** Names that a fault plan may use. */
  readonly links: readonly string[];
  readonly processes: readonly string[];
  readonly commands: readonly string[];
  link(name: string): LinkHandle;
  process(name: string): ProcessHandle;
  command(name: string): CommandHandle;
}

/** Whether a target came to rest: nothing in flight, no operation between its steps. */
export interface Rest {
  readonly atRest: boolean;
  /** What was not, one line each: `shard-1 has 3 operations between their steps`. */
  readonly missing: readonly string[];
  /** Since when what fronts it has counted what payers do without forgetting any, ms on the drill clock; undefined where it does not say. */
  readonly countsSinceMs?: number | undefined;
}

export interface Target {
  /** `pay` undefined: the script does not pay. */
  readonly ports: { readonly pay: TargetPorts | undefined };
  /** Undefined: nothing can be said about its ledger. */
  readonly books: BooksSource | undefined;
  /** Its name, evidence, promises and labels. */
  readonly facts: TargetFacts;
  /** What plan.json keeps of it beside its facts: how it is laid out. */
  readonly layout: object;
  readonly breakable: Breakable;
  /** Ids by name of what runs for it on this machine, as far as the drill started it. */
  processes(): ReadonlyMap<string, number>;
  /** Waits for rest until the signal aborts. Never rejects for a target that does not answer: that is what is missing. */
  settled(signal: AbortSignal): Promise<Rest>;
  /** Ends what this drill started. Safe to call more than once. */
  close(): Promise<void>;
}
