/**
 * What products agreed on, as tables for queries: the accounts that they open, and the legs that each of their operations asks for. The
 * SQL comes from the definitions by a way of its own (expression.ts): nothing here knows how the stack posts.
 *
 *   product_accounts  class, of ('user', 'merchant', 'shard'), opening, flags           of the products that the stack was started with
 *   product_asked     a row an operation of a product: who, how much, home, far, crosses
 *   product_legs      a row a leg of these: shard, account, posting; clearing accounts too, none of nothing. Legs that share an amount
 *                     have a rank, and each the whole of it
 */
import type { LegAccount, ProductKind } from '../../products/catalogue.js';
import { CATALOGUE } from '../../products/kinds.js';
import { possibleSql } from '../../products/possible.js';
import { CLASS_UNIT, SLOT_UNIT, SYSTEM_ACCOUNT } from '../../wire/accounts.js';
import { literal, names } from './sql-text.js';

const { clearing } = SYSTEM_ACCOUNT;

/** Names of the kinds that are of a product. */
export const PRODUCT_KINDS = names(CATALOGUE.kinds.map(({ name }) => name));

/** What products opened; asked of no file. */
export function productAccounts(products: readonly string[]): string {
  return `create view product_accounts as select * from (values ${accountRows(products)})
    as told(class, of, opening, flags) where class is not null`;
}

/** Tables and not views: several laws ask them, and where nothing of a product was asked for they cost nothing. */
export const PRODUCT_ASKED = `
  create table product_asked as
    select worker, sequence, id_hi, id_lo, kind, account, counterparty, amount, channel, timeout_s,
      reference_hi, reference_lo, shard_of(account)::integer as home,
      case when counterparty = 0 then null else booked_account(counterparty, home) end as other_party,
      coalesce(shard_of(other_party)::integer, home) as far, home <> far as crosses
    from journal where kind in (${PRODUCT_KINDS})`;

/** Over `product_asked`. */
export const PRODUCT_LEGS = `
  create table product_legs as
    with named as (${CATALOGUE.kinds.map(legRows).join(' union all ')}),
    placed as (
      select *, case when side = 'home' or not crosses then home else far end as shard from named where posting <> 0)
    select worker, sequence, id_hi, id_lo, shard, account, posting, rank from placed
    union all
    select * from (
      select worker, sequence, id_hi, id_lo, shard,
        system_account(${clearing} + case when shard = home then far else home end, shard) as account,
        -(coalesce(sum(posting) filter (rank is null), 0) + coalesce(max(posting) filter (rank is not null), 0))::bigint as cleared, null
      from placed where crosses group by worker, sequence, id_hi, id_lo, shard, home, far)
    where cleared <> 0`;

export const NO_PRODUCT_ASKED = `
  create table product_asked as
    select worker, sequence, id_hi, id_lo, kind, account, counterparty, amount, channel, timeout_s, reference_hi, reference_lo,
      0 as home, null::bigint as other_party, 0 as far, false as crosses
    from journal where false`;

/** Where no product was asked for anything. */
export const NO_PRODUCT_LEGS = `
  create table product_legs (worker integer, sequence uinteger, id_hi ubigint, id_lo ubigint, shard integer,
    account bigint, posting bigint, rank integer)`;

function accountRows(products: readonly string[]): string {
  // Accounts of a shard open with nothing and have no bounds.
  const rows = CATALOGUE.classesOf(products).map(
    ([number, { account, flags, openingMinor }]) =>
      `(${number}, ${literal(account.of)}, ${openingMinor}, ${flags})`,
  );
  return rows.length > 0 ? rows.join(', ') : '(null, null, null, null)';
}

function legRows(kind: ProductKind): string {
  const { name, legs } = kind;
  return legs
    .map(
      ({ account, amount, rest }, rank) => `
        select ${rest === undefined ? 'null' : rank} as rank, worker, sequence, id_hi, id_lo, home, far, crosses, ${literal(account.on)} as side,
          ${accountSql(account)} as account, (${amount.sql})::bigint as posting
        from product_asked where kind = ${literal(name)} and ${possibleSql(kind)}`,
    )
    .join(' union all ');
}

function accountSql(account: LegAccount): string {
  const isHome = account.on === 'home';
  const shard = isHome ? 'home' : 'far';
  switch (account.of) {
    case 'party':
      return isHome ? 'account' : 'other_party';
    case 'user':
      return `${account.class * CLASS_UNIT} + ${isHome ? 'account' : 'counterparty'}`;
    case 'merchant':
      return `${account.class * CLASS_UNIT} + counterparty % ${SLOT_UNIT}`;
    case 'shard':
      return `${account.class * CLASS_UNIT} + (${shard}::bigint + 1) * ${SLOT_UNIT} + 1`;
    default:
      return `system_account(${account.number}, ${shard})`;
  }
}
