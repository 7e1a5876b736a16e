/**
 * The serialization graph of every shard, and the cycles in it, as the table `cycle_steps`: one row for each step of a cycle, from
 * `node` to `next` by `edge`. It is what the law strict-serializable asks. Linear in the operations; in memory some 60 bytes a node.
 */
import type { RunDatabase } from '../database.js';
import { anomalyOf } from './anomaly.js';
import { type Cycle, cyclesOf } from './cycles.js';
import { EDGE, historiesOf, makeGraph } from './history.js';
import { Precedence } from './precedence.js';

/** Of one shard, shortest first; others are not told. */
const CYCLES_MAX = 1000;
const STEPS_MAX = 100;

const EDGE_NAMES = Object.keys(EDGE);

/** Rejects with QueryError. */
export async function findCycles(database: RunDatabase): Promise<void> {
  await makeGraph(database);
  await database.run(`create or replace temp table cycle_steps
    (shard integer, cycle integer, anomaly varchar, step integer, node integer, next integer, edge varchar)`);
  for await (const history of historiesOf(database)) {
    const cycles = cyclesOf(new Precedence(history)).slice(0, CYCLES_MAX);
    for (const [number, cycle] of cycles.entries())
      await database.run(
        `insert into cycle_steps values ${rowsOf(cycle, history.shard, number).join(', ')}`,
      );
  }
}

function rowsOf(cycle: Cycle, shard: number, number: number): string[] {
  const anomaly = anomalyOf(cycle);
  return cycle.slice(0, STEPS_MAX).map(({ node, edge }, step) => {
    const next = cycle[(step + 1) % cycle.length]?.node ?? node;
    return `(${shard}, ${number}, '${anomaly}', ${step}, ${node}, ${next}, '${EDGE_NAMES[edge]}')`;
  });
}
