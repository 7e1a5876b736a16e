/**
 * I13 for risk control: what it declines is more than the agreed limit of one payment, or would be too many of its payer's, or too much,
 * in a window; no amount over the limit goes, nor what certainly was one too many of its payer's, or too much, in a window.
 *
 * Its windows are counted again from the journal, with what clocks allow. When it looked at a payment is known only to lie between question
 * and answer, so whatever it may have counted is counted: every sending of the payer's that was invoked before this one was declined, but for
 * those that were over, once and for good, a window before this one was invoked. If even they are within the limits, there was no cause.
 * Declines are not judged so where others used the target before the drill.
 *
 * Too many were let go where even what certainly was counted filled the window: what was answered as done before this one was invoked, and
 * was invoked since the gateway began to count (one that starts again has counted nothing, one without windows for everybody tells no
 * such time) and so lately that no part of a window can have forgotten it: they forget a quarter at a time.
 */
import { kindsWhere } from '../../../products/kinds.js';
import type { RESULTS } from '../../../wire/results.js';
import type { Law } from '../law.js';
import { names } from '../sql-text.js';

type ResultName = keyof typeof RESULTS;

const AMOUNT = 'risk_amount_limit' satisfies ResultName;
const COUNT = 'risk_velocity_count' satisfies ResultName;
const SUM = 'risk_velocity_amount' satisfies ResultName;
export const RISK_RESULTS: readonly ResultName[] = [AMOUNT, COUNT, SUM];
const RISKED_KINDS = kindsWhere(({ judgedByRisk }) => judgedByRisk);

/** Two clocks: of so many parts of a window they may differ by one. */
const CLOCK_PARTS = 100;
/** A window forgets such a part of itself at a time, at the most. */
const FORGOTTEN_PARTS = 4;

export const riskAsAgreed: Law = {
  name: 'risk-as-agreed',
  statement: 'Risk control declines what the agreed limits decline, and lets nothing over them go.',
  needs: 'ids',
  tests: 'moves-as-asked',
  derivesFrom: 'risk',
  onlyAtRest: false,
  consequenceOf: ['id-binding', 'legs-follow-operation'],
  unseen: 'a payment that risk control declined without cause, or let go over its limits',
  sql: `
    with risked as (from journal where kind in (${names(RISKED_KINDS)})),
    told as (
      select id_hi, id_lo, result from risked where outcome = 'declined' and result in (${names(RISK_RESULTS)})
      union
      select id_hi, id_lo, result from entries anti join earlier using (id_hi, id_lo)
      where legs = 0 and result in (${names(RISK_RESULTS)})),
    small as (
      select id_hi, id_lo, min(invoked_us) as at_us, 'was declined as over the limit of one payment, which is '
          || money(agreed_amount_limit()) as problem
      from risked semi join (from told where result = '${AMOUNT}') t using (id_hi, id_lo)
      group by id_hi, id_lo having max(amount) <= agreed_amount_limit()),
    passed as (
      select id_hi, id_lo, timestamp_us as at_us, 'went, and is over the limit of one payment, which is '
          || money(agreed_amount_limit()) || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem
      from effects anti join earlier using (id_hi, id_lo)
      where kind in (${names(RISKED_KINDS)}) and amount > agreed_amount_limit()),
    counted as (
      select account, invoked_us, amount,
        case when attempts = 1 and resolution = 'answered' and outcome in ('ok', 'declined') then completed_us end as over_us,
        coalesce(attempts, 1) - coalesce(outcome = 'declined' and resolution = 'answered'
          and result in (${names(RISK_RESULTS)}), false)::integer as times
      from risked),
    begun as (
      select account, invoked_us as at_us, sum(times) over before as times, sum(times * amount) over before as amount
      from counted window before as (partition by account order by invoked_us range unbounded preceding)),
    ended as (
      select account, over_us as at_us, sum(times) over before as times, sum(times * amount) over before as amount
      from counted where over_us is not null
      window before as (partition by account order by over_us range unbounded preceding)),
    asked_for as (
      select id_hi, id_lo, any_value(t.result) as result, any_value(account) as account, max(amount) as amount,
        min(invoked_us) as invoked_us,
        min(completed_us) filter (outcome = 'declined' and r.result = t.result) as declined_us
      from risked r join told t using (id_hi, id_lo) where t.result in ('${COUNT}', '${SUM}')
      group by id_hi, id_lo having count(distinct account) = 1 and count(distinct t.result) = 1 and declined_us is not null),
    windows as (
      select *, invoked_us - window_us - window_us // ${CLOCK_PARTS} as since_us from asked_for, agreed_velocity()),
    bounded as (
      select w.*, b.times - coalesce(e.times, 0) as times_most, b.amount - coalesce(e.amount, 0) as amount_most
      from windows w asof join begun b on w.account = b.account and w.declined_us >= b.at_us
        asof left join ended e on w.account = e.account and w.since_us > e.at_us),
    hasty as (
      select id_hi, id_lo, min(invoked_us) as at_us, case any_value(result)
          when '${COUNT}' then 'was declined as one too many, where its payer had at most ' || max(times_most)
            || ' in any window' else 'was declined as too much together, where its payer had at most '
            || money(max(amount_most)::bigint) || ' in any window' end as problem
      from bounded where not exists (from earlier)
      group by id_hi, id_lo having bool_and(case result when '${COUNT}' then times_most < count_max
        else amount_most + amount <= amount_max end)),
    heavy as (
      select account from risked where outcome = 'ok' group by account
      having count(*) > (select min(count_max) from agreed_velocity())
        or sum(amount) > (select min(amount_max) from agreed_velocity())),
    went as (
      select id_hi, id_lo, any_value(account) as account, any_value(amount) as amount, min(invoked_us) as invoked_us,
        max(completed_us) as completed_us
      from (from journal semi join heavy using (account)) anti join earlier using (id_hi, id_lo) group by id_hi, id_lo
      having bool_and(outcome = 'ok' and kind in (${names(RISKED_KINDS)})) and count(distinct account) = 1
        and count(distinct amount) = 1),
    done as (
      select account, completed_us as at_us, count(*) over before as times, sum(amount) over before as amount
      from went window before as (partition by account order by completed_us range unbounded preceding)),
    sent as (
      select account, invoked_us as at_us, count(*) over before as times, sum(amount) over before as amount
      from went window before as (partition by account order by invoked_us range unbounded preceding)),
    remembered as (
      select *, greatest(since_us, completed_us - window_us + window_us // ${FORGOTTEN_PARTS} + window_us // ${CLOCK_PARTS})
          as from_us from went, agreed_velocity(), counting where since_us is not null),
    filled as (
      select r.*, d.times - coalesce(s.times, 0) as times_least, d.amount - coalesce(s.amount, 0) as amount_least
      from remembered r asof join done d on r.account = d.account and r.invoked_us > d.at_us
        asof left join sent s on r.account = s.account and r.from_us > s.at_us),
    let_go as (
      select id_hi, id_lo, min(invoked_us) as at_us, min(case when times_least >= count_max
          then 'went as one too many: its payer had at least ' || times_least || ' in ' || window_us // 1000000
            || ' s, and may have ' || count_max
          else 'went as too much together: its payer had at least ' || money(amount_least::bigint) || ' in '
            || window_us // 1000000 || ' s, and may have ' || money(amount_max) end) as problem
      from filled where times_least >= count_max or amount_least + amount > amount_max group by id_hi, id_lo)
    from (from small union all from passed union all from hasty union all from let_go) order by at_us, id_hi, id_lo, problem`,
  checkedSql: `select (select count(*) from effects where kind in (${names(RISKED_KINDS)}))
    + (select count(*) from journal where kind in (${names(RISKED_KINDS)}) and outcome = 'declined'
        and result in (${names(RISK_RESULTS)}))`,
  exercisedBy: 'nobody paid',
};
