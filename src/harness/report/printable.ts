/**
 * Text from outside (names of checks, metrics, scenarios, witnesses) made harmless to show: whatever is not seen but acts
 * (terminal escapes, line breaks, marks that turn the direction of writing) becomes visible, `\x1b`, `\n`, `\u202e`. Letters
 * of every script stay as they are. Pure.
 */

/** C0 and C1 controls, line separators, direction and join marks, what XML forbids, halves of a pair alone. */
const ACTING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]/gu;

/** One line. */
export function printable(text: string): string {
  return text.replace(ACTING, (character) => {
    const short = SHORT[character];
    if (short !== undefined) return short;
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The same, and its line breaks stay. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n');
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
