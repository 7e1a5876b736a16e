/** BIGINT and NUMERIC, which databases send as text: a number where a number holds it exactly, else the text. */

const DIGITS_MAX = 15;

export function exactInteger(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** Fifteen significant digits are the same again after a number has held them (IEEE 754 double). */
export function exactDecimal(text: string): number | string {
  if (!/^-?[0-9]+(\.[0-9]+)?$/.test(text)) return text;
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '');
  return digits.length <= DIGITS_MAX ? Number(text) : text;
}
