/** Accounts by name, those of products included: `user:7`, `fee@0`, `huabei.available:7`, `huabei.income@0`. */
import {
  ACCOUNT_NUMBER_MAX,
  accountParts,
  CLASS_UNIT,
  formatAccount,
  parseAnyAccount,
  SHARDS_MAX,
  SLOT_UNIT,
} from '../wire/accounts.js';
import { CATALOGUE } from './kinds.js';

const CLASS_NUMBERS: ReadonlyMap<string, number> = new Map(
  [...CATALOGUE.classes].map(([number, { name }]) => [name, number]),
);

export function accountName(id: number): string {
  const { accountClass, slot, number } = accountParts(id);
  const row = CATALOGUE.classes.get(accountClass);
  if (row === undefined) return formatAccount(id);
  return slot > 0 ? `${row.name}@${slot - 1}` : `${row.name}:${number}`;
}

/** Undefined for what names no account. */
export function accountNamed(text: string): number | undefined {
  const match = /^([\w.-]+)([:@])([0-9]{1,9})$/.exec(text);
  const accountClass = CLASS_NUMBERS.get(match?.[1] ?? '');
  if (match === null || accountClass === undefined) return parseAnyAccount(text);
  const isOfShard = CATALOGUE.classes.get(accountClass)?.account.of === 'shard';
  const number = Number(match[3]);
  if (isOfShard !== (match[2] === '@') || number > ACCOUNT_NUMBER_MAX) return undefined;
  if (!isOfShard) return number > 0 ? productAccount(accountClass, number) : undefined;
  return number < SHARDS_MAX ? shardAccount(accountClass, number) : undefined;
}

/** Of a user, or of a merchant that is not split. */
export function productAccount(accountClass: number, party: number): number {
  return accountClass * CLASS_UNIT + party;
}

/** Of a shard. */
export function shardAccount(accountClass: number, shard: number): number {
  return accountClass * CLASS_UNIT + (shard + 1) * SLOT_UNIT + 1;
}
