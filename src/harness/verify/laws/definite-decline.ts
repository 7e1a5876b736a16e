/**
 * I3: a definite no is for ever. Definite is a refusal whose scope is the operation, or the attempt where there was
 * no other attempt (wire/results.ts). A refusal of another body under a used id is id-binding's matter.
 *
 * A client that asks more than once under one id is told of each asking by itself: a refusal of this attempt says nothing of
 * the others, and one of this body nothing of another body that may be what took effect.
 */
import { RESULTS, type ResultScope } from '../../../wire/results.js';
import type { Law } from '../law.js';
import { names } from '../sql-text.js';

export function resultsOf(scope: ResultScope): string[] {
  return Object.entries(RESULTS)
    .filter(([name, row]) => row.scope === scope && !name.startsWith('exists_with_different'))
    .map(([name]) => name);
}

const DEFINITE = `outcome = 'declined' and (result in (${names(resultsOf('operation'))})
  or (result in (${names(resultsOf('attempt'))}) and attempts <= 1 and resolution = 'answered'))`;

const OTHER_BODY = ['kind', 'account', 'counterparty', 'amount', 'reference_hi', 'reference_lo']
  .map((column) => `r.${column} is distinct from o.${column}`)
  .join(' or ');

export const definiteDecline: Law = {
  name: 'definite-decline',
  statement: 'An operation that was declined for good is not in the books.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'an operation that was declined and happened all the same',
  sql: `
    with declined as (
      select *, result in (${names(resultsOf('attempt'))}) as is_attempt from asked where ${DEFINITE}),
    found as (
      select o.*, e.shard as shard, e.lsn as lsn from declined o join effects e using (id_hi, id_lo)),
    others as (
      from asked semi join found using (id_hi, id_lo)
        anti join declined using (worker, sequence)
      where result is null or result not like 'exists_with_different%')
    select o.id_hi, o.id_lo, 'is in the books all the same: entry ' || o.lsn || ' of shard ' || o.shard
        as problem
    from found o anti join others r
      on r.id_hi = o.id_hi and r.id_lo = o.id_lo and (o.is_attempt or ${OTHER_BODY})
    order by o.completed_us, o.id_hi, o.id_lo, o.shard, o.lsn`,
  checkedSql: `select count(*) from asked where ${DEFINITE}`,
  exercisedBy: 'no operation was declined',
  neutral: {},
};
