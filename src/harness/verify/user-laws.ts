/**
 * Laws that users add: every `.sql` file in the run folder's `laws/` is one, as a dbt test is: a query over the tables of
 * database.ts that returns what breaks it. Its first line may be `-- the statement in one sentence`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Law } from './law.js';

export const USER_LAWS_FOLDER = 'laws';

export function userLaws(folder: string): Law[] {
  const laws = join(folder, USER_LAWS_FOLDER);
  if (!existsSync(laws)) return [];
  return readdirSync(laws)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(laws, name), 'utf8').trim().replace(/;$/, '');
      const statement = /^--\s*(.+)/.exec(sql)?.[1] ?? `The query in ${name} returns nothing.`;
      return {
        name: name.replace(/\.sql$/, ''),
        statement,
        needs: 'none',
        tests: 'moves-as-asked',
        onlyAtRest: false,
        consequenceOf: [],
        unseen: `what ${name} returns`,
        sql,
        checkedSql: 'select count(*) from journal',
        exercisedBy: 'nothing was asked',
      };
    });
}
