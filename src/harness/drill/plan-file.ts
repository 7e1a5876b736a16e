/** plan.json: what a drill is, as a value: enough to judge its folder elsewhere and to run it again. */
import { cpus } from 'node:os';
import type { FaultRecord } from '../faults/timeline.js';
import type { Target } from '../targets/target.js';
import type { DrillContext } from './context.js';

export const PLAN_FILE = 'plan.json';

export function planText(
  { setup, options }: DrillContext,
  target: Target,
  faults: { readonly file: string | null; readonly records: readonly FaultRecord[] },
): string {
  const { plan, seed, workers, shards, population, deadlineMs, operationsPerFrameMax } = setup;
  const { script, env, durationScale, peakPerSec, mutant, toxiproxy } = options;
  const content = {
    schema: 'paydrill.plan/1',
    script,
    env,
    seed,
    duration_scale: durationScale,
    peak_per_s: peakPerSec ?? plan.peakPerSec,
    calibration: setup.calibration ?? null,
    workers,
    shards,
    cores: cpus().length,
    target: target.facts.name,
    target_facts: target.facts,
    toxiproxy: toxiproxy ?? 'embedded',
    mutant: mutant ?? null,
    population,
    deadline_ms: deadlineMs,
    operations_per_frame_max: operationsPerFrameMax,
    topology: target.layout,
    options: plan.options,
    scenarios: plan.scenarios,
    fault_plan: faults.file,
    faults: faults.records,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
