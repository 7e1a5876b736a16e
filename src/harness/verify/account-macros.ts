/** What wire/accounts.ts knows of account numbers, as macros for queries: made from the same constants. */
import {
  ACCOUNT_CLASS,
  CLASS_UNIT,
  SLOT_UNIT,
  SLOTS,
  SYSTEM_ACCOUNT,
} from '../../wire/accounts.js';

const NUMBER = `account % ${SLOT_UNIT}`;
/** 0, or the shard + 1. */
const SLOT = `(account // ${SLOT_UNIT}) % ${SLOTS}`;
const CLASS = `account // ${CLASS_UNIT}`;
const { clearing } = SYSTEM_ACCOUNT;

const NAMED = Object.entries(SYSTEM_ACCOUNT)
  .filter(([name]) => name !== 'clearing')
  .map(([name, number]) => `when ${NUMBER} = ${number} then '${name}'`)
  .join(' ');

/**
 * Statements that create them. `hasNames`: the table `account_names` has rows, accounts that have a name of their own where they come
 * from. Where there are none it is not asked: a law that names accounts in many places is planned in a fifth of the time.
 */
export function accountMacros(
  shards: number,
  { hasNames }: { readonly hasNames: boolean },
): readonly string[] {
  const count = Math.max(1, shards);
  return [
    hasNames
      ? 'create macro told_name(wanted) as (select any_value(name) from account_names where account_names.account = wanted)'
      : 'create macro told_name(wanted) as null::varchar',
    `create macro shard_of(account) as case when ${SLOT} > 0 then ${SLOT} - 1 else ${NUMBER} % ${count} end`,
    `create macro without_slot(account) as account - ${SLOT} * ${SLOT_UNIT}`,
    `create macro is_clearing(account) as ${CLASS} = ${ACCOUNT_CLASS.system} and ${NUMBER} >= ${clearing}`,
    `create macro clearing_peer(account) as ${NUMBER} - ${clearing}`,
    `create macro account_name(account) as
       case when account is null then 'no account'
         when ${CLASS} = ${ACCOUNT_CLASS.user} then 'user:' || (${NUMBER})::text
         when ${CLASS} = ${ACCOUNT_CLASS.merchant} then 'merchant:' || (${NUMBER})::text
         when ${CLASS} > ${ACCOUNT_CLASS.system} then coalesce(told_name(account), 'account:' || account::text)
         when ${NUMBER} >= ${clearing} then 'clearing:' || (${NUMBER} - ${clearing})::text
         ${NAMED}
         else 'system:' || (${NUMBER})::text end
       || case when ${SLOT} > 0 and ${CLASS} <= ${ACCOUNT_CLASS.system} then '@' || (${SLOT} - 1)::text else '' end`,
  ];
}
