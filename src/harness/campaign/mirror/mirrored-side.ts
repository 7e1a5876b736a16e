/**
 * What of one run is held against the run of its mirror: balances by the names of accounts, what the operations that the books have
 * should make of them, and how many operations of each kind were asked for. Read from the run folder alone; memory grows with accounts, not
 * with operations.
 */
import { kindsWhere } from '../../../products/kinds.js';
import type { Row } from '../../verify/database.js';
import { openRun } from '../../verify/open-run.js';
import { names } from '../../verify/sql-text.js';

export interface MirroredSide {
  /** By name; another asset than the usual stands beside the name. */
  readonly accounts: ReadonlyMap<string, MirroredAccount>;
  /** By kind. */
  readonly asked: ReadonlyMap<string, MirroredKind>;
  /** Why its books cannot be compared; undefined where they can. */
  readonly reason: string | undefined;
}

/** In minor units. */
export interface MirroredAccount {
  readonly balance: number;
  /** What the operations that are in its books were asked to move, all together. */
  readonly asked: number;
}

export interface MirroredKind {
  readonly asked: number;
  readonly ok: number;
  /** Of who asked for how much of whom: the same where the same was asked, in any order. */
  readonly digest: string;
}

export async function mirroredSide(folder: string, signal: AbortSignal): Promise<MirroredSide> {
  const run = await openRun(folder, signal);
  try {
    const { database, notes } = run;
    const accounts = (await database.rows(ACCOUNTS)).map(accountOf);
    const asked = (await database.rows(ASKED)).map(kindOf);
    return {
      accounts: new Map(accounts),
      asked: new Map(asked),
      reason: accounts.length > 0 ? undefined : (notes[0] ?? 'its books have no accounts'),
    };
  } finally {
    run.close();
  }
}

const MOVES = names(kindsWhere(({ effect }) => effect === 'posts' || effect === 'posts-reserved'));
const TOWARDS_HOME = names(kindsWhere(({ direction }) => direction === 'towards-home'));
const TOWARDS = `case when kind in (${TOWARDS_HOME}) then amount else -amount end`;

const ACCOUNTS = `
  with done as (
    from journal o semi join effects e on o.id_hi = e.id_hi and o.id_lo = e.id_lo
    where o.kind in (${MOVES})),
  moves as (
    select account, ${TOWARDS} as moved from done where kind <> 'entry'
    union all
    select counterparty, -(${TOWARDS}) from done where kind <> 'entry' and counterparty <> 0
    union all
    select l.account, l.amount from done join told_legs l using (worker, sequence) where kind = 'entry'),
  sums as (select account, sum(moved) as asked from moves group by account)
  select account_name(a.account) as name, sum(credits_posted - debits_posted)::bigint as balance,
    coalesce(sum(s.asked), 0)::bigint as asked
  from accounts a left join sums s using (account) group by name`;

const ASKED = `
  select kind::text as kind, count(*) as asked, count(*) filter (outcome = 'ok') as ok,
    sum(hash(account_name(account), account_name(counterparty), amount))::text as digest
  from journal group by kind`;

function accountOf(row: Row): [string, MirroredAccount] {
  return [String(row.name), { balance: Number(row.balance), asked: Number(row.asked) }];
}

function kindOf(row: Row): [string, MirroredKind] {
  const { kind, asked, ok, digest } = row;
  return [String(kind), { asked: Number(asked), ok: Number(ok), digest: String(digest) }];
}
