/**
 * Codes that a wallet makes without a network, and that are good once: the operation's id is the code. Its time is the beginning of a time step,
 * its free bits are of a hash over a secret of the user's and that step; so whoever shows the same code asks for the same operation, and
 * the ledger, which takes an id once, takes a code once. The secret of a user is a hash over the product's and the user's number: enough
 * for a drill, in which gateway, script and judgement must know it.
 */
import { createHash } from 'node:crypto';
import { makeOperationId, type OperationIdWords } from '../wire/operation-id.js';
import type { ProductCode } from './product.js';

/** Of the step in which `unixMs` lies, by the wallet's clock. */
export function codeAt(code: ProductCode, user: number, unixMs: number): OperationIdWords {
  const step = Math.floor(unixMs / (code.stepS * 1000));
  return codeOfStep(code, user, step);
}

/** Whether the id is a code of that user's, of whatever time. */
export function isCodeOf(
  code: ProductCode,
  user: number,
  { unixMs, words }: { readonly unixMs: number; readonly words: OperationIdWords },
): boolean {
  const made = codeAt(code, user, unixMs);
  return made.every((word, index) => word === words[index]);
}

function codeOfStep({ secret, stepS }: ProductCode, user: number, step: number): OperationIdWords {
  const hash = createHash('sha256')
    .update(codeText(secret, `${user}`, `${step}`))
    .digest();
  return makeOperationId({
    unixMs: step * stepS * 1000,
    free12: hash.readUInt16BE(0) >>> 4,
    free30: hash.readUInt32BE(2),
    free32: hash.readUInt32BE(6),
  });
}

function codeText(secret: string, user: string, step: string): string {
  return `${secret}:${user}:${step}`;
}

/**
 * SQL: whether the id in `hi` and `lo` is a code of `user`; the same text hashed, and as many bits of it, by means of DuckDB's.
 */
export function isCodeSql(
  { secret, stepS }: ProductCode,
  { hi, lo, user }: { readonly hi: string; readonly lo: string; readonly user: string },
): string {
  const stepMs = stepS * 1000;
  const hash = `sha256('${secret}:' || ${user} || ':' || ((${hi} >> 16) // ${stepMs}))`;
  const bits = (from: number, digits: number): string =>
    `('0x' || substr(${hash}, ${from}, ${digits}))::ubigint`;
  return `((${hi} >> 16) % ${stepMs} = 0 and (${hi} & 61440) = 28672 and (${lo} >> 62) = 2 and (${hi} & 4095) = ${bits(1, 3)}
    and (${lo} >> 32) & 1073741823 = ${bits(5, 8)} & 1073741823 and (${lo} & 4294967295) = ${bits(13, 8)})`;
}
