/**
 * What a drill writes to disk, from how many operations it does: where an estimate before the start and a watch while it runs get
 * their numbers. Pure. Bytes an operation are measured, on scenarios/double-eleven.ts with all faults left out (every operation is acknowledged,
 * which is the most that is written of one); reports/README.md has the measurement.
 */
import type { ScenarioPlan } from '../../schedule/plan.js';
import { plannedIterationsUntil } from '../../schedule/planned-rate.js';
import type { Population } from '../../targets/stack-size.js';

/** While the load runs: invokes and completions, as they are laid out (records/journal-layout.ts). */
const JOURNAL_BYTES = 208;
/** The entries as the shards send them: 224 for each of two legs' payments, of which some are halves on two shards. */
const BOOKS_BYTES = 240;
/** Journal and books at rest: 36 and 43. */
const PARQUET_BYTES = 80;
/** LMDB: the entries again, accounts, ids, free pages. */
const STORE_BYTES = 250;
/** Of an account that was opened: as the shard sends it, and at rest. */
const ACCOUNT_BYTES = 56 + 6;
/** Report, log, histograms, what a law's query puts aside, and what others write meanwhile. */
export const MARGIN_BYTES = 128 * 2 ** 20;

/** How a drill is kept and on what it runs, as far as its disk is concerned. */
export interface DiskUse {
  /** Journal and books may stay, as Parquet. */
  readonly keepsRecords: boolean;
  /** Of the stack that the drill starts; undefined where it starts none. */
  readonly population: Population | undefined;
}

/** Written to the run folder, by its end, for so many operations. */
export function runFolderBytes(operations: number, use: DiskUse): number {
  return operations * JOURNAL_BYTES + laterBytes(operations, use);
}

/** Of these, what is written when the load is over: books and Parquet files. */
export function laterBytes(operations: number, { keepsRecords, population }: DiskUse): number {
  const perOperation = BOOKS_BYTES + (keepsRecords ? PARQUET_BYTES : 0);
  return operations * perOperation + accountsOf(population) * ACCOUNT_BYTES;
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
