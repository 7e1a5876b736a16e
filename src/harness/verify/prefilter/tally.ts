/** What a scan counts of the journal on its way, for the summary. One a part; parts are added up. */
import type { LookedUp } from '../resolved.js';

export interface Tally {
  attempted: number;
  /** Answered while the load ran. */
  ok: number;
  declined: number;
  /** Refused by the client; never left it. */
  notSent: number;
  /** Not answered, or found out by look-up only. */
  unknown: number;
  /** Of these, what look-ups told. */
  readonly lookedUp: LookedUp;
  retried: number;
  /** By result code. */
  readonly declines: Map<number, number>;
  /** Acknowledged operations that move money, by the tenth of a second of their acknowledgement. */
  readonly perTenth: number[];
  /** Of these, the first invocation and the last acknowledgement. */
  invokedMinUs: number;
  completedMaxUs: number;
}

export function emptyTally(): Tally {
  return {
    attempted: 0,
    ok: 0,
    declined: 0,
    notSent: 0,
    unknown: 0,
    lookedUp: { ok: 0, declined: 0, notFound: 0 },
    retried: 0,
    declines: new Map(),
    perTenth: [],
    invokedMinUs: Number.POSITIVE_INFINITY,
    completedMaxUs: Number.NEGATIVE_INFINITY,
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    sum.attempted += tally.attempted;
    sum.ok += tally.ok;
    sum.declined += tally.declined;
    sum.notSent += tally.notSent;
    sum.unknown += tally.unknown;
    sum.lookedUp.ok += tally.lookedUp.ok;
    sum.lookedUp.declined += tally.lookedUp.declined;
    sum.lookedUp.notFound += tally.lookedUp.notFound;
    sum.retried += tally.retried;
    for (const [code, count] of tally.declines)
      sum.declines.set(code, (sum.declines.get(code) ?? 0) + count);
    for (const [tenth, done] of tally.perTenth.entries())
      sum.perTenth[tenth] = (sum.perTenth[tenth] ?? 0) + (done ?? 0);
    sum.invokedMinUs = Math.min(sum.invokedMinUs, tally.invokedMinUs);
    sum.completedMaxUs = Math.max(sum.completedMaxUs, tally.completedMaxUs);
  }
  return sum;
}
