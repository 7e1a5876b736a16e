/** Ids that are made of a text: its hash fills the free bits. One more time as SQL, where DuckDB hashes the same text by means of its own. */
import { createHash } from 'node:crypto';
import { makeOperationId, type OperationIdWords } from '../wire/operation-id.js';

/** Whole bytes and words of the hash, from these places on; of the first the upper 12 bits. */
const FREE_12 = 0;
const FREE_30 = 2;
const FREE_32 = 6;

/** `details` (details.ts) take the place of 12 bits of the hash. */
export function hashedId(text: string, unixMs: number, details?: number): OperationIdWords {
  const hash = createHash('sha256').update(text).digest();
  return makeOperationId({
    unixMs,
    free12: details ?? hash.readUInt16BE(FREE_12) >>> 4,
    free30: hash.readUInt32BE(FREE_30),
    free32: hash.readUInt32BE(FREE_32),
  });
}

export function isSameId(one: OperationIdWords, other: OperationIdWords): boolean {
  return one.every((word, index) => word === other[index]);
}

/** SQL: whether the id in `hi` and `lo`, of whatever time and details, has the bits of `text`, which is SQL too. */
export function isHashedIdSql({
  hi,
  lo,
  text,
  hasDetails = false,
}: {
  readonly hi: string;
  readonly lo: string;
  readonly text: string;
  readonly hasDetails?: boolean;
}): string {
  const bits = (byte: number, digits: number): string =>
    `('0x' || substr(sha256(${text}), ${byte * 2 + 1}, ${digits}))::ubigint`;
  const free12 = hasDetails ? '' : ` and (${hi} & 4095) = ${bits(FREE_12, 3)}`;
  return `((${hi} & 61440) = 28672 and (${lo} >> 62) = 2${free12}
    and (${lo} >> 32) & 1073741823 = ${bits(FREE_30, 8)} & 1073741823 and (${lo} & 4294967295) = ${bits(FREE_32, 8)})`;
}
