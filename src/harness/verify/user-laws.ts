/**
 * Laws that users add: every `.sql` file of a folder is one, as a dbt test is: a query over the tables of database.ts that returns
 * what breaks it. Its first line may be `-- the statement in one sentence`. A drill copies them into its run folder's `laws/`, where
 * whoever judges it again finds them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../message-of.js';
import { LAWS_FOLDER } from '../records/run-layout.js';
import { UserError } from '../user-error.js';
import type { Law } from './law.js';
import { LIST_LAW } from './lists/list-law.js';
import { OUR_LAWS } from './our-laws.js';

/** Nobody has tried their queries: one that takes longer leaves its law undecided. */
export const QUERY_LIMIT_S = 60;

const SUFFIX = '.sql';

export interface LawFile {
  /** The law's name is that of the file. */
  readonly name: string;
  readonly sql: string;
}

export interface UserLawOptions {
  /** Others beside those of the run folder, and in place of one of the same name. */
  readonly given?: readonly LawFile[];
  /** Seconds that each query may take. Default QUERY_LIMIT_S. */
  readonly limitS?: number;
}

/** Those that a run is judged by. Throws UserError, as `readLawFiles` does. */
export function userLaws(
  folder: string,
  { given = [], limitS = QUERY_LIMIT_S }: UserLawOptions = {},
): readonly Law[] {
  const laws = join(folder, LAWS_FOLDER);
  const own = existsSync(laws) ? readLawFiles(laws) : [];
  const byName = new Map([...own, ...given].map((file) => [file.name, file]));
  return [...byName.values()].map((file) => lawOf(file, limitS));
}

/** By name. Throws UserError where the folder or a file of it cannot be read, and where paydrill has a law of that name. */
export function readLawFiles(folder: string): readonly LawFile[] {
  return attempt(folder, () => readdirSync(folder))
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const name = file.slice(0, -SUFFIX.length);
      if ([...OUR_LAWS, LIST_LAW].some((law) => law.name === name))
        throw new UserError(`${path}: paydrill has a law '${name}'; give the file another name`);
      return { name, sql: attempt(path, () => readFileSync(path, 'utf8')) };
    });
}

function attempt<Found>(path: string, read: () => Found): Found {
  try {
    return read();
  } catch (cause) {
    throw new UserError(`the laws in ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function lawOf({ name, sql: text }: LawFile, limitS: number): Law {
  const sql = text.trim().replace(/;$/, '');
  const statement = /^--\s*(.+)/.exec(sql)?.[1] ?? `The query in ${name}.sql returns nothing.`;
  return {
    name,
    statement,
    needs: 'none',
    tests: 'moves-as-asked',
    onlyAtRest: false,
    consequenceOf: [],
    neutral: {},
    unseen: `what ${name}.sql returns`,
    sql,
    checkedSql: 'select count(*) from journal',
    exercisedBy: 'nothing was asked',
    queryLimitS: limitS,
  };
}
