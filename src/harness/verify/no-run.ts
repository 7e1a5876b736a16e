/** What makes a folder a run folder: a plan or a journal in it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PLAN_FILE } from '../records/plan-record.js';
import { hasJournal } from '../records/run-records.js';

/** Raised for a folder that no run has left. */
export class NoRunError extends Error {
  constructor(folder: string, what: string) {
    super(`${folder} is not a run folder: ${what}`);
    this.name = 'NoRunError';
  }
}

/** Throws NoRunError. */
export function assertIsRun(folder: string): void {
  if (!existsSync(folder)) throw new NoRunError(folder, 'no such folder');
  if (!hasJournal(folder) && !existsSync(join(folder, PLAN_FILE)))
    throw new NoRunError(folder, 'it has neither a plan nor a journal');
}
