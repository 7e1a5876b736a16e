/** What a reader must know before any figure: how the drill ended, and what was said or done to it on purpose. Pure. */
import { lengthMs, plural } from './format.js';
import type { RunFacts, Summary } from './summary.js';
import { bad, doubt, plain, type ViewLine } from './view-lines.js';

export function noteLines({ run, pauses, lateness }: Summary): ViewLine[] {
  const lines: ViewLine[] = [];
  if (run.ending !== 'completed') {
    const why = run.ended_by === null ? '' : `: ${run.ended_by}`;
    lines.push(doubt(`${ENDINGS[run.ending]}${why}`));
  }
  if (pauses.length > 0) lines.push(doubt(pauseWords(pauses, lateness)));
  const marked = markedFailedWords(run);
  if (marked !== undefined) lines.push(bad(marked));
  if (run.ids_left !== null)
    lines.push(plain(`ids that the store answered for from then on: ${run.ids_left}`));
  if (run.mutant !== null) lines.push(doubt(`the stack ran with the planted bug ${run.mutant}`));
  return lines;
}

/** How long, and what was not sent for it. */
function pauseWords(
  pauses: Summary['pauses'],
  { dropped_iterations: dropped }: Summary['lateness'],
): string {
  const ms = pauses.reduce((sum, { from_ms: from, to_ms: to }) => sum + (to ?? from) - from, 0);
  const times = pauses.length === 1 ? 'once' : `${pauses.length} times`;
  const notSent = `${plural(dropped.asked_pause, 'iteration')} not sent`;
  return `paused from the page ${times}, ${lengthMs(ms)} in all: ${notSent}`;
}

/** Undefined where the script did not call exec.test.fail(). */
export function markedFailedWords({ marked_failed: reason }: RunFacts): string | undefined {
  return reason === null ? undefined : `the script marked the test as failed: ${reason}`;
}

const ENDINGS = {
  interrupted: 'the load was interrupted before its end',
  aborted: 'the drill ended before its time',
  threshold: 'the load ended before its time',
  script_exception: 'the script threw outside its iterations',
  iterations_threw: 'nothing was measured',
  setup_timeout: 'there was no load',
  teardown_timeout: 'the script was given up',
  little_disk: 'the load ended before its time, while what ran could still be judged',
  lost: 'the load ended early, as something that it needs was lost',
} as const;
