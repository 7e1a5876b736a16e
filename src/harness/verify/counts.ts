/** What the summary counts, by query: outcomes, how the unknown ended, declines by code, payments a second. */
import type { RunDatabase } from './database.js';
import type { OperationCounts, Throughput } from './verdict.js';

/** An operation is unknown for the client without an answer, and where a look-up found nothing. */
const CLIENT_UNKNOWN = `(outcome = 'unknown' or resolution = 'look_up')`;

/** `violations`: by law. Without books nothing is resolved and nothing crosses shards. */
export async function countOperations(
  database: RunDatabase,
  hasBooks: boolean,
  violations: (law: string) => number,
): Promise<OperationCounts> {
  const [row] = await database.rows(`
    select count(*) as attempted,
      count(*) filter (outcome = 'ok' and resolution = 'answered') as ok,
      count(*) filter (outcome = 'declined' and resolution = 'answered') as declined,
      count(*) filter (${CLIENT_UNKNOWN}) as unknown,
      count(*) filter (attempts > 1) as retried
    from journal where kind <> 'lookup'`);
  const happened = hasBooks
    ? await database.number(`
        select count(*) from (from asked where ${CLIENT_UNKNOWN}) o
          semi join effects e on o.id_hi = e.id_hi and o.id_lo = e.id_lo`)
    : 0;
  const crossShard = hasBooks
    ? await database.number(`
        select count(*) from entries where role = 'primary' and peer <> shard
          and command in ('confirm', 'capture') and result = 'created'`)
    : 0;
  const unknown = Number(row?.unknown ?? 0);
  return {
    attempted: Number(row?.attempted ?? 0),
    ok: Number(row?.ok ?? 0),
    declined: Number(row?.declined ?? 0),
    unknown,
    unknown_resolved_ok: happened,
    unknown_resolved_absent: hasBooks ? unknown - happened : 0,
    retried: Number(row?.retried ?? 0),
    lost: violations('no-lost-ack'),
    doubled: violations('once-per-id'),
    phantom: violations('no-phantom'),
    cross_shard: crossShard,
  };
}

export async function declinesByCode(database: RunDatabase): Promise<Record<string, number>> {
  const rows = await database.rows(`
    select result, count(*) as declined from journal
    where outcome = 'declined' and kind <> 'lookup' group by result order by declined desc, result`);
  return Object.fromEntries(rows.map((row) => [String(row.result), Number(row.declined)]));
}

/** Acknowledged operations by second. A mean over five seconds where the load lasted that long. */
export async function throughput(database: RunDatabase): Promise<Throughput> {
  const rows = await database.rows(`
    select completed_us // 1000000 as second, count(*) as done from asked
    where outcome = 'ok' and resolution = 'answered' group by second order by second`);
  if (rows.length === 0) return { peak_1s: 0, best_5s_mean: 0, mean: 0 };
  const first = Number(rows[0]?.second);
  const last = Number(rows.at(-1)?.second);
  const done = new Float64Array(last - first + 1);
  for (const row of rows) done[Number(row.second) - first] = Number(row.done);
  const window = Math.min(5, done.length);
  let best = 0;
  for (let from = 0; from + window <= done.length; from++)
    best = Math.max(best, sum(done.subarray(from, from + window)));
  const seconds = await database.number(`
    select (max(completed_us) - min(invoked_us)) / 1e6 from asked
    where outcome = 'ok' and resolution = 'answered'`);
  return {
    peak_1s: Math.max(...done),
    best_5s_mean: Math.round(best / window),
    mean: Math.round(sum(done) / Math.max(seconds, 1e-6)),
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
