/** The load, while faults come and go; then the faults are healed, and the script's teardown() runs. */
import { once } from 'node:events';
import { LIVE } from '../../measure/live-counters.js';
import type { DrillRun } from '../context.js';
import { lifecycleEnding } from '../lifecycle-ending.js';

/** From the order to start to the first intended start. */
const LEAD_US = 200_000;

export async function loadPhase(run: DrillRun): Promise<void> {
  const { ending, pool, clock, load, timeline, watch, busy } = run;
  if (!ending.stop.aborted) {
    run.enter('load');
    load.startUs = clock.nowUs() + LEAD_US;
    busy.start();
    void timeline.run(ending.stop); // healPhase waits for it
    const loaded = pool.all('loaded', { type: 'start', loadStartUs: load.startUs });
    const stopped = once(ending.stop, 'abort').then(() => pool.send({ type: 'stop' }));
    stopped.catch(() => undefined); // the pool is closed: nothing runs any more
    await loaded;
    busy.stop();
    watch.closeAll();
  } else {
    pool.send({ type: 'stop' });
  }
  load.endUs = clock.nowUs();
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

export async function healPhase(run: DrillRun): Promise<void> {
  run.enter('heal');
  await run.timeline.healAll();
}

/** While the target still answers, and nothing is in its way any more: what it does is judged like the rest. */
export async function teardownPhase(run: DrillRun): Promise<void> {
  const { setup, pool, script, ending, load } = run;
  if (!setup.plan.hasTeardown || !Number.isFinite(load.startUs)) return;
  run.enter('teardown');
  const answer = await pool.first('teardown-done', {
    type: 'teardown',
    setupJson: script.setupJson,
  });
  if (answer?.failure === undefined) return;
  const { kind, line } = answer.failure;
  const early = lifecycleEnding('teardown', kind);
  if (early !== undefined) ending.endWith(early, line);
}
