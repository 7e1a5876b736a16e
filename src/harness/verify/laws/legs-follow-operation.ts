/**
 * I8 and I18, asked from the operation: which accounts an entry touches, in which direction, by how much and how (pending
 * or posted), follows from what was asked, from where the accounts lie and from the agreed rates. An entry that balances and is told truly in
 * every receipt still lies if it pays somebody else, charges a fee twice or posts what it should reserve.
 *
 *   on one shard     payer -a        payee +(a - fee - commission)     fee +fee     platform +commission
 *   across shards    home:  user -a          clearing with the far shard +a
 *                    far:   clearing with home -a      payee, fee, platform as above
 *   hold             payer -a        clearing with itself +a; what ends the hold has the same legs
 *   (refund, top-up: all signs of the amount turn, nothing is charged)
 *
 * Operations of products have the legs of their templates (product-told.ts). Confirm and Cancel have the legs of their Try. That a release stands beside its capture is hold-bounds' matter.
 */

import { kindsWhere } from '../../../products/kinds.js';
import { SYSTEM_ACCOUNT } from '../../../wire/accounts.js';
import type { OperationKindRow } from '../../../wire/operation-kinds.js';
import { movesCounterparty, movesTowardsHome } from '../kinds.js';
import type { Law } from '../law.js';
import { PRODUCT_KINDS } from '../product-views.js';
import { names } from '../sql-text.js';

const PAYS = names(kindsWhere(movesCounterparty));
const TOWARDS_HOME = names(kindsWhere(movesTowardsHome));
const kindsThat = (effect: OperationKindRow['effect']): string =>
  names(kindsWhere((row) => row.effect === effect));
const POSTS = kindsThat('posts');
const RESERVES = kindsThat('reserves');
const CAPTURES = kindsThat('posts-reserved');
const FREES = kindsThat('frees-reserved');
/** Entries that end a hold have its legs. */
const ENDS_HOLD = names(['release', 'void_', 'expire']);
const BRANCHES = names(['try_', 'confirm', 'cancel']);
/** Entries with the legs of what was asked under their own id. */
const OWN_LEGS = names(['post', 'try_', 'confirm', 'cancel', 'hold', 'capture']);
const { bank, clearing, fee, platform } = SYSTEM_ACCOUNT;
const LEGS = [1, 2, 3, 4] as const;

const expectedOn = (leg: number): string => `case account_${leg}
  when own_account then own when other_account then other
  when fee_account then fee when platform_account then commission else 0 end`;

/** The first leg of which `says` holds, in words. */
const firstLeg = (says: (leg: number) => string, words: (leg: number) => string): string =>
  LEGS.map((leg) => `when legs >= ${leg} and ${says(leg)} then ${words(leg)}`).join(' ');

const isOnceMore = (leg: number): string =>
  LEGS.filter((other) => other < leg)
    .map((other) => `account_${leg} = account_${other}`)
    .join(' or ') || 'false';

export const legsFollowOperation: Law = {
  name: 'legs-follow-operation',
  statement:
    'Every entry moves what its operation asked: these accounts, directions, amounts and charges, pending or posted.',
  needs: 'ids',
  tests: 'moves-as-asked',
  derivesFrom: 'money',
  onlyAtRest: false,
  consequenceOf: ['double-entry', 'id-binding'],
  unseen: 'an entry that pays somebody else, charges another fee, or posts what it should reserve',
  sql: `
    with routes as (
      select id_hi, id_lo, kind, account, amount, channel, timeout_s, reference_hi, reference_lo,
        shard_of(account)::integer as home,
        case when kind in (${PAYS}) then booked_account(counterparty, home)
          when kind in (${POSTS}) then system_account(${bank}, home) end as other_party,
        case when kind in (${PAYS}) then shard_of(other_party)::integer else home end as far,
        case when kind in (${TOWARDS_HOME}) then amount else -amount end as own,
        coalesce(kind not in (${TOWARDS_HOME}) and is_merchant(other_party), false) as is_charged
      from journal where kind not in (${PRODUCT_KINDS})),
    moved as (
      select *, command in (${ENDS_HOLD}) as ends_hold,
        case when command in ('release', 'void_') then reference_hi else id_hi end as of_hi,
        case when command in ('release', 'void_') then reference_lo else id_lo end as of_lo
      from entries where legs > 0),
    placed as (
      select m.*, r.kind as asked_kind, r.amount as asked_amount,
        m.channel is distinct from r.channel or m.timeout_s is distinct from r.timeout_s
          or m.reference_hi is distinct from r.reference_hi or m.reference_lo is distinct from r.reference_lo as differs,
        r.home, r.far, r.account as party, r.own,
        case when is_charged then fee_of(r.amount) else 0 end as fee,
        case when is_charged then commission_of(r.amount) else 0 end as commission,
        r.other_party, r.home <> r.far as crosses,
        case when m.shard = r.home then 'home' when m.shard = r.far then 'far' else 'elsewhere' end as side
      from moved m join routes r on m.of_hi = r.id_hi and m.of_lo = r.id_lo),
    derived as (
      select * replace (
          case when is_paying then fee else 0 end as fee,
          case when is_paying then commission else 0 end as commission),
        case when side = 'far' then system_account(${clearing} + home, far) else party end as own_account,
        case when is_paying then other_party else system_account(${clearing} + far, home) end as other_account,
        case when is_paying then -own - (case when is_paying then fee + commission else 0 end) else -own end as other,
        case when is_paying then system_account(${fee}, far) end as fee_account,
        case when is_paying then system_account(${platform}, far) end as platform_account,
        case when asked_kind in (${RESERVES}) or not crosses then 'local'
          when side = 'far' then 'secondary' else 'primary' end as asked_role,
        case when side = 'far' then home when asked_role = 'primary' then far else home end as asked_peer,
        case when command in ('try_', 'hold') then 'made' when command = 'confirm' then 'confirmed'
          when command = 'cancel' or ends_hold then 'released' else 'posted' end as mode,
        case when asked_kind in (${RESERVES}) then command = 'hold' or ends_hold
          when side = 'far' or (crosses and asked_kind in (${POSTS})) then command in (${BRANCHES})
          when asked_kind in (${POSTS}) then command = 'post'
          when asked_kind in (${CAPTURES}) then command = 'capture'
          else false end as is_asked_command
      from (select *, asked_kind not in (${RESERVES}) and (side = 'far' or not crosses) as is_paying
        from placed)),
    told as (
      select id_hi, id_lo, of_hi, of_lo, shard, lsn, timestamp_us, case
        when side = 'elsewhere' then 'is booked on shard ' || shard || ' and has no account there'
        when not is_asked_command or case command when 'release' then kind not in (${CAPTURES})
          when 'void_' then kind not in (${FREES}) else kind <> asked_kind end
          then 'moves money by a ' || command || ' of kind ' || kind
        when role <> asked_role or peer <> asked_peer
          then 'is booked as ' || role || ' with shard ' || peer || ' and not as ' || asked_role || ' with shard '
            || asked_peer
        ${firstLeg(
          (leg) => `pending_${leg} <> mode`,
          (leg) =>
            `'has ' || account_name(account_${leg}) || ' ' || pending_${leg} || ' where a ' || command || ' makes it ' || mode`,
        )}
        ${firstLeg(isOnceMore, (leg) => `'touches ' || account_name(account_${leg}) || ' more than once'`)}
        ${firstLeg(
          (leg) =>
            `(account_${leg} in (own_account, other_account, fee_account, platform_account)) is not true`,
          (leg) => `'touches ' || account_name(account_${leg}) || ', whose affair it is not'`,
        )}
        ${firstLeg(
          (leg) => `(posting_${leg} = 0 or posting_${leg} <> ${expectedOn(leg)})`,
          (leg) =>
            `'moves ' || money(posting_${leg}) || ' on ' || account_name(account_${leg}) || ' and not ' || money((${expectedOn(leg)})::bigint)`,
        )}
        when command in (${OWN_LEGS}) and amount <> asked_amount
          then 'is of ' || money(amount) || ' and not of ' || money(asked_amount)
        when command in (${OWN_LEGS}) and differs then 'has another channel, time-out or reference than was asked for'
        when legs <> 2 + (fee > 0)::integer + (commission > 0)::integer
          then 'has ' || legs || ' legs and not ' || 2 + (fee > 0)::integer + (commission > 0)::integer end as difference
      from derived),
    all_told as (
      select id_hi, id_lo, of_hi, of_lo, shard, lsn, timestamp_us, difference from told
      union all select id_hi, id_lo, id_hi, id_lo, shard, lsn, timestamp_us, difference from product_told),
    suspects as (from all_told where difference is not null),
    fitting as (
      select distinct shard, lsn from all_told semi join (select shard, lsn from suspects) s using (shard, lsn)
      where difference is null)
    select id_hi, id_lo, difference || ' (entry ' || lsn || ' of shard ' || shard || ')' as problem, timestamp_us, shard, lsn
    from suspects anti join fitting using (shard, lsn)
    order by timestamp_us, shard, lsn, problem`,
  checkedSql: 'select count(*) from entries where legs > 0',
  exercisedBy: 'the books have no entry',
};
