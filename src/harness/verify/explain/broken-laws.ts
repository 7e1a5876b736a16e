/** The laws that one operation breaks: each law's own query, of which only the rows about the operation are kept. */
import { LAWS_FOLDER } from '../../records/run-layout.js';
import { notAsked } from '../asked-of.js';
import { readCircumstances } from '../circumstances.js';
import { QueryError, type RunDatabase } from '../database.js';
import { formOf, type Law, sqlOf } from '../law.js';
import { OUR_LAWS, ourLaws } from '../our-laws.js';
import { UnreadableRunError } from '../unreadable.js';
import { userLaws } from '../user-laws.js';
import type { OperationKey } from './find-operation.js';
import type { BrokenLaw } from './operation-life.js';

/** Of one law about one operation. */
const PROBLEMS_MAX = 10;

interface Found {
  readonly broken: readonly BrokenLaw[];
  /** Laws that could not be asked, one line each. */
  readonly notes: readonly string[];
}

export async function brokenLaws(
  database: RunDatabase,
  folder: string,
  { key, among }: { readonly key: OperationKey; readonly among: readonly string[] | undefined },
): Promise<Found> {
  const told = lawsOf(folder);
  if (typeof told === 'string') return { broken: [], notes: [told] };
  const touched = await accountsOf(database, key);
  const broken: BrokenLaw[] = [];
  const notes: string[] = [];
  for (const law of told.filter(({ name }) => among?.includes(name) ?? true)) {
    const { name, statement, sql } = law;
    try {
      const ask = (): Promise<readonly string[]> => problemsOf(database, law, { key, touched });
      const { queryLimitS } = law;
      const problems = await (queryLimitS === undefined
        ? ask()
        : database.within(queryLimitS, ask));
      const isOwn = OUR_LAWS.some((one) => one.name === name);
      const file = isOwn ? null : `${LAWS_FOLDER}/${name}.sql`;
      const isNeutral = OUR_LAWS.some((one) => one.name === name && one.sql !== sql);
      if (problems.length > 0)
        broken.push({
          ...{ name, statement, file, problems, sql },
          ...(isNeutral ? { neutral: true } : {}),
        });
    } catch (cause) {
      if (!(cause instanceof QueryError)) throw cause;
      notes.push(`${name} could not be asked: ${cause.message}`);
    }
  }
  return { broken, notes };
}

/** Those the run is judged by, or why nobody can say. */
function lawsOf(folder: string): readonly Law[] | string {
  try {
    const circumstances = readCircumstances(folder);
    return [...ourLaws(folder), ...userLaws(folder)]
      .filter((law) => notAsked(law, circumstances) === undefined)
      .map((law) => formOf(law, circumstances.plan.neutral));
  } catch (cause) {
    if (cause instanceof UnreadableRunError) return `no law is asked: ${cause.message}`;
    throw cause;
  }
}

async function accountsOf(
  database: RunDatabase,
  { hi, lo }: OperationKey,
): Promise<readonly number[]> {
  const rows = await database.rows(
    `select distinct account from legs where id_hi = ${hi}::ubigint and id_lo = ${lo}::ubigint`,
  );
  return rows.map((row) => Number(row.account));
}

/** A law somebody added may be about no operation. */
async function problemsOf(
  database: RunDatabase,
  law: Law,
  about: { readonly key: OperationKey; readonly touched: readonly number[] },
): Promise<readonly string[]> {
  const { hi, lo } = about.key;
  const sql = await sqlOf(law, database);
  const { columns } = await database.read(`select * from (\n${sql}\n) limit 0`);
  if (!columns.includes('id_hi') || !columns.includes('id_lo')) return [];
  if (law.byAccount === true) await database.narrowLegs(about.touched);
  try {
    const rows = await database.rows(`
      from (
${sql}
) where id_hi = ${hi}::ubigint and id_lo = ${lo}::ubigint limit ${PROBLEMS_MAX}`);
    return rows.map(({ problem }) =>
      typeof problem === 'string' ? problem : 'is among the rows that the query returns',
    );
  } finally {
    if (law.byAccount === true) await database.narrowLegs(undefined);
  }
}
