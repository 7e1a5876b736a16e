/**
 * After the load: let nothing of before arrive any more, wait until the target is at rest, ask it for what is still unknown.
 * All of it together has one deadline, so that a target that is gone does not hold the drill.
 */
import { messageOf } from '../../message-of.js';
import { JOURNAL_FILE, journalRecordText, type PartCounts } from '../../records/journal-record.js';
import type { Rest } from '../../targets/target.js';
import type { DrillRun } from '../context.js';
import { giveUpDeaf } from '../deaf-workers.js';
import { secondsSince } from '../drill-clock.js';

const SETTLE_TIMEOUT_MS = 30_000;
/** What a fault broke and nobody could heal keeps the target from its rest: one look or two tell what is missing. */
const UNHEALED_TIMEOUT_MS = 3_000;
/** Look-ups may have taken all the time there was: whether the target is at rest after them is looked at all the same. */
const LAST_LOOK_MS = 2_000;
/** What the rest of a target that is not at rest knows it can tell in this time. */
const BROKEN_LOOK_UP_MS = 3_000;

export async function settlePhase(run: DrillRun): Promise<Rest> {
  const { pool, target, clock, log, timeline, watch, exceptions } = run;
  run.enter('settle');
  const timeoutMs = timeline.isHealed ? SETTLE_TIMEOUT_MS : UNHEALED_TIMEOUT_MS;
  const deadlineUs = clock.nowUs() + timeoutMs * 1000;
  // Not the signal of Ctrl-C: what ended the load early must not end the waiting for its last answers.
  const settled = (leastMs = 0): Promise<Rest> =>
    target.settled(
      AbortSignal.timeout(Math.max(leastMs, Math.ceil((deadlineUs - clock.nowUs()) / 1000))),
    );
  await fenced(run);
  const begunUs = clock.nowUs();
  const rest = await settled();
  if (!rest.atRest) {
    const waited = `after ${secondsSince(clock, begunUs)} s`;
    log.notice(`the target is not at rest ${waited}: ${rest.missing.join('; ')}`, 'warn');
  }
  const leftUs = deadlineUs - clock.nowUs();
  const lookUpUs = rest.atRest ? leftUs : BROKEN_LOOK_UP_MS * 1000;
  const untilUs = clock.nowUs() + lookUpUs;
  const hear = giveUpDeaf(run, 'settled', { dueMs: lookUpUs / 1000 });
  const answers = await pool.all('settled', { type: 'look-up', untilUs });
  hear();
  watch.closeMeasured();
  exceptions.end();
  const left = answers.reduce((sum, { unresolved }) => sum + unresolved, 0);
  if (left > 0) log.notice(`${left} operations could not be looked up`, 'warn');
  writeJournalRecord(run, await pool.close());
  // Where nothing had to be looked up, nothing was sent since the target was at rest.
  const askedAgain = answers.some(({ asked }) => asked > 0);
  return rest.atRest && askedAgain ? await settled(LAST_LOOK_MS) : rest;
}

/** So that whoever judges the journal later notices what it lacks. */
function writeJournalRecord(
  { folder, runId, setup, ending }: DrillRun,
  parts: readonly PartCounts[],
): void {
  try {
    folder.write(JOURNAL_FILE, journalRecordText({ runId, workers: setup.workers, parts }));
  } catch (error) {
    ending.fail(messageOf(error));
  }
}

async function fenced(run: DrillRun): Promise<void> {
  const hear = giveUpDeaf(run, 'fenced');
  await run.pool.all('fenced', { type: 'fence' });
  hear();
}
