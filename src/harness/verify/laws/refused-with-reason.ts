/**
 * What is refused for what it says, or for what it refers to, is so: a form that is wrong, an amount out of range, a code that its payer did not
 * make, details that cannot be, an earlier operation that is not there or is of others. What an operation says of itself stands in the
 * journal, and the checks are made once more (told-reasons.ts). What the ledger refuses it writes down: a client is told of no
 * such refusal that is not in the books, nor of one that its kind cannot have, and of an id that was used only where something is under it.
 *
 *   not found          an operation of a kind that may be referred to took effect on that shard before
 *   of other accounts  all who asked under both ids named the same parties
 *
 * An id that was declined keeps its first reason whatever comes under it: what the ledger refused is judged by all that was asked under the id.
 * Left open is what asks for clocks but a product's own laws, and `cancelled`: a coordinator may give up for reasons of its own.
 */
import { GOES_ON_ALONE, KINDS_REFERRED, kindsWhere, PASSES_ON } from '../../../products/kinds.js';
import type { ResultName } from '../../../wire/results.js';
import { DRAWING } from '../kinds.js';
import type { Law } from '../law.js';
import { names } from '../sql-text.js';
import { MAY_BE, NOT_SO, OWN_LEGS, RECORDED, SAID } from '../told-reasons.js';
import { REFUSABLE } from './declined-with-cause.js';

const NOT_FOUND = 'refunded_operation_not_found' satisfies ResultName;
/** Only of look-ups. */
export const NOTHING = 'operation_not_found' satisfies ResultName;
const OF_OTHERS = 'reference_has_different_accounts' satisfies ResultName;
/** What the ledger alone can say. */
export const BY_REFERENCE: readonly ResultName[] = [NOT_FOUND, OF_OTHERS];
/** What is judged. */
export const REASONS: readonly ResultName[] = [...SAID, ...BY_REFERENCE];

/** A look-up that finds nothing says no more than that. */
const TOLD = `(result in (${names(REASONS)}) and (result <> '${NOTHING}' or resolution = 'answered'))`;
const NOT_OF_KIND = Object.entries(MAY_BE).map(
  ([reason, kinds]) => `when '${reason}' then kind not in (${names(['', ...kinds])})`,
);
const WRONG = SAID.map((reason) => `when '${reason}' then ${NOT_SO[reason]}`);
const REFERRED = KINDS_REFERRED.map(([kind, to]) => `('${kind}', '${to}')`).join(', ');
/** Whom they are about is known by what they refer to. */
const NAMES_ONE = names([
  '',
  ...kindsWhere(
    ({ effect, number }) =>
      effect === 'frees-reserved' || PASSES_ON[number] === 1 || GOES_ON_ALONE[number] === 1,
  ),
]);
const REFUSED = `legs = 0 and command in (${names(REFUSABLE)}) and result in (${names(BY_REFERENCE)})`;

export const refusedWithReason: Law = {
  name: 'refused-with-reason',
  statement:
    'What is refused for what it says of itself, or for what it refers to, is refused for what is so.',
  needs: 'order',
  tests: 'moves-as-asked',
  derivesFrom: 'money',
  onlyAtRest: false,
  consequenceOf: ['id-binding', 'version-chain'],
  unseen: 'a payment that was refused for a reason that is not so',
  sql: `
    with told as (
      from asked left join (${OWN_LEGS}) using (worker, sequence)
      where outcome = 'declined' and (${TOLD} or result in (${names(RECORDED)}) or result like 'exists_with_different%')),
    untrue as (
      select id_hi, id_lo, completed_us as at_us, 'was refused with ' || result || ', which is not so' as problem
      from told where ${TOLD} and case result ${WRONG.join(' ')} else false end),
    refused as (from entries where ${REFUSED}),
    there as (
      select id_hi, id_lo, shard, lsn, kind from effects union all select id_hi, id_lo, shard, lsn, kind from second_halves),
    lost as (
      select distinct r.id_hi, r.id_lo, r.timestamp_us as at_us, 'was refused as what it refers to is not found, which took effect before (entry '
          || r.lsn || ' of shard ' || r.shard || ')' as problem
      from refused r join there t on t.id_hi = r.reference_hi and t.id_lo = r.reference_lo and t.shard = r.shard and t.lsn < r.lsn
        join (values ${REFERRED}) as may(kind, refers_to) on may.kind = r.kind and may.refers_to = t.kind
      where r.result = '${NOT_FOUND}' and r.kind in (${names(DRAWING)})),
    own as (
      select r.id_hi, r.id_lo, r.timestamp_us as at_us, 'was refused as of other accounts than what it refers to, which is of the same (entry '
          || r.lsn || ' of shard ' || r.shard || ')' as problem
      from refused r join asked a on a.id_hi = r.id_hi and a.id_lo = r.id_lo
        join asked b on b.id_hi = r.reference_hi and b.id_lo = r.reference_lo
      where r.result = '${OF_OTHERS}'
      group by r.id_hi, r.id_lo, r.timestamp_us, r.lsn, r.shard
      having bool_and(a.kind = r.kind and a.account = b.account and (r.kind in (${NAMES_ONE})
        or without_slot(coalesce(a.counterparty, 0)) = without_slot(coalesce(b.counterparty, 0))))),
    unheard as (
      select o.id_hi, o.id_lo, o.completed_us as at_us, 'was told ' || o.result || ', and no shard refused it so' as problem
      from told o anti join entries e on e.id_hi = o.id_hi and e.id_lo = o.id_lo and e.result = o.result
      where o.result in (${names(RECORDED)})),
    unmet as (
      select o.id_hi, o.id_lo, o.completed_us as at_us, 'was told ' || o.result || ', and nothing is under its id' as problem
      from told o anti join (from entries where legs > 0) e on e.id_hi = o.id_hi and e.id_lo = o.id_lo
      where o.result like 'exists_with_different%'),
    strange as (
      select id_hi, id_lo, timestamp_us as at_us, 'was refused with ' || result || ', which no ' || kind || ' can be (entry '
          || lsn || ' of shard ' || shard || ')' as problem
      from entries where case result ${NOT_OF_KIND.join(' ')} else false end)
    from (from untrue union all from lost union all from own union all from unheard union all from unmet union all from strange)
    order by at_us, id_hi, id_lo, problem`,
  checkedSql: `select (select count(*) from asked where outcome = 'declined' and ${TOLD})
    + (select count(*) from asked where outcome = 'declined' and result in (${names(RECORDED)}))
    + (select count(*) from entries where ${REFUSED})`,
  exercisedBy: 'nothing was refused for what it says or refers to',
};
