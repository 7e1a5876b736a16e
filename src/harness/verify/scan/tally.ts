/** What a scan counts of the journal on its way, for the summary. One a part; parts are added up. */

export interface Tally {
  attempted: number;
  /** Answered while the load ran. */
  ok: number;
  declined: number;
  /** Not answered, or found out by look-up only. */
  unknown: number;
  retried: number;
  /** By index of the result's name. */
  readonly declines: number[];
  /** Acknowledged operations that move money, by the second of their acknowledgement. */
  readonly donePerSecond: number[];
  /** Of these, the first invocation and the last acknowledgement. */
  invokedMinUs: number;
  completedMaxUs: number;
}

export function emptyTally(): Tally {
  return {
    attempted: 0,
    ok: 0,
    declined: 0,
    unknown: 0,
    retried: 0,
    declines: [],
    donePerSecond: [],
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
    sum.unknown += tally.unknown;
    sum.retried += tally.retried;
    addTo(sum.declines, tally.declines);
    addTo(sum.donePerSecond, tally.donePerSecond);
    sum.invokedMinUs = Math.min(sum.invokedMinUs, tally.invokedMinUs);
    sum.completedMaxUs = Math.max(sum.completedMaxUs, tally.completedMaxUs);
  }
  return sum;
}

function addTo(sums: number[], more: readonly number[]): void {
  for (const [index, count] of more.entries()) sums[index] = (sums[index] ?? 0) + (count ?? 0);
}
