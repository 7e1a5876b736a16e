/**
 * What the summary counts: outcomes, how the unknown ended, declines by code, payments a second. By query, or from what a
 * scan tallied on its way; both say the same.
 */
import { resultName } from '../../wire/results.js';
import { RESULT_NAMES } from '../records/names.js';
import type { RunDatabase } from './database.js';
import type { Tally } from './prefilter/tally.js';
import type { OperationCounts, Throughput } from './verdict.js';

export interface Counted {
  readonly operations: Omit<OperationCounts, 'lost' | 'doubled' | 'phantom'>;
  readonly throughput: Throughput;
  readonly declines_by_code: Readonly<Record<string, number>>;
}

/** An operation is unknown for the client without an answer, and where only a look-up found it out. */
const CLIENT_UNKNOWN = `(outcome = 'unknown' or resolution = 'look_up')`;

export async function countByQuery(database: RunDatabase): Promise<Counted> {
  const [row] = await database.rows(`
    select count(*) as attempted,
      count(*) filter (outcome = 'ok' and resolution = 'answered') as ok,
      count(*) filter (outcome = 'declined' and resolution = 'answered') as declined,
      count(*) filter (${CLIENT_UNKNOWN}) as unknown,
      count(*) filter (attempts > 1) as retried
    from journal where kind <> 'lookup'`);
  const books = await countBooks(database);
  const unknown = Number(row?.unknown ?? 0);
  return {
    operations: {
      attempted: Number(row?.attempted ?? 0),
      ok: Number(row?.ok ?? 0),
      declined: Number(row?.declined ?? 0),
      unknown,
      unknown_resolved_ok: books.resolvedOk,
      unknown_resolved_absent: unknown - books.resolvedOk,
      retried: Number(row?.retried ?? 0),
      cross_shard: books.crossShard,
    },
    throughput: await throughputByQuery(database),
    declines_by_code: await declinesByQuery(database),
  };
}

/** `resolvedOk`: operations unknown for the client that are in the books. Undefined without books. */
export function countTallied(
  tally: Tally,
  books: { readonly resolvedOk: number; readonly crossShard: number } | undefined,
): Counted {
  const { attempted, ok, declined, unknown, retried } = tally;
  const declines = [...tally.declines].map(([code, count]): [string, number] => [
    resultName(code) ?? RESULT_NAMES.names[0] ?? '',
    count,
  ]);
  const done = [...tally.donePerSecond.entries()].filter(([, count]) => (count ?? 0) > 0);
  const seconds = (tally.completedMaxUs - tally.invokedMinUs) / 1e6;
  return {
    operations: {
      attempted,
      ok,
      declined,
      unknown,
      unknown_resolved_ok: books?.resolvedOk ?? 0,
      unknown_resolved_absent: books === undefined ? 0 : unknown - books.resolvedOk,
      retried,
      cross_shard: books?.crossShard ?? 0,
    },
    throughput: ratesOf(done, seconds),
    declines_by_code: mostFrequentFirst(declines),
  };
}

async function countBooks(
  database: RunDatabase,
): Promise<{ readonly resolvedOk: number; readonly crossShard: number }> {
  return {
    resolvedOk: await database.number(`
      select count(*) from (from asked where ${CLIENT_UNKNOWN}) o
        semi join effects e on o.id_hi = e.id_hi and o.id_lo = e.id_lo`),
    crossShard: await database.number(`
      select count(*) from effects where role = 'primary' and peer <> shard`),
  };
}

async function declinesByQuery(database: RunDatabase): Promise<Record<string, number>> {
  const rows = await database.rows(`
    select result, count(*) as declined from journal
    where outcome = 'declined' and kind <> 'lookup' group by result`);
  return mostFrequentFirst(rows.map((row) => [String(row.result), Number(row.declined)]));
}

async function throughputByQuery(database: RunDatabase): Promise<Throughput> {
  const rows = await database.rows(`
    select completed_us // 1000000 as second, count(*) as done from asked
    where outcome = 'ok' and resolution = 'answered' group by second order by second`);
  const seconds = await database.number(`
    select (max(completed_us) - min(invoked_us)) / 1e6 from asked
    where outcome = 'ok' and resolution = 'answered'`);
  return ratesOf(
    rows.map((row) => [Number(row.second), Number(row.done)]),
    seconds,
  );
}

/** `done`: by second, ascending. The five-second mean is over as many seconds as the load lasted, where it was shorter. */
function ratesOf(done: readonly (readonly [number, number])[], seconds: number): Throughput {
  const [first] = done[0] ?? [0];
  const [last] = done.at(-1) ?? [0];
  if (done.length === 0) return { peak_1s: 0, best_5s_mean: 0, mean: 0 };
  const window = Math.min(5, last - first + 1);
  let total = 0;
  let peak = 0;
  let best = 0;
  let inWindow = 0;
  let from = 0;
  for (const [second, count] of done) {
    total += count;
    inWindow += count;
    for (let oldest = done[from]; oldest !== undefined && oldest[0] <= second - window; ) {
      inWindow -= oldest[1];
      oldest = done[++from];
    }
    peak = Math.max(peak, count);
    best = Math.max(best, inWindow);
  }
  return {
    peak_1s: peak,
    best_5s_mean: Math.round(best / window),
    mean: Math.round(total / Math.max(seconds, 1e-6)),
  };
}

function mostFrequentFirst(counts: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(
    [...counts].sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1)),
  );
}
