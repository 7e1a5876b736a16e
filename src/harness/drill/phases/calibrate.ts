/**
 * Before a drill whose script asks for it (`options.ext.paydrill.calibrate`): what does this machine carry, today, with whatever
 * else runs on it? A reference stack of its own is loaded in a closed loop for a few seconds and thrown away, so that neither its
 * payments nor its figures are part of the drill. The drill's peak becomes a share of the answer.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Supervisor } from '../../faults/supervisor-client.js';
import { LIVE } from '../../measure/live-counters.js';
import { scaleScenarios } from '../../options/plan.js';
import type { DrillHooks, DrillOptions } from '../../report/progress.js';
import {
  CALIBRATION_US,
  CALIBRATION_WARM_UP_US,
  type Calibration,
  calibrationPlan,
  PEAK_SHARE,
} from '../calibration-plan.js';
import { type DrillRun, openContext } from '../context.js';
import type { DrillSetup } from '../setup.js';
import { loadPhase } from './load.js';
import { startRun } from './start.js';

const POLL_MS = 20;

/** The peak is left to what this machine carries. */
export function calibrates(options: DrillOptions, setup: DrillSetup): boolean {
  const isGiven = options.peakPerSec !== undefined || options.constantRate !== undefined;
  return setup.calibrates && setup.target === 'reference' && !isGiven;
}

/** The setup with its peak decided; the same where nobody asked, or the peak was given. */
export async function calibrated(
  options: DrillOptions,
  setup: DrillSetup,
  hooks: DrillHooks,
): Promise<DrillSetup> {
  const plan = calibrates(options, setup) ? calibrationPlan(setup.plan) : undefined;
  if (plan === undefined || options.signal.aborted) return setup;
  hooks.onPhase('calibrate');
  const calibration = await carry(options, { ...setup, plan, faults: [] });
  if (calibration === undefined) return setup;
  const peakPerSec = Math.max(1, Math.floor(calibration.carriedPerSec * PEAK_SHARE));
  const carried = Math.round(calibration.carriedPerSec);
  hooks.onNotice(`this machine carried ${carried}/s: the peak is ${peakPerSec}/s`, 'info');
  const scenarios = scaleScenarios(setup.plan.scenarios, { peakPerSec }, options.script);
  return { ...setup, calibration, plan: { ...setup.plan, scenarios, peakPerSec } };
}

/** Undefined where it was interrupted, or nothing was carried: then the drill itself shows why. */
async function carry(options: DrillOptions, setup: DrillSetup): Promise<Calibration | undefined> {
  // Its folder goes with a supervisor, so that nothing of it is left by a drill that is killed meanwhile.
  const keeper = new Supervisor({ argv: [...options.program, 'supervise'] });
  try {
    const scratch = await keeper.makeFolder('paydrill-calibration-');
    return await carryIn(join(scratch, 'run'), options, setup);
  } finally {
    await keeper.close();
  }
}

async function carryIn(
  outFolder: string,
  options: DrillOptions,
  setup: DrillSetup,
): Promise<Calibration | undefined> {
  const { mutant: _, ...honest } = options;
  const drill = openContext({ ...honest, faults: 'none', outFolder }, setup, {
    onReady: nothing,
    onTick: nothing,
    onSecond: nothing,
    onPhase: nothing,
    onNotice: nothing,
  });
  try {
    const run = await startRun(drill, { isScratch: true });
    const [, counted] = await Promise.all([loadPhase(run), count(run)]);
    return counted;
  } finally {
    await drill.close();
  }
}

async function count(run: DrillRun): Promise<Calibration | undefined> {
  const { ending, live, load } = run;
  // What threw carried nothing.
  const done = (): number => live.total(LIVE.iterations) - live.total(LIVE.exceptions);
  const passed = async (us: number): Promise<boolean> => {
    while (!(run.loadUs() >= us)) {
      if (ending.stop.aborted) return false;
      await delay(POLL_MS);
    }
    return Number.isFinite(load.startUs);
  };
  if (!(await passed(CALIBRATION_WARM_UP_US))) return undefined;
  const [fromUs, before] = [run.loadUs(), done()];
  if (!(await passed(CALIBRATION_US))) return undefined;
  const seconds = (run.loadUs() - fromUs) / 1e6;
  const carriedPerSec = (done() - before) / seconds;
  return carriedPerSec > 0 ? { carriedPerSec, seconds } : undefined;
}

function nothing(): void {
  // What a calibration does is told by its answer.
}
