/**
 * What became of the operations that the client got no answer to: found by asking for them after the load, or in the books. Who
 * says that all are resolved says that each was found or is known to be absent, and no more than that is counted here.
 *
 *   books   target at rest   happened                 did not happen
 *   whole   yes              is in the books          is not
 *   whole   no               is in the books          was declined for good, as its look-up told
 *   none    yes              its look-up told `ok`    was declined for good, or its look-up did not find it
 *   none    no               its look-up told `ok`    was declined for good: what was not found may still come
 */

/** What look-ups told. */
export interface LookedUp {
  ok: number;
  /** For good: the ledger remembers that it refused. */
  declined: number;
  notFound: number;
}

export interface Resolved {
  readonly unknown_looked_up: number;
  readonly unknown_resolved_ok: number;
  readonly unknown_resolved_absent: number;
}

/** `inBooks`: of the unknown, those that are in the whole books; undefined where there are none. */
export function resolved(
  unknown: number,
  lookedUp: LookedUp,
  { inBooks, atRest }: { readonly inBooks: number | undefined; readonly atRest: boolean },
): Resolved {
  const { ok, declined, notFound } = lookedUp;
  const happened = inBooks ?? ok;
  const told = inBooks === undefined && atRest ? declined + notFound : declined;
  return {
    unknown_looked_up: ok + declined + notFound,
    unknown_resolved_ok: happened,
    unknown_resolved_absent:
      inBooks !== undefined && atRest ? unknown - happened : Math.min(told, unknown - happened),
  };
}
