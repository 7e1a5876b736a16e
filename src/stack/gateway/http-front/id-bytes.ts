/** An operation id read out of the bytes of its text: 8-4-4-4-12 digits, of either case, of a UUID of version 7. Pure. */

export const ID_TEXT_BYTES = 36;

const DASH = 0x2d;
const SEVEN = 0x37;

/** By byte: the value of a hexadecimal digit, or -1. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) => {
  const sign = String.fromCharCode(byte);
  return /[0-9a-fA-F]/.test(sign) ? Number.parseInt(sign, 16) : -1;
});

/** Writes its four words at `to`; false where the bytes at `at`, all of them there, are no such id. */
export function readId(bytes: Uint8Array, at: number, record: DataView, to: number): boolean {
  const isShaped =
    bytes[at + 8] === DASH &&
    bytes[at + 13] === DASH &&
    bytes[at + 14] === SEVEN &&
    bytes[at + 18] === DASH &&
    HEX[bytes[at + 19]] >> 2 === 2 && // the variant of RFC 9562
    bytes[at + 23] === DASH;
  if (!isShaped) return false;
  const a = digits4(bytes, at);
  const b = digits4(bytes, at + 4);
  const c = digits4(bytes, at + 9);
  const d = digits4(bytes, at + 14);
  const e = digits4(bytes, at + 19);
  const f = digits4(bytes, at + 24);
  const g = digits4(bytes, at + 28);
  const h = digits4(bytes, at + 32);
  if ((a | b | c | d | e | f | g | h) < 0) return false;
  record.setUint32(to, (a << 16) | b, true);
  record.setUint32(to + 4, (c << 16) | d, true);
  record.setUint32(to + 8, (e << 16) | f, true);
  record.setUint32(to + 12, (g << 16) | h, true);
  return true;
}

/** Negative where one of the four is no digit. */
function digits4(bytes: Uint8Array, at: number): number {
  return (
    (HEX[bytes[at]] << 12) |
    (HEX[bytes[at + 1]] << 8) |
    (HEX[bytes[at + 2]] << 4) |
    HEX[bytes[at + 3]]
  );
}
