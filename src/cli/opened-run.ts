/**
 * A run folder opened for a question, for the commands that ask one. What the person who asks can mend (no such folder, a wrong
 * query) becomes one line; a signal or the time limit stops the question at once.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unixMsNow } from '../harness/entropy/clock.js';
import { DRILL_FILE } from '../harness/records/drill-record.js';
import { touchedUnixMs } from '../harness/records/old-runs.js';
import { PLAN_FILE } from '../harness/records/plan-record.js';
import { UserError } from '../harness/user-error.js';
import type { OpenRun } from '../harness/verify/open-run.js';
import { stoppable } from './signals.js';

export interface Question {
  readonly folder: string;
  /** Undefined = no limit. */
  readonly timeoutS?: number;
  readonly ask: (run: OpenRun) => Promise<void>;
}

/** What is missing in the folder is told on standard error. Throws UserError. */
export function askRun(question: Question): Promise<void> {
  return stoppable((stop) => askUntil(stop, question));
}

async function askUntil(stop: AbortController, { folder, timeoutS, ask }: Question): Promise<void> {
  const { NoRunError } = await import('../harness/verify/no-run.js');
  const { QueryError } = await import('../harness/verify/database.js');
  const { NoOperationError } = await import('../harness/verify/explain/find-operation.js');
  const { UnreadableRunError } = await import('../harness/verify/unreadable.js');
  const { openRun } = await import('../harness/verify/open-run.js');
  refuseRunning(folder);
  const timer = startTimer(stop, timeoutS);
  try {
    const run = await openRun(folder, stop.signal);
    try {
      for (const note of run.notes) process.stderr.write(`paydrill: ${note}\n`);
      await ask(run);
    } finally {
      run.close();
    }
  } catch (cause) {
    stop.signal.throwIfAborted();
    const theirs = [NoRunError, NoOperationError, QueryError, UnreadableRunError];
    const isTheirs = theirs.some((one) => cause instanceof one);
    if (isTheirs && cause instanceof Error) throw new UserError(cause.message, { cause });
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

/** What is still written must not be read, nor turned into Parquet. A drill leaves drill.json when its load has settled. */
function refuseRunning(folder: string): void {
  const isUnsettled = existsSync(join(folder, PLAN_FILE)) && !existsSync(join(folder, DRILL_FILE));
  if (!isUnsettled || unixMsNow() - touchedUnixMs(folder) > QUIET_MS) return;
  throw new UserError(
    `${folder}: its drill seems to run still; ask when it has ended, or a minute after it was killed`,
  );
}

/** Under load a drill writes every second. */
const QUIET_MS = 60_000;

function startTimer(
  stop: AbortController,
  timeoutS: number | undefined,
): NodeJS.Timeout | undefined {
  if (timeoutS === undefined) return undefined;
  const late = new UserError(`the query was stopped after ${timeoutS} s (--timeout)`);
  return setTimeout(() => stop.abort(late), Math.min(timeoutS * 1000, TIMER_MAX_MS));
}

/** Node fires a timer beyond that at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;
