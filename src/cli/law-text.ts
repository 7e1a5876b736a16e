/** One of paydrill's laws as a file of its own would have it: the statement as a comment, then the query. */
import { outdented } from '../harness/report/format.js';
import { UserError } from '../harness/user-error.js';
import { LAWS } from '../harness/verify/laws/registry.js';

/** Throws UserError for a name that is no law. */
export function lawText(name: string): string {
  const law = LAWS.find((one) => one.name === name);
  if (law === undefined)
    throw new UserError(`there is no law '${name}'; 'paydrill laws' lists them`);
  return `-- ${law.statement}\n${outdented(law.sql)}\n`;
}
