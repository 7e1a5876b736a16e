/**
 * When a broken law could have been seen first: the moment the first operation it names was invoked, from the beginning of the
 * load. What nobody invoked counts from its first entry. A law that names no operation (a sum that is wrong) is seen at the end.
 */
import { readDrillRecord } from '../records/drill-record.js';
import type { RunDatabase } from './database.js';
import { sqlOf } from './law.js';
import { openRun } from './open-run.js';
import { OUR_LAWS } from './our-laws.js';

/** Seconds by name of the law; null where it names no operation. The records of the run must have been kept. */
export async function firstSeenS(
  folder: string,
  laws: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const seen = new Map<string, number | null>();
  if (laws.length === 0) return seen;
  const begunUs = readDrillRecord(folder)?.loadStartedUs ?? 0;
  const run = await openRun(folder, signal);
  try {
    for (const law of OUR_LAWS) {
      const { name } = law;
      if (!laws.includes(name)) continue;
      const us = await firstInvokedUs(run.database, await sqlOf(law, run.database));
      seen.set(name, us === undefined ? null : Math.max(0, us - begunUs) / 1e6);
    }
  } finally {
    run.close();
  }
  return seen;
}

async function firstInvokedUs(database: RunDatabase, sql: string): Promise<number | undefined> {
  await database.run(`create or replace temp table broken as ${sql}`);
  const columns = await database.rows('describe broken');
  if (!columns.some(({ column_name }) => column_name === 'id_hi')) return undefined;
  const [row] = await database.rows(`
    select coalesce(
      (select min(invoked_us) from journal semi join broken using (id_hi, id_lo)),
      (select min(drill_us(timestamp_us)) from entries semi join broken using (id_hi, id_lo))) as us`);
  return row?.us === null || row?.us === undefined ? undefined : Number(row.us);
}
