/**
 * What the summary counts: outcomes, how the unknown ended, declines by code, payments a second. By query, or from what a
 * scan tallied on its way; both say the same.
 */
import { RESULTS, resultName } from '../../wire/results.js';
import type { DrillRecord } from '../records/drill-record.js';
import { RESULT_NAMES } from '../records/names.js';
import type { RunDatabase } from './database.js';
import type { Tally } from './prefilter/tally.js';
import { resolved } from './resolved.js';
import { names } from './sql-text.js';
import { NO_THROUGHPUT, TENTH_US, throughputOf } from './throughput.js';
import type { OperationCounts, Throughput } from './verdict.js';

export interface Counted {
  readonly operations: Omit<OperationCounts, 'lost' | 'doubled' | 'phantom'>;
  readonly throughput: Throughput;
  readonly declines_by_code: Readonly<Record<string, number>>;
}

/** An operation is unknown for the client without an answer, and where only a look-up found it out. */
const CLIENT_UNKNOWN = `(outcome = 'unknown' or resolution = 'look_up')`;

const FOR_GOOD = names(
  Object.entries(RESULTS)
    .filter(([, { scope }]) => scope === 'operation')
    .map(([name]) => name),
);

/** `hasBooks`: the whole books are there, and what is not in them did not happen. */
export async function countByQuery(
  database: RunDatabase,
  { atRest, hasBooks }: Pick<DrillRecord, 'atRest'> & { readonly hasBooks: boolean },
): Promise<Counted> {
  const [row] = await database.rows(`
    select count(*) as attempted,
      count(*) filter (outcome = 'ok' and resolution = 'answered') as ok,
      count(*) filter (outcome = 'declined' and resolution = 'answered' and result <> 'not_sent') as declined,
      count(*) filter (outcome = 'declined' and resolution = 'answered' and result = 'not_sent') as not_sent,
      count(*) filter (${CLIENT_UNKNOWN}) as unknown,
      count(*) filter (resolution = 'look_up') as looked_up,
      count(*) filter (resolution = 'look_up' and outcome = 'ok') as found,
      count(*) filter (resolution = 'look_up' and outcome = 'declined' and result in (${FOR_GOOD})) as refused,
      count(*) filter (attempts > 1) as retried
    from journal where kind <> 'lookup'`);
  const books = await countBooks(database);
  const unknown = Number(row?.unknown ?? 0);
  const [ok, declined] = [Number(row?.found ?? 0), Number(row?.refused ?? 0)];
  const lookedUp = { ok, declined, notFound: Number(row?.looked_up ?? 0) - ok - declined };
  return {
    operations: {
      attempted: Number(row?.attempted ?? 0),
      ok: Number(row?.ok ?? 0),
      declined: Number(row?.declined ?? 0),
      not_sent: Number(row?.not_sent ?? 0),
      unknown,
      ...resolved(unknown, lookedUp, { inBooks: hasBooks ? books.resolvedOk : undefined, atRest }),
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
  { atRest }: Pick<DrillRecord, 'atRest'>,
): Counted {
  const { attempted, ok, declined, notSent, unknown, lookedUp, retried } = tally;
  const declines = [...tally.declines].map(([code, count]): [string, number] => [
    resultName(code) ?? RESULT_NAMES.names[0] ?? '',
    count,
  ]);
  return {
    operations: {
      attempted,
      ok,
      declined,
      not_sent: notSent,
      unknown,
      ...resolved(unknown, lookedUp, { inBooks: books?.resolvedOk, atRest }),
      retried,
      cross_shard: books?.crossShard ?? 0,
    },
    throughput: throughputOf(tally),
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
    where outcome = 'declined' and resolution = 'answered' and result <> 'not_sent' and kind <> 'lookup'
    group by result`);
  return mostFrequentFirst(rows.map((row) => [String(row.result), Number(row.declined)]));
}

async function throughputByQuery(database: RunDatabase): Promise<Throughput> {
  const acknowledged = `asked where outcome = 'ok' and resolution = 'answered'`;
  const rows = await database.rows(`
    select completed_us // ${TENTH_US} as tenth, count(*) as done from ${acknowledged} group by tenth`);
  if (rows.length === 0) return NO_THROUGHPUT;
  const perTenth: number[] = [];
  for (const row of rows) perTenth[Number(row.tenth)] = Number(row.done);
  return throughputOf({
    perTenth,
    invokedMinUs: await database.number(`select min(invoked_us) from ${acknowledged}`),
    completedMaxUs: await database.number(`select max(completed_us) from ${acknowledged}`),
  });
}

function mostFrequentFirst(counts: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(
    [...counts].sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1)),
  );
}
