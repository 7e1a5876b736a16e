/**
 * Codes that a wallet makes without a network, and that are good once: the operation's id is the code. Its time is the beginning of a time step,
 * its free bits are of a hash over a secret of the user's and that step; so whoever shows the same code asks for the same operation, and
 * the ledger, which takes an id once, takes a code once. The secret of a user is the product's and the user's number: enough
 * for a drill, in which gateway, script and judgement must know it.
 */
import { type OperationIdWords, operationIdUnixMs } from '../wire/operation-id.js';
import { hashedId, isHashedIdSql, isSameId } from './hashed-id.js';
import type { ProductCode } from './product.js';

/** Of the step in which `unixMs` lies, by the wallet's clock. */
export function codeAt(
  { secret, stepS }: ProductCode,
  user: number,
  unixMs: number,
): OperationIdWords {
  const step = Math.floor(unixMs / (stepS * 1000));
  return hashedId(`${secret}:${user}:${step}`, step * stepS * 1000);
}

/** Whether the id is a code of that user's, of whatever time. */
export function isCodeOf(code: ProductCode, user: number, id: OperationIdWords): boolean {
  return isSameId(id, codeAt(code, user, operationIdUnixMs(id[0], id[1])));
}

/** SQL: whether the id in `hi` and `lo` is a code of `user`. */
export function isCodeSql(
  { secret, stepS }: ProductCode,
  { hi, lo, user }: { readonly hi: string; readonly lo: string; readonly user: string },
): string {
  const stepMs = stepS * 1000;
  const text = `'${secret}:' || ${user} || ':' || ((${hi} >> 16) // ${stepMs})`;
  return `((${hi} >> 16) % ${stepMs} = 0 and ${isHashedIdSql({ hi, lo, text })})`;
}
