/**
 * Operation ids: 128 bits chosen by the client, in UUID version 7 form (RFC 9562), so that an id says when
 * it was made. A ledger that keeps ids for a bounded time can therefore refuse one it may have forgotten
 * instead of applying it twice. On the wire an id is four 32-bit words, most significant first, each
 * little-endian:
 *
 *   word 0: unix ms, bits 47..16      word 1: unix ms, bits 15..0 | 0x7 (version) | 12 free bits
 *   word 2: 0b10 (variant) | 30 free bits                        word 3: 32 free bits
 */

export type OperationIdWords = readonly [number, number, number, number];

/** Milliseconds since the Unix epoch at which the id was made. */
export function operationIdUnixMs(word0: number, word1: number): number {
  return (word0 >>> 0) * 65536 + (word1 >>> 16);
}

/** Whether the words carry version 7 and the RFC variant. */
export function isTimeOrderedId(word1: number, word2: number): boolean {
  return (word1 & 0xf000) === 0x7000 && word2 >>> 30 === 2;
}

/** `free12`, `free30` and `free32` are the bits the maker may use; more bits than that are cut off. */
export function makeOperationId(parts: {
  readonly unixMs: number;
  readonly free12: number;
  readonly free30: number;
  readonly free32: number;
}): OperationIdWords {
  return [
    Math.floor(parts.unixMs / 65536) >>> 0,
    (((parts.unixMs % 65536) << 16) | 0x7000 | (parts.free12 & 0xfff)) >>> 0,
    (0x80000000 | (parts.free30 & 0x3fffffff)) >>> 0,
    parts.free32 >>> 0,
  ];
}

/** The canonical text form, lower case: `01234567-89ab-7cde-8f01-23456789abcd`. */
export function formatOperationId(words: OperationIdWords): string {
  const [word0, word1, word2, word3] = words;
  const time = `${hex4(word0 >>> 16)}${hex4(word0)}-${hex4(word1 >>> 16)}`;
  const rest = `${hex4(word2)}${hex4(word3 >>> 16)}${hex4(word3)}`;
  return `${time}-${hex4(word1)}-${hex4(word2 >>> 16)}-${rest}`;
}

/** By byte. Ids are written for every request over HTTP. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The lower 16 bits. */
function hex4(value: number): string {
  return HEX[(value >>> 8) & 0xff] + HEX[value & 0xff];
}

/** Undefined when the text is not a UUID; the version is not checked here. */
export function parseOperationId(text: string): OperationIdWords | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text))
    return undefined;
  const hex = text.replaceAll('-', '');
  const word = (from: number): number => Number.parseInt(hex.slice(from, from + 8), 16);
  return [word(0), word(8), word(16), word(24)];
}

export function writeOperationId(view: DataView, at: number, words: OperationIdWords): void {
  for (let i = 0; i < 4; i++) view.setUint32(at + i * 4, words[i], true);
}

export function readOperationId(view: DataView, at: number): OperationIdWords {
  return [
    view.getUint32(at, true),
    view.getUint32(at + 4, true),
    view.getUint32(at + 8, true),
    view.getUint32(at + 12, true),
  ];
}
