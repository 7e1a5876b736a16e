/**
 * A loaded script becomes a checked plan: its init code runs once, without a target, and its options are read.
 */
import { dirname } from 'node:path';
import { k6Module } from '../k6/modules.js';
import { ScriptConfigError } from '../options/errors.js';
import { type GivenScriptOptions, withGiven } from '../options/given-options.js';
import { CustomMetrics } from '../options/metrics.js';
import { parseOptions } from '../options/options.js';
import { type Plan, type PlanScaling, scaleScenarios, segmented } from '../options/plan.js';
import { parseSegment } from '../options/segment-option.js';
import type { VuHost } from '../ports/host.js';
import { peakRatePerSec } from '../schedule/planned-rate.js';
import { UserError } from '../user-error.js';
import { initialise, initialiseLater } from '../vu/init-code.js';
import { abortReason } from '../vu/interrupted-error.js';
import { isFunction } from '../vu/script-values.js';
import { Vu } from '../vu/virtual-user.js';
import type { CompiledScript } from './compiled-script.js';
import { ScriptError } from './errors.js';
import { noTarget } from './no-target.js';
import { catchRejections } from './rejections.js';
import { ScriptFiles } from './script-files.js';
import { scriptThread } from './script-thread.js';
import { shownPath } from './source-paths.js';

/** What is decided beside the script. */
export interface GivenPlan extends PlanScaling {
  /** Before the script's own. */
  readonly options?: GivenScriptOptions | undefined;
}

/**
 * Runs the script's init code once. Throws ScriptError or ScriptConfigError, or UserError where it ends the test; also where a
 * promise that init code leaves behind is rejected, which is told a moment later.
 */
export async function planScript(script: CompiledScript, given: GivenPlan = {}): Promise<Plan> {
  const left: unknown[] = [];
  const keep = (error: unknown): unknown => left.push(error);
  const release = catchRejections(script.positions, keep);
  let plan: Plan;
  try {
    plan = await planOf(script, given, keep);
  } finally {
    await new Promise((resolve) => setImmediate(resolve));
    release();
  }
  if (left.length > 0) throw initCodeThrew(script, left[0]);
  return plan;
}

/** `onLate` is told of what init code leaves behind. */
async function planOf(
  script: CompiledScript,
  given: GivenPlan,
  onLate: (error: unknown) => void,
): Promise<Plan> {
  const where = shownPath(script.source.path);
  const metrics = new CustomMetrics();
  const host = planningHost(onLate);
  const files = new ScriptFiles(dirname(script.source.path), undefined);
  const vu = new Vu(0, scriptThread({ script, host, scenarios: [], metrics, files }));
  const { instantiateLater } = script;
  try {
    if (instantiateLater === undefined) initialise(vu, () => script.instantiate(vu, true));
    else await initialiseLater(vu, () => instantiateLater(vu, true));
  } catch (error) {
    const reason = abortReason(error);
    if (reason !== undefined)
      throw new UserError(`the script ended the test in its init code${reason && `: ${reason}`}`, {
        exit: 'aborted',
        cause: error,
      });
    throw initCodeThrew(script, error);
  }
  const options = withGiven(plainData(vu.exports.options, where), given.options ?? {});
  const parsed = parseOptions(options, { where, customMetrics: metrics.all() });
  for (const { name, exec } of parsed.scenarios)
    if (!isFunction(vu.exports[exec])) throw missingExec(vu.exports, { where, name, exec });
  const { noSetup, noTeardown, segmentWords, ...rest } = parsed;
  const whole = scaleScenarios(parsed.scenarios, given, where);
  const segment = parseSegment(segmentWords, where);
  return {
    ...rest,
    warnings: [...rest.warnings, ...movedModules(script)],
    scenarios: segmented(whole, segment),
    segment,
    hasSetup: !noSetup && isFunction(vu.exports.setup),
    hasTeardown: !noTeardown && isFunction(vu.exports.teardown),
    hasHandleSummary: isFunction(vu.exports.handleSummary),
    customMetrics: metrics.all(),
    openedFiles: files.opened,
    options,
    peakPerSec: peakRatePerSec(whole),
  };
}

function movedModules({ source }: CompiledScript): readonly string[] {
  return source.transformed.modules.flatMap((name) => {
    const replacedBy = k6Module(name)?.replacedBy;
    return replacedBy === undefined ? [] : [`${name} is deprecated: import ${replacedBy}`];
  });
}

function initCodeThrew({ positions }: CompiledScript, error: unknown): ScriptError {
  return new ScriptError(`init code threw at ${positions.describe(error)}`, error);
}

function plainData(options: unknown, where: string): unknown {
  if (options === undefined) return undefined;
  try {
    return JSON.parse(JSON.stringify(options));
  } catch (error) {
    throw new ScriptConfigError(`${where}: options must be plain data`, error);
  }
}

function missingExec(
  exports: Readonly<Record<string, unknown>>,
  at: { readonly where: string; readonly name: string; readonly exec: string },
): ScriptConfigError {
  const functions = Object.keys(exports).filter((name) => isFunction(exports[name]));
  const has =
    functions.length === 0 ? 'it exports no function' : `it exports ${functions.join(', ')}`;
  return new ScriptConfigError(
    `${at.where}: scenario "${at.name}" wants the function ${at.exec}, which the script does not export; ${has}`,
  );
}

/** Init code runs without a target: nothing can be sent, metrics go nowhere. */
export function planningHost(onLate: (error: unknown) => void): VuHost {
  const refuse = (): never => {
    throw new Error('an operation cannot be made in init code');
  };
  const options = parseOptions({}, { where: '', customMetrics: [] }).http;
  return {
    seed: 0,
    clock: { nowUs: () => 0 },
    ...noTarget(refuse, options),
    requests: { request: () => undefined },
    startedUnixMs: 0,
    iterationEnded: () => undefined,
    failedLate: (_vu, _what, error) => onLate(error),
    abort: () => undefined, // what it throws tells the rest
    markFailed: () => undefined,
    log: () => undefined,
    instance: () => ({
      iterationsCompleted: 0,
      iterationsInterrupted: 0,
      vusActive: 0,
      vusInitialized: 0,
      elapsedUs: 0,
    }),
  };
}
