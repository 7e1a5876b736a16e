/**
 * Laws that products share, as queries: what stands on an account is what came less what went, by what was asked for; and what began ends
 * once. They know nothing of templates: what each kind adds is said once more, in SQL.
 */

export interface Standing {
  /** The statement, in a sentence. */
  readonly statement: string;
  /** `chargeback.disputed`: of the user who asks, of the merchant that is named, or of the shard of that user. */
  readonly accounts: readonly string[];
  readonly of: 'user' | 'counterparty' | 'shard';
  /** By kind: SQL over the `o.amount` that was asked for, minor units, over `id_hi` and `reference_hi`, and over the `a.account` that changes. */
  readonly changes: Readonly<Record<string, string>>;
}

const HOLDERS: Readonly<Record<Standing['of'], string>> = {
  user: 'a.shard = e.shard and owner_of(a.account) = o.account',
  counterparty: 'owner_of(a.account) = o.counterparty',
  shard: 'a.shard = e.shard',
};

/**
 * At every version of each account, whosever it is, its balance is its opening and what was asked for since; and at the end it has all of what
 * took effect, also where nothing of it came there.
 */
export function standsAtEveryVersion({ statement, accounts, of, changes }: Standing): string {
  const change = Object.entries(changes)
    .map(([kind, sql]) => `when '${kind}' then ${sql}`)
    .join(' ');
  const isOne = `product_account(a.account) in (${quoted(accounts)})`;
  return `
    -- ${statement}
    with stands as (
      select id_hi, id_lo, l.account, l.shard, l.lsn, l.version, l.balance,
        (a.opening + sum(case l.kind ${change} else 0 end) over (partition by l.account order by l.version))::bigint as due
      from legs l join accounts a using (shard, account) left join asked_as_booked o using (id_hi, id_lo)
      where ${isOne} and l.pending in ('posted', 'confirmed')),
    ends as (
      select a.shard, a.account, a.credits_posted - a.debits_posted as balance, min(e.lsn) as lsn, min_by(id_hi, e.lsn) as id_hi,
        min_by(id_lo, e.lsn) as id_lo, a.opening + sum(case e.kind ${change} end)::bigint as due
      from (select * exclude (reference_hi, amount) from effects) e join asked_as_booked o using (id_hi, id_lo)
        join accounts a on ${HOLDERS[of]}
      where e.kind in (${quoted(Object.keys(changes))}) and ${isOne} group by a.shard, a.account, a.credits_posted, a.debits_posted, a.opening)
    select id_hi, id_lo, problem from (
      select id_hi, id_lo, shard, lsn, 'leaves ' || account_name(account) || ' with ' || money(balance) || ' at version ' || version
        || ', where what came and went leaves ' || money(due) as problem
      from stands where balance <> due
      union all
      select id_hi, id_lo, shard, lsn, 'is the first of what leaves ' || account_name(account) || ' with ' || money(due)
        || ', which ends with ' || money(balance::bigint) as problem
      from ends where balance <> due)
    order by shard, lsn, problem`;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}

export interface Ending {
  readonly statement: string;
  readonly begins: string;
  readonly ends: readonly string[];
}

/** Each of `begins` is followed by one of `ends` at most, after it, on its shard and with all of its amount. */
export function endsOnce({ statement, begins, ends }: Ending): string {
  const kinds = ends.map((kind) => `'${kind}'`).join(', ');
  return `
    -- ${statement}
    with begun as (select id_hi, id_lo, shard, lsn, amount from effects where kind = '${begins}'),
    ended as (
      select id_hi, id_lo, reference_hi, reference_lo, shard, lsn, amount,
        row_number() over (partition by reference_hi, reference_lo order by shard, lsn) as nth
      from effects where kind in (${kinds}))
    select e.id_hi, e.id_lo, case when b.lsn is null or b.lsn > e.lsn then 'ends what had not begun'
        when nth > 1 then 'ends what had ended already'
        else 'ends ' || money(e.amount) || ' of ' || money(b.amount) end as problem
    from ended e left join begun b on b.id_hi = e.reference_hi and b.id_lo = e.reference_lo and b.shard = e.shard
    where b.lsn is null or b.lsn > e.lsn or nth > 1 or e.amount <> b.amount
    order by e.shard, e.lsn`;
}
