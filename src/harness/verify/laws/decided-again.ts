/**
 * Decisions are a function of what was asked before, in its order: decided again from the log by an engine of the checker's own, by the
 * rules and the model of the run folder, each is the same, and the state that comes out at the end is that of the gateway. What a restart
 * forgot, what was counted and not logged, what was logged otherwise than it was decided, shows here.
 */
import type { Law } from '../law.js';
import { decideAgain } from '../risk-line/decide-again.js';

export const decidedAgain: Law = {
  name: 'decided-again',
  statement:
    'Decided again from its log, every decision of the risk engine in line is the same, and so is its state at the end.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: ['every-move-decided'],
  unseen: 'a decision by a state that had forgotten something',
  prepare: decideAgain,
  sql: `
    -- decided_again is made for this law: what an engine of the checker's own decides otherwise
    select d.id_hi, d.id_lo, a.problem || case when d.sequence is null then '' else ' (record ' || d.sequence || ', session '
        || d.session || ')' end as problem
    from decided_again a left join decisions d using (sequence) order by a.sequence`,
  checkedSql: 'select count(*) from decisions',
  exercisedBy: 'nothing was decided',
};
