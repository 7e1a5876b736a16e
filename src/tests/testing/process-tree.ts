/** For tests: the processes below one of ours, from `/proc`. */
import { readdirSync, readFileSync } from 'node:fs';

/** All that descend from the process, at this moment; those whose parents have died are not found. */
export function descendantsOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = Number(statFields(Number(name))?.[1]);
    if (parent > 0) parents.set(Number(name), parent);
  }
  const found = [pid];
  for (const parent of found) {
    for (const [child, its] of parents) if (its === parent) found.push(child);
  }
  return found.slice(1);
}

/** Living processes that were started with this variable, whoever their parents are now: `TMPDIR=/tmp/x`. */
export function processesWith(variable: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isAlive(pid) && environmentOf(pid).includes(variable));
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return []; // it has ended meanwhile
  }
}

/** A zombie that nobody has reaped is dead. */
export function isAlive(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** By SIGSTOP. */
export function isStopped(pid: number): boolean {
  return statFields(pid)?.[0] === 'T';
}

/** proc(5): from the state on. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // no process, or it has ended meanwhile
  }
}
