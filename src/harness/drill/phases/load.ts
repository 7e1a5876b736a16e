/** The load, while faults come and go; then the faults are healed, and the script's teardown() runs. */
import { once } from 'node:events';
import { timerMs } from '../../entropy/timer-ms.js';
import { tooLongLine } from '../../load/lifecycle.js';
import { loadEndUs } from '../../load/scenario-runners.js';
import { LIVE } from '../../measure/live-counters.js';
import type { DrillRun } from '../context.js';
import { giveUpDeaf } from '../deaf-workers.js';
import { LIFECYCLE_GRACE_MS, lifecycleEnding } from '../lifecycle-ending.js';
import { unlessAborted } from '../unless-aborted.js';

/** From the order to start to the first intended start. */
const LEAD_US = 200_000;

export async function loadPhase(run: DrillRun): Promise<void> {
  const { ending, pool, setup, clock, load, timeline, watch, busy, disk, packer } = run;
  if (!ending.stop.aborted) {
    run.enter('load');
    load.startUs = clock.nowUs() + LEAD_US;
    busy.start();
    packer.start();
    void timeline.run(ending.stop); // healPhase waits for it
    const loaded = pool.all('loaded', { type: 'start', loadStartUs: load.startUs });
    const dueMs = (LEAD_US + loadEndUs(setup.plan.scenarios)) / 1000;
    let isLoaded = false;
    const hears = [giveUpDeaf(run, 'loaded', { dueMs })];
    const stopped = once(ending.stop, 'abort').then(() => {
      pool.send({ type: 'stop' });
      if (!isLoaded) hears.push(giveUpDeaf(run, 'loaded'));
    });
    stopped.catch(() => undefined); // the pool is closed: nothing runs any more
    await loaded;
    isLoaded = true;
    for (const hear of hears) hear();
    busy.stop();
    watch.closeAll();
  } else {
    pool.send({ type: 'stop' });
  }
  disk.stop();
  packer.stop();
  load.endUs = clock.nowUs();
  run.pauses.set(false);
  ending.loadIsOver();
  failWhereAllThrew(run);
}

/** A script of which no iteration came through has measured nothing. */
function failWhereAllThrew({ live, ending, exceptions }: DrillRun): void {
  const threw = live.total(LIVE.exceptions);
  if (ending.end.ending === 'iterations_threw') return; // that is why it ended
  if (threw === 0 || threw < live.total(LIVE.iterations)) return;
  ending.endWith('iterations_threw', exceptions.hopelessLine(threw, 'them'));
}

/** Of somebody who watches. False where there is no load to pause, or it is so already. */
export function pauseLoad(run: DrillRun, isPaused: boolean): boolean {
  const { ending, log, pauses, pool } = run;
  if (run.phase() !== 'load' || ending.stop.aborted || !pauses.set(isPaused)) return false;
  pool.send({ type: 'pause', isPaused });
  log.notice(isPaused ? 'the load is paused, as was asked for' : 'the load goes on');
  return true;
}

export async function healPhase(run: DrillRun): Promise<void> {
  run.enter('heal');
  await run.timeline.healAll();
}

/** While the target still answers, and nothing is in its way any more: what it does is judged like the rest. */
export async function teardownPhase(run: DrillRun): Promise<void> {
  const { setup, pool, script, ending, load } = run;
  if (!setup.plan.hasTeardown || !Number.isFinite(load.startUs)) return;
  run.enter('teardown');
  const { teardownTimeoutUs } = setup.plan;
  const done = pool.first('teardown-done', { type: 'teardown', setupJson: script.setupJson });
  // The worker tells so itself, unless teardown() never waits: the next that is asked of it gives it up.
  const tooLate = new AbortController();
  const giveUp = (): void => {
    ending.endWith('teardown_timeout', tooLongLine('teardown', teardownTimeoutUs));
    tooLate.abort();
  };
  const timer = setTimeout(giveUp, timerMs(teardownTimeoutUs / 1000 + LIFECYCLE_GRACE_MS));
  const answer = await unlessAborted(tooLate.signal, done);
  clearTimeout(timer);
  if (answer?.failure === undefined) return;
  const { kind, line } = answer.failure;
  const early = lifecycleEnding('teardown', kind);
  if (early !== undefined) ending.endWith(early, line);
}
