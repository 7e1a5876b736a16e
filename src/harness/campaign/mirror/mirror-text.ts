/** What two targets that were asked for the same differ in, as text. */
import { moneyText } from '../../verify/witness.js';
import type { Mirror, MirrorDifference, MirrorOperations } from './compare-sides.js';

const ROWS_MAX = 20;
const HEAD = ['account', 'first', 'second', 'difference', 'of it by operations of one alone'];

export function mirrorText({
  first,
  second,
  reason,
  accounts,
  differences,
  operations,
}: Mirror): string {
  const title = `mirror         first ${first}, second ${second}\n`;
  const asked = operations.map(operationsLine).join('');
  if (reason !== null) return `${title}${asked}               not compared: ${reason}\n`;
  if (differences.length === 0)
    return `${title}${asked}               ${accounts} accounts, all with the same balances\n`;
  const more = differences.length - ROWS_MAX;
  return [
    title,
    asked,
    `               ${differences.length} of ${accounts} accounts differ\n`,
    tableText([HEAD, ...differences.slice(0, ROWS_MAX).map(cellsOf)]),
    more > 0 ? `and ${more} more in mirror.json\n` : '',
  ].join('');
}

function operationsLine(row: MirrorOperations): string {
  const { kind, first_asked: one, second_asked: other, first_ok: ok, second_ok: otherOk } = row;
  const asked = row.same ? `${one} asked of both` : `${one} and ${other} asked, not the same`;
  return `               ${kind}: ${asked}; ok ${ok} and ${otherOk}\n`;
}

function cellsOf(row: MirrorDifference): readonly string[] {
  const { account, first, second, difference, by_operations: by } = row;
  const balance = (minor: number | null): string => (minor === null ? 'none' : moneyText(minor));
  return [account, balance(first), balance(second), moneyText(difference), moneyText(by)];
}

function tableText(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  return rows
    .map((cells) => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
