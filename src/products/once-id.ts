/**
 * Ids of what may happen once for each person: made of the id that is referred to and of who gets it, so that whoever asks again asks
 * for the same operation, and the ledger, which takes an id once, lets it happen once.
 */
import { type OperationIdWords, operationIdUnixMs } from '../wire/operation-id.js';
import { hashedId, isHashedIdSql } from './hashed-id.js';

/** Its time is that of what is referred to. */
export function onceId(reference: OperationIdWords, counterparty: number): OperationIdWords {
  const [word0, word1, word2, word3] = reference;
  const text = `${decimal(word0, word1)}:${decimal(word2, word3)}:${counterparty}`;
  return hashedId(text, operationIdUnixMs(word0, word1));
}

function decimal(high: number, low: number): string {
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString();
}

/** SQL, over an operation that was asked for: whether its id is the one that is made of its reference and its counterparty. */
export const IS_ONCE_ID_SQL = `((id_hi >> 16) = (reference_hi >> 16) and ${isHashedIdSql({
  hi: 'id_hi',
  lo: 'id_lo',
  text: `reference_hi || ':' || reference_lo || ':' || counterparty`,
})})`;
