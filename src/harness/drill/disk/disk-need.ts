/**
 * What a drill writes to disk, from how many operations it does: where an estimate before the start and a watch while it runs get
 * their numbers. Pure. Bytes an operation are measured, on scenarios/double-eleven.ts with all faults left out (every operation is acknowledged,
 * which is the most that is written of one); reports/README.md has the measurement.
 */
import { PLAIN_BYTES_MAX as BOOKS_PLAIN_BYTES_MAX } from '../../books/entries-writer.js';
import { PLAIN_BYTES_MAX as JOURNAL_PLAIN_BYTES_MAX } from '../../journal/packer.js';
import { COMPLETION_BYTES, INVOKE_BYTES, SEGMENT_RECORDS } from '../../records/journal-layout.js';
import type { ScenarioPlan } from '../../schedule/plan.js';
import { plannedIterationsUntil } from '../../schedule/planned-rate.js';
import type { Population } from '../../targets/stack-size.js';

/** Invokes and completions: as they are laid out, and packed. */
const JOURNAL = { plain: INVOKE_BYTES + COMPLETION_BYTES, packed: 31 };
/** The entries as the shards send them (a payment of two legs is 128, and on two shards each has its half), and packed. */
const BOOKS = { plain: 224, packed: 46 };
/** Journal and books at rest: 36 and 43. */
const PARQUET_BYTES = 80;
/** LMDB: the entries again, accounts, ids, what a start begins from, free pages. */
const STORE_BYTES = 260;
/** Of an account that was opened: as the shard sends it, and at rest. */
const ACCOUNT_BYTES = 56 + 6;
/** Report, log, histograms, what a law's query puts aside, and what others write meanwhile. */
export const MARGIN_BYTES = 128 * 2 ** 20;

/** How a drill is kept and on what it runs, as far as its disk is concerned. */
export interface DiskUse {
  /** Journal and books may stay, as Parquet. */
  readonly keepsRecords: boolean;
  /** Load workers. */
  readonly workers: number;
  /** Of the stack that the drill starts; undefined where it starts none. */
  readonly population: Population | undefined;
}

/** Written to the run folder, by its end, for so many operations. */
export function runFolderBytes(operations: number, use: DiskUse): number {
  return journalBytes(operations, use) + laterBytes(operations, use);
}

/** Of these, what is written when the load is over: books and Parquet files. */
export function laterBytes(operations: number, { keepsRecords, population }: DiskUse): number {
  const tables = keepsRecords ? operations * PARQUET_BYTES : 0;
  const books = packedBeyond(BOOKS_PLAIN_BYTES_MAX, operations, BOOKS);
  return books + tables + accountsOf(population) * ACCOUNT_BYTES;
}

/** What the journal grows by at once: it is packed later. */
export function growthBytes(operations: number): number {
  return operations * JOURNAL.plain;
}

/** What is not full yet is never packed: a segment of each worker. */
function journalBytes(operations: number, { workers }: DiskUse): number {
  const growing = workers * SEGMENT_RECORDS * JOURNAL.plain;
  return packedBeyond(JOURNAL_PLAIN_BYTES_MAX + growing, operations, JOURNAL);
}

function packedBeyond(
  plainBytesMax: number,
  operations: number,
  each: { readonly plain: number; readonly packed: number },
): number {
  const plain = Math.min(operations, plainBytesMax / each.plain);
  return plain * each.plain + (operations - plain) * each.packed;
}

/** Written by the shards of a stack that the drill starts, where they keep their books. */
export function storeBytes(operations: number, { population }: DiskUse): number {
  return population === undefined ? 0 : operations * STORE_BYTES;
}

/** Iterations that the plan makes due; what virtual users come to that only loop, their target decides: none here. */
export function plannedIterations(scenarios: readonly ScenarioPlan[]): number {
  return scenarios.reduce((sum, scenario) => sum + iterationsOf(scenario), 0);
}

function iterationsOf(scenario: ScenarioPlan): number {
  const { executor } = scenario;
  if (executor.name === 'shared-iterations') return executor.iterations;
  if (executor.name === 'per-vu-iterations') return executor.iterations * executor.vus;
  return plannedIterationsUntil(scenario, Number.MAX_SAFE_INTEGER);
}

function accountsOf(population: Population | undefined): number {
  return population === undefined ? 0 : population.users + population.merchants;
}
