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

/** Statements that create them. They read the table `account_names`: accounts that have a name of their own where they come from. */
export function accountMacros(shards: number): readonly string[] {
  const count = Math.max(1, shards);
  return [
    'create macro told_name(wanted) as (select any_value(name) from account_names where account_names.account = wanted)',
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
