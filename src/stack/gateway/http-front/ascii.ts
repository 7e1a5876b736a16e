/** Bytes of ASCII text: the signs by name, and whether bytes are a text, as it stands or in any case. Pure. */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

/** By byte: 1 for those that `pattern` matches. */
export function flagsOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    pattern.test(String.fromCharCode(byte)) ? 1 : 0,
  );
}

/** Whether `text` stands at `at` and ends before `end` or there. */
export function standsAt(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/**
 * Whether the bytes from `at` to `end` are `text`, which is lower case, in any case. For bytes that are printable: two signs
 * of which one is no letter differ by the bit of the case only where one of them is a control sign.
 */
export function isInAnyCase(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (end - at !== text.length) return false;
  for (let i = 0; i < text.length; i++) if ((bytes[at + i] | SPACE) !== text[i]) return false;
  return true;
}
