/**
 * The ledger is not trusted about how it began: which accounts there are, on which shard, what each was opened with and whether it
 * may overdraw was agreed before the load. Accounts that nothing ever touched are compared too. A ledger that makes up its
 * own opening balances agrees with itself in everything else.
 */
import { ACCOUNT_CLASS, CLASS_UNIT, SLOT_UNIT, SYSTEM_ACCOUNT } from '../../../wire/accounts.js';
import { ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import type { Law } from '../law.js';

const { mustNotOverdraw } = ACCOUNT_FLAG;
const { bank, clearing, fee, platform } = SYSTEM_ACCOUNT;
const MERCHANTS = ACCOUNT_CLASS.merchant * CLASS_UNIT;

export const accountsAsOpened: Law = {
  name: 'accounts-as-opened',
  statement:
    'The accounts are those that were agreed, each on its shard, opened with what was agreed, with the limit that was agreed.',
  needs: 'balances',
  tests: 'moves-as-asked',
  derivesFrom: 'money',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'an account that began with other money than was agreed, or that nobody agreed on',
  sql: `
    with shards as (select range as shard from range(agreed_shards())),
    users as (
      select shard_of(account) as shard, account, agreed_opening() as opening, ${mustNotOverdraw} as flags
      from (select range as account from range(1, agreed_users() + 1))),
    merchants as (
      select shard_of(account) as shard, account, 0 as opening, ${mustNotOverdraw} as flags
      from (select ${MERCHANTS} + range as account
        from range(agreed_split_merchants() + 1, agreed_merchants() + 1))
      union all
      select shard, ${MERCHANTS} + (shard + 1) * ${SLOT_UNIT} + range, 0, ${mustNotOverdraw}
      from shards, range(1, least(agreed_split_merchants(), agreed_merchants()) + 1)),
    of_products as (
      select shard, class * ${CLASS_UNIT} + account as account, p.opening::bigint as opening, p.flags
      from users cross join product_accounts p where p.of = 'user'
      union all
      select shard_of(account) as shard, class * ${CLASS_UNIT} + account, p.opening::bigint, p.flags
      from (select range as account from range(agreed_split_merchants() + 1, agreed_merchants() + 1))
        cross join product_accounts p where p.of = 'merchant'
      union all
      select shard, class * ${CLASS_UNIT} + (shard + 1) * ${SLOT_UNIT} + 1, 0, 0
      from shards cross join product_accounts p where p.of = 'shard'),
    system as (
      select shard, system_account(${fee}, shard) as account, 0 as opening, 0 as flags from shards
      union all select shard, system_account(${platform}, shard), 0, 0 from shards
      union all select shard, system_account(${clearing} + range, shard), 0, 0
        from shards, range(agreed_shards())
      union all select shard, system_account(${bank}, shard), -coalesce(given, 0), 0
        from shards left join (select shard, sum(opening) as given from (from users union all from of_products) group by shard) using (shard)),
    agreed_on as (from users union all from merchants union all from of_products union all from system),
    listed as (
      select shard, account, any_value(opening) as opening, any_value(flags) as flags, count(*) as times
      from accounts group by shard, account)
    select account_name(account) || case
        when a.account is null then ' was never agreed on and is on shard ' || shard
        when l.account is null then ' is not in the books of shard ' || shard
        when times > 1 then ' is ' || times || ' times in the books of shard ' || shard
        when l.opening <> a.opening
          then ' was opened with ' || money(l.opening) || ' where ' || money(a.opening::bigint) || ' was agreed'
        when xor(l.flags, a.flags) & ${mustNotOverdraw} = 0 then ' may have other than was agreed'
        else case when l.flags & ${mustNotOverdraw} = 0 then ' may overdraw' else ' must not overdraw' end
          || ', other than agreed' end as problem
    from agreed_on a full join listed l using (shard, account)
    where a.account is null or l.account is null or times > 1
      or l.opening <> a.opening or l.flags <> a.flags
    order by shard, account`,
  checkedSql: 'select count(*) from accounts',
  exercisedBy: 'the books have no account',
};
