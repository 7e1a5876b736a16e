/** The views and macros that laws speak of, over the tables journal, entries and accounts: the statements that make them. */
import { kindsWhere } from '../../products/kinds.js';
import { movesMoney } from '../../wire/operation-kinds.js';
import { names } from './sql-text.js';
import type { Described } from './table-view.js';

/** Of ids, amounts and times. */
export const TEXT_MACROS = [
  `create macro operation_id(hi, lo) as format('{:08x}-{:04x}-{:04x}-{:04x}-{:012x}',
     hi >> 32, (hi >> 16) & 65535, hi & 65535, lo >> 48, lo & 281474976710655)`,
  `create macro money(amount) as case when amount < 0 then '-' else '' end
     || (abs(amount) // 100)::text || '.' || lpad((abs(amount) % 100)::text, 2, '0')`,
  `create macro clock(us) as lpad((us // 60000000)::text, 2, '0') || ':'
     || lpad((us // 1000000 % 60)::text, 2, '0') || '.' || lpad((us // 1000 % 1000)::text, 3, '0')`,
];

const legSelect = (leg: number, place: string): string => `
  select shard, lsn, ${leg} as leg, ${place} as place, id_hi, id_lo, command, role, kind, result, timestamp_us,
    account_${leg} as account, posting_${leg} as posting, balance_${leg} as balance,
    version_${leg} as version, pending_${leg} as pending,
    case when pending_${leg} in ('posted', 'confirmed') then posting_${leg} else 0 end as posted,
    case when posting_${leg} >= 0 or pending_${leg} = 'posted' then 0
      when pending_${leg} = 'made' then -posting_${leg} else posting_${leg} end as debit_pending,
    case when posting_${leg} <= 0 or pending_${leg} = 'posted' then 0
      when pending_${leg} = 'made' then posting_${leg} else -posting_${leg} end as credit_pending
  from entries where legs >= ${leg}`;

const ASKED = `create view asked as from journal where kind in (${names(kindsWhere(movesMoney))})`;

/** Ids of what the target did before the drill: nobody asks the journal for them. */
export function earlierView(before: readonly number[]): string {
  const isEarlier = before.flatMap((count, shard) =>
    count > 0 ? [`(shard = ${shard} and lsn < ${count})`] : [],
  );
  return `create view earlier as select distinct id_hi, id_lo from entries
     where ${isEarlier.length > 0 ? isEarlier.join(' or ') : 'false'}`;
}

/** One row a shard. */
export function readingsView(shards: number, readAtUs: readonly number[]): string {
  const rows = Array.from({ length: shards }, (_, shard) => `(${shard}, ${readAtUs[shard] ?? 0})`);
  return `create view readings as select shard, nullif(read_us::bigint, 0) as read_us
     from (values ${rows.length > 0 ? rows.join(', ') : '(-1, 0)'}) as told(shard, read_us) where shard >= 0`;
}

/** One row. */
export function countingView(sinceUs: number | undefined): string {
  return `create view counting as select ${sinceUs ?? null}::bigint as since_us`;
}

/** The books of runs from before LEGS_MAX have columns for so many; what a file is refused without. */
const LEAST_LEGS = 4;

/** Of how many legs side by side an entry has columns. */
export function legsOf(columns: readonly Described[]): number {
  const legs = columns.flatMap(({ name }) => Number(/^account_(\d+)$/.exec(name)?.[1] ?? []));
  return Math.max(LEAST_LEGS, ...legs);
}

/** `place`: by which the legs of an account are in the order in which they happened; `#` is the number of the leg. */
export const viewsOf = (legs: number, place: string): readonly string[] => [
  ASKED,
  `create view effects as from entries where result = 'created'
     and (command in ('post', 'hold', 'capture', 'void_')
       or (command = 'confirm' and role <> 'secondary'))`,
  `create view second_halves as from entries
     where result = 'created' and command = 'confirm' and role = 'secondary'`,
  `create view all_legs as ${Array.from({ length: legs }, (_, leg) =>
    legSelect(leg + 1, place.replace('#', String(leg + 1))),
  ).join(' union all ')}`,
  'create view legs as from all_legs',
];
