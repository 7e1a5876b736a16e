/**
 * `options.ext.paydrill.brownOut`: what the gateway of the stack that a drill starts refuses first while much is in flight. What was agreed is
 * a law of the run, as if it lay in a folder of laws.
 */
import { kindNamed } from '../../products/kinds.js';
import {
  BROWN_OUT_LAW,
  BROWN_OUT_RELAXED,
  type BrownOutStep,
  readBrownOut,
} from '../../wire/brown-out.js';
import { type ResultName, SHED_RESULTS } from '../../wire/results.js';
import { messageOf } from '../message-of.js';
import { ScriptConfigError } from '../options/errors.js';
import { literal, names } from '../verify/sql-text.js';
import type { LawFile } from '../verify/user-laws.js';

/** Refused before anything was in flight. */
const SHED = [...SHED_RESULTS, 'not_sent' satisfies ResultName];

/** `where` names the option in messages. Throws ScriptConfigError. */
export function brownOutSteps(value: unknown, where: string): readonly BrownOutStep[] {
  if (value === undefined) return [];
  try {
    const steps = readBrownOut(value, where);
    const names = steps.flatMap(({ kinds }) => kinds);
    for (const [at, name] of names.entries()) {
      if (kindNamed(name) === undefined) throw new Error(`${where}: there is no kind ${name}`);
      if (names.indexOf(name) < at) throw new Error(`${where}: ${name} is named twice`);
    }
    return steps;
  } catch (error) {
    throw new ScriptConfigError(messageOf(error));
  }
}

/**
 * How much is in flight nobody but the gateway knows, but what may have been is in the journal: at most what was asked before the refusal was
 * told, less what was over for good before it was asked for. Of what was asked once, and answered, nothing is left at the gateway, but where
 * one of two shards has declined: the other is asked to cancel, and has done so once it has answered what was asked later, as links keep
 * their order. Of what was sent again, or never answered, there may be as much as it was sent, and what settles it.
 */
export function brownOutLaws(steps: readonly BrownOutStep[]): readonly LawFile[] {
  if (steps.length === 0) return [];
  const least = steps.flatMap(({ inFlight, kinds }) =>
    kinds.map((kind) => `(${literal(kind)}, ${Math.ceil(inFlight * BROWN_OUT_RELAXED)})`),
  );
  const sql = `-- While too much was in flight nothing was refused as less important than what was agreed to be, and nothing while there was not.
with agreed as (select * from (values ${least.join(', ')}) as named(kind, least)),
refused as (from asked where outcome = 'declined' and result = 'browned_out'),
sent as (
  select *, shard_of(account) as home, coalesce(shard_of(booked_account(counterparty, home)), home) as far,
    coalesce(attempts = 1 and resolution = 'answered', false) as is_told from journal),
rounds as (
  select least(home, far) as one, greatest(home, far) as other, invoked_us,
    min(completed_us) over (partition by one, other order by invoked_us rows between current row and unbounded following) as over_us
  from sent where is_told and outcome = 'ok' and home <> far),
asked_for as (
  select s.invoked_us, coalesce(s.attempts, 1) as times, case
      when not is_told then null
      when outcome = 'ok' or home = far or result in (${names(SHED)}) then completed_us
      when outcome = 'declined' then r.over_us end as over_us
  from sent s asof left join rounds r
    on r.one = least(s.home, s.far) and r.other = greatest(s.home, s.far) and s.completed_us < r.invoked_us),
begun as (
  select invoked_us as at_us, sum(case when over_us is null then times + 1 else 1 end) over before as times
  from asked_for window before as (order by invoked_us range unbounded preceding)),
ended as (
  select over_us as at_us, count(*) over before as times
  from asked_for where over_us is not null window before as (order by over_us range unbounded preceding)),
most as (
  select r.id_hi, r.id_lo, r.kind, r.completed_us, a.least, b.times - coalesce(e.times, 0) as times
  from refused r join agreed a using (kind) asof join begun b on r.completed_us >= b.at_us
    asof left join ended e on r.invoked_us > e.at_us)
select id_hi, id_lo, 'was refused as less important than others, which a ' || kind || ' is not' as problem
from refused anti join agreed using (kind)
union all
select id_hi, id_lo, 'was refused as less important than others while ' || times || ' were in flight at most, and up to ' || (least - 1)
  || ' nothing is' as problem
from most where times < least
order by id_hi, id_lo
`;
  return [{ name: BROWN_OUT_LAW, sql }];
}
