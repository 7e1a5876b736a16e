/**
 * I3: a definite no is for ever. Definite is a refusal whose scope is the operation, or the attempt where there was
 * no other attempt (wire/results.ts). A refusal of another body under a used id is id-binding's matter.
 */
import { RESULTS, type ResultScope } from '../../../wire/results.js';
import { type Law, names } from '../law.js';

export function resultsOf(scope: ResultScope): string[] {
  return Object.entries(RESULTS)
    .filter(([name, row]) => row.scope === scope && !name.startsWith('exists_with_different'))
    .map(([name]) => name);
}

const DEFINITE = `outcome = 'declined' and (result in (${names(resultsOf('operation'))})
  or (result in (${names(resultsOf('attempt'))}) and attempts <= 1 and resolution = 'answered'))`;

export const definiteDecline: Law = {
  name: 'definite-decline',
  statement: 'An operation that was declined for good is not in the books.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'an operation that was declined and happened all the same',
  sql: `
    select o.id_hi, o.id_lo, 'is in the books all the same: entry ' || e.lsn || ' of shard ' || e.shard
        as problem
    from (from asked where ${DEFINITE}) o join effects e using (id_hi, id_lo)
    order by o.completed_us, id_hi, id_lo, e.shard, e.lsn`,
  checkedSql: `select count(*) from asked where ${DEFINITE}`,
  exercisedBy: 'no operation was declined',
};
