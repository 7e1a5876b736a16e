/**
 * I1 and I11 from the client's side: each leg of a receipt is in the books as it was told, with the ledger time of the
 * operation. A ledger that rolled back is consistent with itself; only receipts show the fork. A balance that was
 * read is one the account had. Clearing accounts are the shards' own business and left out.
 */
import { CATALOGUE, WIDE } from '../../../products/kinds.js';
import { RECEIPT_LEGS } from '../../../wire/acks.js';
import type { ResultName } from '../../../wire/results.js';
import type { Law } from '../law.js';
import { names } from '../sql-text.js';

const LEGS = Array.from({ length: RECEIPT_LEGS }, (_, leg) => leg + 1);
/** A receipt need not tell the leg: of kinds that may have more than it has room for, those of home are told, the first of them. */
const NEED_NOT = WIDE.includes(1)
  ? `(k.kind in (${names(CATALOGUE.kinds.flatMap(({ name, row }) => (WIDE[row.number] === 1 ? [name] : [])))})
        and (k.role = 'secondary' or k.leg > ${RECEIPT_LEGS}))`
  : 'false';

const receiptLeg = (leg: number): string => `
  select id_hi, id_lo, kind, result, receipt_account_${leg} as account, receipt_balance_${leg} as balance,
    receipt_version_${leg} as version, receipt_timestamp_us, completed_us
  from journal where outcome = 'ok' and receipt_legs >= ${leg} and kind <> 'lookup'`;

const TELLS = `(command in ('post', 'hold', 'capture', 'void_') or command = 'confirm')
  and result = 'created'`;

/** A script that carries operations out itself may say that one took effect, and no more. */
const HAS_RECEIPT = `result <> '${'accepted_by_target' satisfies ResultName}'`;

/** Balances that were read, with what the books say of that version. */
const READ = `
  select t.id_hi, t.id_lo, t.account, t.version, t.balance, t.completed_us,
    case when t.version = 0 then a.opening else l.balance end as kept_balance
  from told t left join legs l on l.account = t.account and l.version = t.version
    left join accounts a on a.account = t.account
  where t.kind = 'balance' and t.${HAS_RECEIPT}`;

export const receiptMatchesBooks: Law = {
  name: 'receipt-matches-books',
  statement: 'Every receipt agrees with the books: account, version, balance and time of each leg.',
  needs: 'versions',
  tests: 'acknowledged-is-kept',
  onlyAtRest: false,
  consequenceOf: ['double-entry', 'id-binding', 'once-per-id', 'no-lost-ack', 'version-chain'],
  unseen: 'a receipt that the ledger took back',
  sql: sqlWith(READ, ''),
  checkedSql: `select count(*) from journal where outcome = 'ok' and ${HAS_RECEIPT} and kind <> 'lookup'`,
  exercisedBy: 'no receipt was given',
  neutral: {
    sql: ({ hasAccounts }) => sqlWith(neutralRead(hasAccounts), NEVER_HAD),
    checkedSql: () =>
      `select count(*) from journal where outcome = 'ok' and (${HAS_RECEIPT} or receipt_legs > 0) and kind <> 'lookup'`,
  },
};

/**
 * The versions of other books are counted from where they stood before the load. What was over by then is read-in-real-time's
 * matter; what an account had then nobody knows where the books list no accounts.
 */
function neutralRead(hasAccounts: boolean): string {
  return `
    select t.id_hi, t.id_lo, t.account, t.version, t.balance, t.completed_us,
      case when t.since = 0 then a.opening else l.balance end as kept_balance
    from (
      select *, version::bigint - coalesce((
        select version_before from account_names n where n.account = told.account), 0) as since
      from told where kind = 'balance' and ${HAS_RECEIPT}) t
      left join legs l on l.account = t.account and l.version = t.since
      left join accounts a on a.account = t.account
    where t.since >= ${hasAccounts ? 0 : 1}`;
}

/** Without a version: a balance that the account had neither before the load nor after any posting. */
const NEVER_HAD = `
  union all
  select id_hi, id_lo, 'read ' || money(balance) || ' of ' || account_name(account)
    || ', which it never had by the books' as problem, completed_us
  from told t
  where kind = 'balance' and not t.${HAS_RECEIPT}
    and (account in (select account from legs) or account in (select account from accounts))
    and not exists (
      select 1 from legs l
      where l.account = t.account and (l.balance = t.balance or l.balance - l.posted = t.balance))
    and not exists (select 1 from accounts a where a.account = t.account and a.opening = t.balance)`;

function sqlWith(read: string, never: string): string {
  return `
    with told as (
      select * from (${LEGS.map(receiptLeg).join(' union all ')}) where not is_clearing(account)),
    kept as (
      select * from legs where ${TELLS} and not is_clearing(account)),
    moved as (
      select * from told where kind <> 'balance'),
    compared as (
      select id_hi, id_lo, account, m.version, m.balance, k.version as kept_version,
        k.balance as kept_balance, m.account is null as untold, m.completed_us
      from moved m full join (
        select k.* from kept k semi join (select id_hi, id_lo from asked where outcome = 'ok' and ${HAS_RECEIPT}) o
          using (id_hi, id_lo)) k using (id_hi, id_lo, account)
      where (m.account is null and not ${NEED_NOT}) or k.account is null or m.version <> k.version or m.balance <> k.balance),
    read as (${read})
    select id_hi, id_lo, case
        when untold then 'has a receipt without ' || account_name(account) || ', which the books have at version '
          || kept_version
        when kept_version is null then 'has a receipt with version ' || version || ' of '
          || account_name(account) || ', which the books do not have'
        else 'has a receipt that says ' || account_name(account) || ' has ' || money(balance)
          || ' at version ' || version || '; the books say ' || money(kept_balance) || ' at version '
          || kept_version end as problem, completed_us
    from compared
    union all
    select id_hi, id_lo, 'read ' || money(balance) || ' at version ' || version || ' of '
        || account_name(account) || '; the books say ' || coalesce(money(kept_balance), 'no such version')
        as problem, completed_us
    from read where kept_balance is null or kept_balance <> balance${never}
    union all
    select o.id_hi, o.id_lo, 'has a receipt of ledger time ' || o.receipt_timestamp_us
        || '; the books say ' || e.timestamp_us as problem, o.completed_us
    from asked o join effects e using (id_hi, id_lo)
    where o.outcome = 'ok' and o.${HAS_RECEIPT} and o.receipt_timestamp_us <> e.timestamp_us
    order by completed_us nulls last, id_hi, id_lo, problem`;
}
