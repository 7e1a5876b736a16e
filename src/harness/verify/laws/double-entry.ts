/** I8: whatever is taken somewhere is given somewhere else, in the same entry. An orphan leg shows here. */
import type { Law } from '../law.js';
import { LEG_NUMBERS, names } from '../sql-text.js';

const SUM = LEG_NUMBERS.map((leg) => `coalesce(posting_${leg}, 0)`).join(' + ');
/** A Cancel gives back what its branch had reserved; its result is why the id is declined. */
const REFUSED = `result <> 'created' and command is distinct from 'cancel'`;
const MOVES = names(['post', 'try_', 'confirm', 'hold', 'capture', 'void_', 'release', 'expire']);

export const doubleEntry: Law = {
  name: 'double-entry',
  statement: 'The legs of every entry sum to zero; what took effect has at least two.',
  needs: 'ids',
  tests: 'moves-as-asked',
  onlyAtRest: false,
  consequenceOf: [],
  unseen: 'an entry that takes money and gives it to nobody',
  sql: `
    select id_hi, id_lo, case
        when ${REFUSED}
          then 'was declined with ' || result || ' and has ' || legs || ' legs'
        when legs < 2 then 'has ' || legs || ' legs'
        else 'has legs that sum to ' || money((${SUM})::bigint) end
        || ': entry ' || lsn || ' of shard ' || shard || ', ' || command as problem
    from entries
    where (legs > 0 and (${SUM}) <> 0)
      or (legs < 2 and result = 'created' and command in (${MOVES}))
      or (legs = 1)
      or (legs > 0 and ${REFUSED})
    order by timestamp_us, shard, lsn`,
  checkedSql: 'select count(*) from entries where legs > 0',
  exercisedBy: 'the books have no entry',
  neutral: {
    needs: ['double-entry'],
    sql: () => `
      select id_hi, id_lo, case when count(*) < 2 then 'has one posting, of ' || money(sum(posting)::bigint)
            || ' on ' || account_name(any_value(account))
          else 'has postings that sum to ' || money(sum(posting)::bigint) end || ': entry ' || lsn as problem
      from legs group by id_hi, id_lo, lsn having sum(posting) <> 0 or count(*) < 2
      order by lsn`,
  },
};
