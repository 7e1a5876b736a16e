/**
 * Conducts one drill:
 *
 *   set up -> start the target -> load, while faults come and go -> heal -> settle (fence, look up what is unknown)
 *          -> read the books -> judge the run folder -> end the target -> keep the records -> report
 *
 * Whatever happens on the way, faults are healed and what was started is ended. It decides nothing about right and
 * wrong: that is verify's, from the files alone.
 */
import { checkOptions } from './drill/check-options.js';
import { DrillRun } from './drill/drill-run.js';
import { prepareSetup } from './drill/setup.js';
import type { DrillEnd, DrillHooks, DrillOptions } from './report/progress.js';

/** Rejects with UserError where nothing could be run; otherwise there is always a run folder and a summary. */
export async function runDrill(options: DrillOptions, hooks: DrillHooks): Promise<DrillEnd> {
  checkOptions(options);
  hooks.onPhase('start');
  const setup = await prepareSetup(options);
  return new DrillRun(options, setup, hooks).run();
}
