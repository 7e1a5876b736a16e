/**
 * What the log of decisions says was declined by risk control moved no money and was not answered as done; and what was answered as declined
 * by risk control is declined in the log, for the same reason. An id that was asked more than once may have been denied and then let go:
 * it counts as denied where every decision on it was to decline. Gaps of the log count as in every-move-decided.
 */
import type { RESULTS } from '../../../wire/results.js';
import type { Law } from '../law.js';
import { makeGaps } from '../risk-line/gaps.js';
import { names } from '../sql-text.js';
import { IN_A_GAP } from './every-move-decided.js';

const BY_RISK: readonly (keyof typeof RESULTS)[] = [
  'risk_denied',
  'risk_amount_limit',
  'risk_velocity_count',
  'risk_velocity_amount',
];

const IS_BY_RISK = `result in (${names(BY_RISK)})`;

export const deniedMovesNothing: Law = {
  name: 'denied-moves-nothing',
  statement:
    'What the risk engine in line denied moved no money and was declined; what was declined as denied, it denied.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: ['id-binding', 'every-move-decided'],
  unseen: 'a payment that the risk engine denied and that went all the same',
  prepare: makeGaps,
  sql: `
    -- decision_gaps is made for this law: when decisions were made that the log does not tell of
    with by_id as (
      select id_hi, id_lo, bool_and(${IS_BY_RISK}) as is_declined, min(result) as result, list(distinct result) as results,
        min(sequence) as sequence
      from decisions group by id_hi, id_lo),
    declined as (from by_id where is_declined),
    whole as (from asked o where not ${IN_A_GAP}),
    moved as (
      select e.id_hi, e.id_lo, 'was declined by risk control (' || d.result || ', record ' || d.sequence
          || ') and moved money all the same (entry ' || e.lsn || ' of shard ' || e.shard || ')' as problem
      from effects e join declined d using (id_hi, id_lo) semi join whole using (id_hi, id_lo)),
    done as (
      select o.id_hi, o.id_lo, 'was declined by risk control (' || d.result || ', record ' || d.sequence
          || ') and answered as done' as problem
      from whole o join declined d using (id_hi, id_lo) where o.outcome = 'ok'),
    untold as (
      select o.id_hi, o.id_lo, 'was declined as ' || o.result || ', and the log of decisions ' || case when d.id_hi is null
          then 'does not know it' else 'says ' || array_to_string(d.results, ', ') end as problem
      from whole o left join by_id d using (id_hi, id_lo)
      where o.outcome = 'declined' and o.${IS_BY_RISK} and not coalesce(list_contains(d.results, o.result), false))
    select id_hi, id_lo, min(problem) as problem
    from (from moved union all from done union all from untold) group by id_hi, id_lo order by id_hi, id_lo`,
  checkedSql: `select (select count(*) from decisions where ${IS_BY_RISK})
    + (select count(*) from asked where outcome = 'declined' and ${IS_BY_RISK})`,
  exercisedBy: 'risk control declined nothing',
};
