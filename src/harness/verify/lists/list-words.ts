/** Transactions on lists in words, for witnesses. */
import type { ListTransaction, ListValue } from './list-history.js';

const ELEMENTS_TOLD = 8;

/** `T12 of VU 3`. */
export function nameOf(transactions: readonly ListTransaction[], number: number): string {
  return `T${number} of VU ${transactions[number]?.vu ?? 0}`;
}

/** `[1, 2, 3]`; of a long one its end, and how many there are. */
export function listText(values: readonly ListValue[]): string {
  const told = values.slice(-ELEMENTS_TOLD).map((value) => JSON.stringify(value));
  return values.length > ELEMENTS_TOLD
    ? `[..., ${told.join(', ')}] (${values.length} elements)`
    : `[${told.join(', ')}]`;
}

/** `01:02.003456` of the drill. */
export function clockText(us: number): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const seconds = Math.floor(us / 1e6);
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}.${String(Math.floor(us % 1e6)).padStart(6, '0')}`;
}
