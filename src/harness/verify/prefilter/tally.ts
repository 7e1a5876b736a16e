/** What a scan counts of the journal on its way, for the summary. One a part; parts are added up. */
import { OUTCOME } from '../../../wire/acks.js';
import { RESULTS } from '../../../wire/results.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import type { LookedUp } from '../resolved.js';
import { TENTH_US, TENTHS_MAX } from '../throughput.js';
import { DECLINE_SCOPES, SCOPE } from './decline-scopes.js';
import { UnscannableError } from './exact-range.js';
import { STATUS } from './operation-index.js';

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

/** A completion; `bits`: the operation's status with it. */
export function tallyTold(tally: Tally, bits: number, head: number, tail: number): void {
  if ((tail & 0xffff) > 1) tally.retried++;
  const code = head >>> 16;
  if ((bits & STATUS.unknown) !== 0) {
    if (((tail >>> 16) & 255) === RESOLUTION.lookUp) tallyLookedUp(tally.lookedUp, head);
    return;
  }
  tally.unknown--;
  if ((head & 255) === OUTCOME.ok) tally.ok++;
  else if (code === RESULTS.not_sent.code) tally.notSent++;
  else {
    tally.declined++;
    tally.declines.set(code, (tally.declines.get(code) ?? 0) + 1);
  }
}

function tallyLookedUp(lookedUp: LookedUp, head: number): void {
  const isForGood = (DECLINE_SCOPES[head >>> 16] & (SCOPE.operation | SCOPE.otherBody)) !== 0;
  if ((head & 255) === OUTCOME.ok) lookedUp.ok++;
  else if ((head & 255) === OUTCOME.declined && isForGood) lookedUp.declined++;
  else lookedUp.notFound++;
}

/** Acknowledged, and moves money. Throws UnscannableError. */
export function tallyDone(tally: Tally, invokedUs: number, completedUs: number): void {
  const tenth = Math.floor(completedUs / TENTH_US);
  if (tenth < 0 || tenth >= TENTHS_MAX)
    throw new UnscannableError('an operation was answered years after the load began');
  tally.perTenth[tenth] = (tally.perTenth[tenth] ?? 0) + 1;
  if (invokedUs < tally.invokedMinUs) tally.invokedMinUs = invokedUs;
  if (completedUs > tally.completedMaxUs) tally.completedMaxUs = completedUs;
}
