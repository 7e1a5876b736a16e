/** Words as SQL. */

/** `'text'` as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** For lists in SQL: the names as literals. */
export function names(list: readonly string[]): string {
  return list.map(literal).join(', ');
}
