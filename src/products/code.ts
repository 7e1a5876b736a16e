/**
 * Codes that a wallet makes without a network, and that are good once: the operation's id is the code. Its time is the beginning of a time step,
 * its free bits are of a hash over a secret of the user's and that step, and over its details where it has any; so whoever shows the same code asks for the same operation, and
 * the ledger, which takes an id once, takes a code once. The secret of a user is the product's and the user's number: enough
 * for a drill, in which gateway, script and judgement must know it.
 */
import { type OperationIdWords, operationIdUnixMs } from '../wire/operation-id.js';
import { DETAIL_MASK, idDetails } from './details.js';
import { hashedId, isHashedIdSql, isSameId } from './hashed-id.js';
import type { ProductCode, ProductOperation } from './product.js';

export interface CodeFacts {
  readonly user: number;
  /** By the wallet's clock. */
  readonly unixMs: number;
  /** The 12 bits that they have in the id (details.ts), where the operation has any. */
  readonly details?: number | undefined;
}

/** Of the step in which `unixMs` lies. */
export function codeAt(
  { secret, stepS }: ProductCode,
  { details, unixMs, user }: CodeFacts,
): OperationIdWords {
  const step = Math.floor(unixMs / (stepS * 1000));
  const told = details === undefined ? '' : `:${details}`;
  return hashedId(`${secret}:${user}:${step}${told}`, step * stepS * 1000, details);
}

/** Whether the id is a code of that user's, of whatever time and details. */
export function isCodeOf(
  { code, details }: Pick<ProductOperation, 'code' | 'details'>,
  user: number,
  id: OperationIdWords,
): boolean {
  if (code === undefined) return false;
  const unixMs = operationIdUnixMs(id[0], id[1]);
  const own = details === undefined ? undefined : idDetails(id[1]);
  return isSameId(id, codeAt(code, { user, unixMs, details: own }));
}

/** How far behind the ledger's clock it may lie, seconds; 0 where there is no code. */
export function lateS(code: ProductCode | undefined): number {
  return code === undefined ? 0 : Math.max(code.lateS ?? 0, code.windowS);
}

/** Whether the code was made later than what it refers to, and not too late. */
export function isInSequence(
  followsS: number,
  reference: OperationIdWords,
  id: OperationIdWords,
): boolean {
  const passedMs = operationIdUnixMs(id[0], id[1]) - operationIdUnixMs(reference[0], reference[1]);
  return passedMs > 0 && passedMs <= followsS * 1000;
}

/** SQL: whether the id in `hi` and `lo` is a code of `user`. */
export function isCodeSql(
  { secret, stepS }: ProductCode,
  ids: {
    readonly hi: string;
    readonly lo: string;
    readonly user: string;
    readonly hasDetails?: boolean;
  },
): string {
  const { hi, lo, user, hasDetails = false } = ids;
  const stepMs = stepS * 1000;
  const told = hasDetails ? ` || ':' || (${hi} & ${DETAIL_MASK})` : '';
  const text = `'${secret}:' || ${user} || ':' || ((${hi} >> 16) // ${stepMs})${told}`;
  return `((${hi} >> 16) % ${stepMs} = 0 and ${isHashedIdSql({ hi, lo, text, hasDetails })})`;
}
