/**
 * What a cycle is called, after Adya (Weak Consistency, MIT 1999) and Elle: by how many of its edges say that something was
 * read before it was overwritten. `-realtime`: it takes the clock to see it.
 */
import type { Cycle } from './cycles.js';
import { EDGE } from './history.js';

export function anomalyOf(cycle: Cycle): string {
  const count = (type: number): number => cycle.filter(({ edge }) => edge === type).length;
  return classOf(cycle, count) + (count(EDGE.rt) > 0 ? '-realtime' : '');
}

function classOf(cycle: Cycle, count: (type: number) => number): string {
  const antiDependencies = count(EDGE.rw);
  if (antiDependencies === 0) return count(EDGE.wr) === 0 ? 'G0' : 'G1c';
  if (antiDependencies === 1) return 'G-single';
  return areApart(cycle) ? 'G-nonadjacent' : 'G2-item';
}

/** Whether no two anti-dependencies follow each other. */
function areApart(cycle: Cycle): boolean {
  return cycle.every(
    ({ edge }, at) => edge !== EDGE.rw || cycle[(at + 1) % cycle.length]?.edge !== EDGE.rw,
  );
}
