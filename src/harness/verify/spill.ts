/**
 * Where a database puts what does not fit in memory: a folder of the run, one for each process that asks, gone when it has its answer. A
 * process that is ended on the spot (a second Ctrl-C) leaves its folder, and whoever opens the run next takes it away.
 */
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Of this machine, or of a container that is named like one: what runs elsewhere nobody here knows. */
const HOST = hostname().replaceAll(/[^\w.-]/g, '_');
const PREFIX = `.spill-${HOST}-`;

/** Of this process. */
export const SPILL_FOLDER = `${PREFIX}${process.pid}`;

/** Removes those of processes of this machine that have ended. Throws the file system's error. */
export function removeLeftSpills(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(PREFIX)) continue;
    const pid = Number(name.slice(PREFIX.length));
    if (Number.isSafeInteger(pid) && pid > 0 && !isRunning(pid))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** One of somebody else may not be signalled, but is there. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return !(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH');
  }
}
