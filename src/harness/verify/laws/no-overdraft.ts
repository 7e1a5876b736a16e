/** I12: at every version, not only at the end, what is posted covers what is reserved. */
import { ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import type { Law } from '../law.js';

const { mustNotPassOpening } = ACCOUNT_FLAG;

export const noOverdraft: Law = {
  name: 'no-overdraft',
  statement:
    'No account that must not overdraw ever has less than nothing free, none more than it opened with that must not, what is pending included.',
  needs: 'order',
  tests: 'no-overdraft',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'an account that was overdrawn and recovered',
  byAccount: true,
  sql: `
    with free as (
      select l.id_hi, l.id_lo, l.shard, l.lsn, l.account, l.version, l.balance,
        l.balance - sum(l.debit_pending) over (partition by l.shard, l.account order by l.place, l.leg)
          as free
      from legs l join accounts a using (shard, account) where a.flags & 1 = 1)
    select id_hi, id_lo, 'leaves ' || account_name(account) || ' with ' || money(free::bigint)
        || ' free at version ' || version || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem
    from free where free < 0
    union all
    select id_hi, id_lo, 'leaves ' || account_name(account) || ' with ' || money(had::bigint) || ' at version '
        || version || ', more than the ' || money(opening) || ' it opened with (entry ' || lsn || ' of shard ' || shard || ')'
    from (
      select l.id_hi, l.id_lo, l.shard, l.lsn, l.account, l.version, a.opening,
        l.balance + sum(l.credit_pending) over (partition by l.shard, l.account order by l.place, l.leg) as had
      from legs l join accounts a using (shard, account) where a.flags & ${mustNotPassOpening} <> 0)
    where had > opening
    order by problem`,
  checkedSql: 'select count(*) from accounts where version > 0 and flags <> 0',
  exercisedBy: 'no account that must not overdraw was touched',
  neutral: { needs: ['accounts'] },
};
