/**
 * Ids of what may happen once for each person: made of the id that is referred to and of who gets it, so that whoever asks again asks
 * for the same operation, and the ledger, which takes an id once, lets it happen once.
 */
import { createHash } from 'node:crypto';
import { makeOperationId, type OperationIdWords, operationIdUnixMs } from '../wire/operation-id.js';

/** Its time is that of what is referred to. */
export function onceId(reference: OperationIdWords, counterparty: number): OperationIdWords {
  const [word0, word1, word2, word3] = reference;
  const text = `${decimal(word0, word1)}:${decimal(word2, word3)}:${counterparty}`;
  const hash = createHash('sha256').update(text).digest();
  return makeOperationId({
    unixMs: operationIdUnixMs(word0, word1),
    free12: hash.readUInt16BE(0) >>> 4,
    free30: hash.readUInt32BE(2),
    free32: hash.readUInt32BE(6),
  });
}

function decimal(high: number, low: number): string {
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString();
}

/** SQL, over an operation that was asked for: whether its id is the one that is made of its reference and its counterparty. */
export const IS_ONCE_ID_SQL = (() => {
  const hash = `sha256(reference_hi || ':' || reference_lo || ':' || counterparty)`;
  const bits = (from: number, digits: number): string =>
    `('0x' || substr(${hash}, ${from}, ${digits}))::ubigint`;
  return `((id_hi >> 16) = (reference_hi >> 16) and (id_hi & 61440) = 28672 and (id_lo >> 62) = 2
    and (id_hi & 4095) = ${bits(1, 3)} and (id_lo >> 32) & 1073741823 = ${bits(5, 8)} & 1073741823
    and (id_lo & 4294967295) = ${bits(13, 8)})`;
})();
