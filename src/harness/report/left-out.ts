/**
 * What the percentiles of a drill do not speak of, in words that stand beside each of them: iterations that never began, and
 * operations that were not answered while the load ran. Pure.
 */
import { count, percent } from './format.js';
import type { OperationFacts } from './summary.js';

/** A smaller share of unanswered operations changes no percentile that is shown. */
const UNANSWERED_SHARE_MIN = 0.001;

/** What it is said of. */
export type Answered = Pick<
  OperationFacts,
  'attempted' | 'ok' | 'declined' | 'started_iterations' | 'dropped_iterations'
>;

/** `, of the 65 % that started`; empty where nothing is left out. */
export function leftOutWords(operations: Answered): string {
  const { attempted, ok, declined } = operations;
  const answered = ok + declined;
  const parts: string[] = [];
  if (operations.dropped_iterations > 0) parts.push(`${startedShare(operations)} that started`);
  if (attempted - answered > attempted * UNANSWERED_SHARE_MIN)
    parts.push(`${percent(answered / attempted)} of operations that were answered`);
  return parts.length === 0 ? '' : `, of the ${parts.join(' and the ')}`;
}

/** `9 of 24 iterations dropped (38 %)`; empty where none was. */
export function droppedWords(operations: OperationFacts): string {
  const { started_iterations: started, dropped_iterations: dropped } = operations;
  if (dropped === 0) return '';
  const due = started + dropped;
  return `${count(dropped)} of ${count(due)} iterations dropped (${percent(dropped / due)})`;
}

/** Of the iterations that were due, how many began. */
function startedShare(operations: Answered): string {
  const { started_iterations: started, dropped_iterations: dropped } = operations;
  return percent(started / (started + dropped));
}
