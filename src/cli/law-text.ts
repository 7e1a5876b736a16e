/** One of paydrill's laws as a file of its own would have it: the statement as a comment, then the query. */

import { outdented } from '../harness/report/format.js';
import { USUAL_BOOKS } from '../harness/targets/file/file-facts.js';
import { UserError } from '../harness/user-error.js';
import { formOf } from '../harness/verify/law.js';
import { OUR_LAWS } from '../harness/verify/our-laws.js';

const SHOWN = { ...USUAL_BOOKS, hasAccounts: true, ordersByVersion: false };

/** `isNeutral`: as it is asked of books of a target file. Throws UserError for a name that is no law. */
export function lawText(name: string, isNeutral = false): string {
  const law = OUR_LAWS.find((one) => one.name === name);
  if (law === undefined)
    throw new UserError(`there is no law '${name}'; 'paydrill laws' lists them`);
  if (isNeutral && law.neutral === undefined)
    throw new UserError(`${name} is about what only books of the reference stack have`);
  const { sql } = formOf(law, isNeutral ? SHOWN : undefined);
  return `-- ${law.statement}\n${outdented(sql)}\n`;
}
