/**
 * What a drill left behind: processes, whoever their parents are now, and with them every port they listen on; temporary files and
 * sockets; what of a run folder only a running drill has. Each drill of a soak has a temporary folder of its own, by
 * which its processes are known.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { processesWith } from '../testing/process-tree.js';

/** Supervisor and children are told by the end of a pipe that their drill is gone, and clean up. */
const GONE_MS_MAX = 10_000;
const AGAIN_MS = 50;

/** One line each; waits so long for what is on its way out. */
export async function leftovers(
  temporary: string,
  runFolder: string,
  goneMsMax: number = GONE_MS_MAX,
): Promise<readonly string[]> {
  for (let waitedMs = 0; ; waitedMs += AGAIN_MS) {
    const left = [...processesLeft(temporary), ...temporaryLeft(temporary)];
    if (left.length === 0 || waitedMs >= goneMsMax) return [...left, ...runFolderLeft(runFolder)];
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}

/** Process ids of a drill by what `paydrill` was asked to do: `gateway`, `shard`, `supervise`, ... */
export function processesDoing(temporary: string, command: string): readonly number[] {
  return processesOf(temporary).filter((pid) => commandLine(pid)[2] === command);
}

export function processesOf(temporary: string): readonly number[] {
  return processesWith(`TMPDIR=${temporary}`);
}

function processesLeft(temporary: string): readonly string[] {
  return processesOf(temporary).map((pid) => `process ${pid}: ${commandLine(pid).join(' ')}`);
}

function temporaryLeft(temporary: string): readonly string[] {
  return readdirSync(temporary).map((name) => `temporary ${name}`);
}

/** What is not for others has a name with a dot: a part that is not whole, what a query did not hold in memory. */
function runFolderLeft(runFolder: string): readonly string[] {
  if (!existsSync(runFolder)) return [];
  return readdirSync(runFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path).startsWith('.'))
    .map((path) => `in the run folder ${path}`);
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return []; // it has ended meanwhile
  }
}
