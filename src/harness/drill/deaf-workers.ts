/**
 * Load workers that hear nothing: their script runs on without ever waiting. Nobody can end such a script but with its thread,
 * so a worker that has not answered when it had more time than it needs is given up, and the drill ends without it: what it
 * recorded is judged, and the verdict says that more may be missing.
 */
import { timerMs } from '../entropy/timer-ms.js';
import type { WorkerPool } from '../load/pool.js';
import { BEGAN, LIVE } from '../measure/live-counters.js';
import type { DrillRun } from './context.js';

/** An answer needs no more than a moment: who has not heard by then never will. */
const DEAF_MS = 10_000;

/** Whoever still owes `kind` so long after it was due, `dueMs` from now, is given up. Returns what calls it off. */
export function giveUpDeaf(
  run: DrillRun,
  kind: Parameters<WorkerPool['giveUp']>[0],
  { dueMs }: { readonly dueMs: number } = { dueMs: 0 },
): () => void {
  const why = (worker: number): string =>
    `the script ran for ${DEAF_MS / 1000} s without waiting for anything${whatBegan(run, worker)}`;
  const timer = setTimeout(() => run.pool.giveUp(kind, why), timerMs(dueMs + DEAF_MS));
  return () => clearTimeout(timer);
}

/** Its code that began last: what never waits lets nothing begin after it. */
function whatBegan({ live, setup }: DrillRun, worker: number): string {
  const began = live.of(worker, LIVE.began);
  if (began === BEGAN.setup) return ', in setup()';
  if (began === BEGAN.teardown) return ', in teardown()';
  const scenario = setup.plan.scenarios[began - BEGAN.firstScenario];
  if (scenario === undefined) return '';
  const { name, exec } = scenario;
  return `; an iteration of scenario "${name}" (function ${exec}) began last`;
}
