/**
 * Under which keys a shard keeps what is derived from its log (store.ts); the first byte says what it is, numbers are
 * big-endian so that they sort.
 *
 *   state                        JSON: of which shard, and from which batch on the log is still to be replayed
 *   ranges                       JSON: the ranges of accounts that were opened, in that order
 *   bounds                       f64 watermark: no id made before it and unknown was accepted since (ids.ts); f64 newest second
 *                                with a run
 *   accounts  page u32           rows of 100 accounts
 *   pending   page u32           what 32 slots hold
 *   directory second u32         a byte for each run of that second: log2 of its chunks
 *   chunk     second u32, run u16, chunk u16    records of ids
 *   record    id, 16 bytes       a record that changed after its run was written
 */
import { DERIVED_HEAD_BYTES, type Derived } from '../../store/store.js';

export const STATE_KEY = Uint8Array.of(1);
export const RANGES_KEY = Uint8Array.of(2);
export const BOUNDS_KEY = Uint8Array.of(3);

export function accountsKey(page: number): Uint8Array {
  return numbered(4, page);
}

export function pendingKey(page: number): Uint8Array {
  return numbered(5, page);
}

export function directoryKey(second: number): Uint8Array {
  return numbered(6, second);
}

export function chunkKey(second: number, run: number, chunk: number): Uint8Array {
  const key = Buffer.alloc(9);
  key[0] = 7;
  key.writeUInt32BE(second, 1);
  key.writeUInt16BE(run, 5);
  key.writeUInt16BE(chunk, 7);
  return key;
}

export function recordKey(word0: number, word1: number, word2: number, word3: number): Buffer {
  const key = Buffer.alloc(17);
  key[0] = 8;
  key.writeInt32BE(word0, 1);
  key.writeInt32BE(word1, 5);
  key.writeInt32BE(word2, 9);
  key.writeInt32BE(word3, 13);
  return key;
}

function numbered(kind: number, number: number): Uint8Array {
  const key = Buffer.alloc(5);
  key[0] = kind;
  key.writeUInt32BE(number, 1);
  return key;
}

export function jsonDerived(key: Uint8Array, content: unknown): Derived {
  const json = Buffer.from(JSON.stringify(content));
  const value = Buffer.concat([Buffer.alloc(DERIVED_HEAD_BYTES), json]);
  return { key, value };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
