/**
 * The ledger's time on the drill's clock. The ledger stamps its entries by its own machine's clock (Unix time), the journal has
 * microseconds since the drill began; what lies between is found from the acknowledged operations: each took effect
 * after it was invoked and before it was answered, so that the distance lies between the largest `effect - answer` and the
 * smallest `effect - invocation`. The middle of the two puts every effect into its operation's time. Where the ledger's times
 * fit no distance (clocks that differ from shard to shard, a time that is wrong) it is the median instead.
 */
import type { RunDatabase } from './database.js';

/** Operations of each worker that are looked at: the bounds are tight long before. */
const OPERATIONS_A_WORKER = 100_000;

/** A repeat of an id is told the first time again: so only the first of each id counts. */
const BOUNDS = `
  with first as (
    select min(invoked_us) as invoked_us, min(completed_us) as completed_us,
      min(receipt_timestamp_us) as effect_us
    from asked
    where outcome = 'ok' and resolution = 'answered' and receipt_timestamp_us > 0
      and sequence < ${OPERATIONS_A_WORKER}
    group by id_hi, id_lo)
  select max(effect_us - completed_us) as low, min(effect_us - invoked_us) as high,
    median(effect_us - (invoked_us + completed_us) / 2) as middle from first`;

/** What the ledger's time is ahead of the drill's, microseconds, as text; null where nothing was acknowledged. */
export async function ledgerDistance(database: RunDatabase): Promise<string | null> {
  const [bounds] = await database.rows(
    `select (case when low <= high then (low + high) // 2 else middle end)::bigint as distance
     from (${BOUNDS})`,
  );
  const { distance } = bounds ?? {};
  return distance === null || distance === undefined ? null : String(distance);
}

/** The statement that makes `drill_us(timestamp_us)`; null everywhere where nothing was acknowledged. */
export async function drillTimeMacro(database: RunDatabase): Promise<string> {
  const distance = await ledgerDistance(database);
  return `create macro drill_us(timestamp_us) as (timestamp_us - ${distance})::bigint`;
}
