/**
 * Conducts one drill:
 *
 *   set up -> calibrate, where the script asks for it -> start the target -> load, while faults come and go -> heal -> settle (fence, look up what is unknown)
 *          -> read the books -> judge the run folder -> end the target -> keep the records -> report
 *          -> the script's handleSummary()
 *
 * Whatever happens on the way, faults are healed and what was started is ended. It decides nothing about right and
 * wrong: that is verify's, from the files alone.
 */
import { fileURLToPath } from 'node:url';
import { checkedOptions, type GivenOptions } from './drill/check-options.js';
import { type DrillContext, openContext } from './drill/context.js';
import { type DiskAt, diskAt as diskAtPath } from './drill/disk/disk.js';
import { checkDisk } from './drill/disk/disk-check.js';
import { calibrated, calibrates } from './drill/phases/calibrate.js';
import { dropPhase, judgePhase, keepLosses, keepPhase } from './drill/phases/judge.js';
import { healPhase, loadPhase, pauseLoad, teardownPhase } from './drill/phases/load.js';
import { reportPhase, wantsRecords } from './drill/phases/report.js';
import { scriptSummaryPhase } from './drill/phases/script-summary.js';
import { settlePhase } from './drill/phases/settle.js';
import { startRun } from './drill/phases/start.js';
import type { Probe } from './drill/probe.js';
import { checkRunFolder } from './drill/run-folder.js';
import { needsTarget, prepareSetup } from './drill/setup.js';
import { startTicker } from './drill/ticker.js';
import { isoTime } from './entropy/clock.js';
import { openOutputs } from './outputs/open-outputs.js';
import type { DrillEnd, DrillHooks } from './report/progress.js';

/**
 * Whether such a drill could be run, before anything is started: throws the UserError that it would end with. `needsTarget`: its
 * script asks for payments or tells of its own, or comes over networks to whom it asks.
 */
export async function checkDrill(given: GivenOptions): Promise<{ readonly needsTarget: boolean }> {
  const options = checkedOptions(given, [process.execPath, PROGRAM]);
  checkRunFolder(options.outFolder);
  const setup = await prepareSetup(options);
  if (!calibrates(options, setup)) checkDisk({ options, setup, diskAt: diskAtPath });
  return { needsTarget: needsTarget(setup) };
}

/**
 * Rejects with UserError where nothing could be run; otherwise there is always a run folder and a summary. `isScratch`: the run
 * folder is nobody's to look at; default false. `diskAt`: default this machine's. `probe`: it tries a target that is open already.
 */
export async function runDrill(
  given: GivenOptions,
  hooks: DrillHooks,
  {
    isScratch = false,
    diskAt = diskAtPath,
    probe,
  }: {
    readonly isScratch?: boolean;
    readonly diskAt?: DiskAt;
    readonly probe?: Probe;
  } = {},
): Promise<DrillEnd> {
  const options = checkedOptions(given, [process.execPath, PROGRAM]);
  checkRunFolder(options.outFolder);
  const prepared = await prepareSetup(options, probe?.loaded);
  // Where the peak is this machine's to say, nobody knows yet what will be written.
  if (!calibrates(options, prepared)) checkDisk({ options, setup: prepared, diskAt });
  let tell = hooks.onNotice.bind(hooks);
  const outputs = await openOutputs(options.outputs ?? [], {
    warn: (line) => tell(line, 'warn'),
    tell: (line) => tell(line, 'info'),
    isoTime,
  });
  try {
    const setup = await calibrated(options, prepared, hooks);
    const littleDisk = checkDisk({ options, setup, diskAt });
    hooks.onPhase('start');
    const drill = openContext(options, setup, hooks, { outputs, diskAt, probe });
    tell = (line, level) => drill.log.notice(line, level);
    if (littleDisk !== undefined) tell(littleDisk, 'warn');
    return await conduct(drill, hooks, isScratch);
  } finally {
    await Promise.all(outputs.map((output) => output.close()));
  }
}

async function conduct(
  drill: DrillContext,
  hooks: DrillHooks,
  isScratch: boolean,
): Promise<DrillEnd> {
  try {
    const run = await startRun(drill, { isScratch });
    hooks.onReady({
      applyFault: (index) => run.timeline.applyNow(index),
      pause: (isPaused) => pauseLoad(run, isPaused),
    });
    drill.atEnd(startTicker(run, hooks));
    await loadPhase(run);
    await healPhase(run);
    await teardownPhase(run);
    const rest = await settlePhase(run);
    const judged = await judgePhase(run, rest);
    const recordsKept = wantsRecords(run, judged.judgement);
    await (recordsKept ? keepPhase(run, judged.books) : dropPhase(run));
    keepLosses(run, judged.record);
    const end = await reportPhase(run, judged, { recordsKept });
    const scriptSummary = await scriptSummaryPhase(run, end.summary);
    const { summaryTimeUnit: timeUnit } = drill.setup.plan;
    return {
      ...end,
      ...(scriptSummary === undefined ? {} : { scriptSummary }),
      ...(timeUnit === undefined ? {} : { timeUnit }),
    };
  } finally {
    await drill.close();
  }
}

/** The supervisor and the stack are processes of the same package. */
const PROGRAM = fileURLToPath(new URL('../../bin/paydrill.js', import.meta.url));
