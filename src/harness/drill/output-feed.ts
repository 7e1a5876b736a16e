/** Hands each second of the load to what `--out` names. Without any nothing is put together. */
import type { FaultTimeline } from '../faults/timeline.js';
import { LIVE } from '../measure/live-counters.js';
import { SampleMaker } from '../outputs/samples.js';
import type { DrillContext } from './context.js';
import type { LoadWatch } from './load-watch.js';

/** What comes back is called at the end of each second, counted from the start of the load. */
export function outputFeed(
  { outputs, setup, clock, load, live }: DrillContext,
  timeline: FaultTimeline,
): (watch: LoadWatch, endS: number) => void {
  const maker = new SampleMaker(setup.plan);
  return (watch, endS) => {
    if (outputs.length === 0) return;
    const states = watch.states();
    const second = maker.second({
      unixMs: clock.originUnixMs + load.startUs / 1000 + endS * 1000,
      metric: (name) => states[name],
      checks: watch.checks(),
      own: {
        planned_iterations: watch.plannedUntil(endS),
        pay_retried: live.total(LIVE.retried),
        pay_in_flight: live.total(LIVE.inFlight),
        faults_active: timeline.active.length,
      },
    });
    for (const output of outputs) output.onSecond(second);
  };
}
