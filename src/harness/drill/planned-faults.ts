/** The faults of a drill: from the plan named, the one beside its script, or the drill that it replays. Nothing is started. */
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import {
  FaultPlanError,
  type PlannedFault,
  parseFaultPlan,
  readFaultPlan,
} from '../faults/plan.js';
import { messageOf } from '../message-of.js';
import type { Plan } from '../options/plan.js';
import type { DrillOptions } from '../report/progress.js';
import { planDurationUs } from '../schedule/planned-rate.js';
import type { BreakableNames } from '../targets/breakable-names.js';
import { UserError } from '../user-error.js';

/** Throws UserError for a plan that cannot be read, or not be carried out against what is breakable. */
export function plannedFaults(
  options: DrillOptions,
  plan: Plan,
  { links, processes, commands }: BreakableNames,
): readonly PlannedFault[] {
  const scenarioStartsMs = Object.fromEntries(
    plan.scenarios.map(({ name, startUs }) => [name, startUs / 1000]),
  );
  const loadEndMs = planDurationUs(plan.scenarios) / 1000;
  const context = { links, processes, commands, scenarioStartsMs, loadEndMs };
  if (options.faultPlan !== undefined) {
    const { from, document } = options.faultPlan;
    // Its times were scaled when it was planned.
    return readFaultPlan(document, { ...context, file: from, durationScale: 1 });
  }
  const { durationScale, faults, script, target } = options;
  if (faults === 'none') return [];
  const file = faults ?? planBeside(script);
  if (file === undefined) return [];
  try {
    return parseFaultPlan(textOf(file), { ...context, file, durationScale });
  } catch (cause) {
    const isOfScript = faults === undefined && target !== 'reference';
    if (!isOfScript || !(cause instanceof FaultPlanError)) throw cause;
    throw new FaultPlanError(
      `${cause.message}; this plan belongs to the script: against ${target} leave it out with --faults none, or name another`,
      cause,
    );
  }
}

function planBeside(script: string): string | undefined {
  const stem = script.slice(0, -extname(script).length || undefined);
  const file = `${stem}.faults.json`;
  return existsSync(file) ? file : undefined;
}

function textOf(file: string): string {
  if (!existsSync(file)) {
    throw new UserError(`no fault plan at ${file}; name a file, or --faults none`);
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = messageOf(cause);
    throw new UserError(`the fault plan ${file} cannot be read: ${reason}`, { cause });
  }
}
