/**
 * 64-bit integers in a DataView without BigInt, and the little-endian rule for paydrill's own records.
 * Frame heads are big-endian (SOFABolt's rule); the fixed-width records inside them are little-endian.
 * Values are safe integers (|n| <= 2^53 - 1): the edge refuses anything larger before it gets here.
 */

const TWO_32 = 4294967296;

export function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, (value / TWO_32) >>> 0, true);
}

export function readUint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** Two's complement, so that another language reads it as int64. */
export function writeInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  view.setUint32(at, (value - high * TWO_32) >>> 0, true);
  view.setInt32(at + 4, high, true);
}

export function readInt64(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}
