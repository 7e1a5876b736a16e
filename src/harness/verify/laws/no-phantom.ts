/** I2: money moves only because somebody asked for it. Expiry may name its hold as the reason. What the target did before the drill, and what follows from it (a hold that runs
 * out meanwhile), nobody of the drill asked for. */
import type { Law } from '../law.js';

export const noPhantom: Law = {
  name: 'no-phantom',
  statement:
    'Every entry of the books that touches an account comes from an operation of the journal, or from before the drill.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'money that moved although nobody asked for it',
  sql: `
    select e.id_hi, e.id_lo, 'was never asked for, and is entry ' || e.lsn || ' of shard ' || e.shard
        || ': ' || e.command || ' of ' || money(abs(e.posting_1)) || ' on ' || account_name(e.account_1)
        as problem
    from entries e anti join journal o on o.id_hi = e.id_hi and o.id_lo = e.id_lo
      anti join earlier b on b.id_hi = e.id_hi and b.id_lo = e.id_lo
    where e.legs > 0
    order by e.timestamp_us, e.shard, e.lsn`,
  checkedSql: 'select count(*) from entries where legs > 0',
  exercisedBy: 'the books have no entry',
  neutral: {},
};
