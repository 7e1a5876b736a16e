/**
 * The target of a GET that the front serves becomes a question:
 *
 *   /v1/operations/<id>?account=<user>        /v1/accounts/<account>
 *
 * The colon and the at-sign of an account may be escaped, as most libraries write them in a query. Undefined where it is
 * none, or not one that the schemas let through. Pure.
 */
import type { HttpQueries, QueryAnswer } from '../http-queries.js';
import { anyAccount, operationId, user } from '../http-schemas.js';

export type Question = (queries: HttpQueries) => Promise<QueryAnswer>;

const LOOK_UP = /^\/v1\/operations\/([^/?]+)\?account=([^/?=]+)$/;
const BALANCE = /^\/v1\/accounts\/([^/?]+)$/;
const ID = new RegExp(operationId.pattern);
const USER = new RegExp(user.pattern);
const ACCOUNT = new RegExp(anyAccount.pattern);

export function readQuestion(asked: string): Question | undefined {
  const target = asked.includes('%') ? asked.replace(/%3a/gi, ':').replaceAll('%40', '@') : asked;
  const account = BALANCE.exec(target)?.[1];
  if (account !== undefined) {
    return ACCOUNT.test(account) ? (queries) => queries.balance(account) : undefined;
  }
  const [, id = '', owner = ''] = LOOK_UP.exec(target) ?? [];
  return ID.test(id) && USER.test(owner) ? (queries) => queries.lookUp(id, owner) : undefined;
}
