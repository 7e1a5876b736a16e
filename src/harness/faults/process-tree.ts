/**
 * A process with all that come from it: its group, and, where the system shows them, those of its descendants that left the group, as
 * the backends of PostgreSQL do.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Whoever is gone already has nothing to be told. */
export function signalTree(leader: number, signal: NodeJS.Signals): void {
  for (const pid of [-leader, leader, ...descendantsOf(leader)]) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
      if (!isGone) throw error;
    }
  }
}

/** Nearest first; empty where there is no /proc. */
export function descendantsOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const pid of pids()) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  for (let next = children.get(root) ?? []; next.length > 0; ) {
    found.push(...next);
    next = next.flatMap((pid) => children.get(pid) ?? []);
  }
  return found;
}

function pids(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return []; // another system
  }
}

/** Undefined where it is gone. The name of the program stands in brackets, and may hold anything. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
