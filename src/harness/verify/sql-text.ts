/** Words as SQL. */
import { LEGS_MAX } from '../../wire/ledger-commands.js';

/** Of the columns of an entry's legs. */
export const LEG_NUMBERS: readonly number[] = Array.from({ length: LEGS_MAX }, (_, leg) => leg + 1);

/** `'text'` as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** For lists in SQL: the names as literals. */
export function names(list: readonly string[]): string {
  return list.map(literal).join(', ');
}
