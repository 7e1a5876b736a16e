/** plan.json: what a drill is, as a value: enough to judge its folder elsewhere and to run it again. */
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { THEIR_PRODUCTS } from '../../products/kinds.js';
import { planDocument } from '../faults/plan-document.js';
import { redaction } from '../options/redaction.js';
import type { DrillOptions } from '../report/progress.js';
import type { Target } from '../targets/target.js';
import type { DrillContext } from './context.js';
import { scriptSha256 } from './script-hash.js';
import type { DrillSetup } from './setup.js';

export const PLAN_SCHEMA = 'paydrill.plan/2';

export function planText({ runId, setup, options }: DrillContext, target: Target): string {
  const { plan, seed, workers, stack, deadlineMs, operationsPerFrameMax } = setup;
  const { script, workingDirectory, durationScale, peakPerSec, mutant, toxiproxy } = options;
  const content = {
    schema: PLAN_SCHEMA,
    run_id: runId,
    working_directory: resolve(workingDirectory ?? ''),
    script,
    script_sha256: scriptSha256(setup.source),
    remote_modules: setup.source.remoteModules,
    env: envOf(setup, options),
    script_options: options.scriptOptions ?? {},
    seed,
    duration_scale: durationScale,
    peak_per_s: peakPerSec ?? plan.peakPerSec,
    execution_segment: options.executionSegment ?? null,
    execution_segment_sequence: options.executionSegmentSequence ?? null,
    constant_rate: options.constantRate ?? null,
    calibration: setup.calibration ?? null,
    workers,
    ...stack,
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'not told',
    own_products: THEIR_PRODUCTS,
    target: setup.targetFile === undefined ? target.facts.name : setup.target,
    target_facts: target.facts,
    toxiproxy: toxiproxy ?? 'embedded',
    mutant: mutant ?? null,
    deadline_ms: deadlineMs,
    operations_per_frame_max: operationsPerFrameMax,
    topology: target.layout,
    ...withoutSecrets(setup),
    fault_plan: planDocument(setup.faults),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** What the script itself puts together, which may have its secrets in it. */
function withoutSecrets({ plan, secrets }: DrillSetup): {
  readonly options: unknown;
  readonly scenarios: unknown;
} {
  const redact = redaction(secrets);
  const { options, scenarios } = plan;
  return JSON.parse(
    JSON.stringify({ options, scenarios }, (_, value: unknown) =>
      typeof value === 'string' ? redact(value) : value,
    ),
  );
}

/** What a target file gives its script, it gives again to whoever runs it again: with other ports. */
function envOf(
  { source, targetFile }: DrillSetup,
  { env }: DrillOptions,
): Readonly<Record<string, string>> {
  const isGivenAgain = (name: string): boolean =>
    targetFile?.env[name] !== undefined && env[name] === undefined;
  return Object.fromEntries(Object.entries(source.env).filter(([name]) => !isGivenAgain(name)));
}
