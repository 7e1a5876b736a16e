/** What wire/accounts.ts knows of account numbers, as macros for queries: made from the same constants. */
import { CATALOGUE } from '../../products/kinds.js';
import { ACCOUNT_CLASS_MAX, ACCOUNT_CLASS_MIN } from '../../products/product.js';
import {
  ACCOUNT_CLASS,
  CLASS_UNIT,
  SLOT_UNIT,
  SLOTS,
  SYSTEM_ACCOUNT,
} from '../../wire/accounts.js';
import { literal } from './sql-text.js';

const NUMBER = `account % ${SLOT_UNIT}`;
/** 0, or the shard + 1. */
const SLOT = `(account // ${SLOT_UNIT}) % ${SLOTS}`;
const CLASS = `account // ${CLASS_UNIT}`;
const { clearing } = SYSTEM_ACCOUNT;

const NAMED = Object.entries(SYSTEM_ACCOUNT)
  .filter(([name]) => name !== 'clearing')
  .map(([name, number]) => `when ${NUMBER} = ${number} then '${name}'`)
  .join(' ');

/** What a product has for each user, or for each shard. */
const IS_PRODUCTS = `${CLASS} between ${ACCOUNT_CLASS_MIN} and ${ACCOUNT_CLASS_MAX}`;
/** What a product has for each merchant. */
const MERCHANT_CLASSES = [...CATALOGUE.classes].flatMap(([number, { account }]) =>
  account.of === 'merchant' ? [number] : [],
);
const IS_MERCHANTS =
  MERCHANT_CLASSES.length === 0 ? 'false' : `${CLASS} in (${MERCHANT_CLASSES.join(', ')})`;
const MERCHANTS = ACCOUNT_CLASS.merchant * CLASS_UNIT;
/** By class, from the first one on: the text of a list and not a list of texts, which is planned anew wherever an account is named. */
const CLASS_NAMES = Array.from(
  { length: 1 + Math.max(...CATALOGUE.classes.keys()) - ACCOUNT_CLASS_MIN },
  (_, index) => CATALOGUE.classes.get(ACCOUNT_CLASS_MIN + index)?.name ?? 'NULL',
).join(', ');

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
    `create macro owner_of(account) as
       case when ${IS_MERCHANTS} then ${MERCHANTS} + ${NUMBER}
         when ${IS_PRODUCTS} and ${SLOT} = 0 then ${NUMBER} else account end`,
    `create macro product_account(account) as case when ${IS_PRODUCTS} then (${literal(`[${CLASS_NAMES}]`)}::varchar[])[${CLASS} - ${ACCOUNT_CLASS_MIN - 1}] end`,
    `create macro is_of_shard(account) as ${SLOT} > 0 and ${CLASS} >= ${ACCOUNT_CLASS.system}`,
    `create macro is_clearing(account) as ${CLASS} = ${ACCOUNT_CLASS.system} and ${NUMBER} >= ${clearing}`,
    `create macro clearing_peer(account) as ${NUMBER} - ${clearing}`,
    `create macro account_name(account) as
       case when account is null then 'no account'
         when ${CLASS} = ${ACCOUNT_CLASS.user} then 'user:' || (${NUMBER})::text
         when ${CLASS} = ${ACCOUNT_CLASS.merchant} then 'merchant:' || (${NUMBER})::text
         when ${CLASS} > ${ACCOUNT_CLASS.system} then coalesce(
           product_account(account) || case when ${SLOT} > 0 then '@' || (${SLOT} - 1)::text else ':' || (${NUMBER})::text end,
           told_name(account), 'account:' || account::text)
         when ${NUMBER} >= ${clearing} then 'clearing:' || (${NUMBER} - ${clearing})::text
         ${NAMED}
         else 'system:' || (${NUMBER})::text end
       || case when ${SLOT} > 0 and ${CLASS} <= ${ACCOUNT_CLASS.system} then '@' || (${SLOT} - 1)::text else '' end`,
  ];
}
