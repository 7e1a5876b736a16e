/**
 * A loaded script becomes a checked plan: what runs when, and what must hold. The plan is plain data; it is posted to the
 * workers and written to plan.json. Scaling happens here, once, so that everyone reads the same numbers.
 */
import { VirtualClock } from '../entropy/clock.js';
import type { ExecutorPlan, ScenarioPlan } from '../schedule/plan.js';
import { peakRatePerSec } from '../schedule/planned-rate.js';
import { shownPath } from './bundle.js';
import { ScriptConfigError, ScriptError } from './errors.js';
import type { CompiledScript } from './load.js';
import { CustomMetrics, type MetricDefinition } from './metrics.js';
import { type ParsedOptions, parseOptions } from './options.js';
import { scriptThread } from './script-thread.js';
import { initialise, isFunction, Vu } from './virtual-user.js';
import type { VuHost } from './vu.js';

export interface Plan extends Omit<ParsedOptions, 'noSetup' | 'noTeardown'> {
  readonly hasSetup: boolean;
  readonly hasTeardown: boolean;
  /** What the script makes with k6/metrics. */
  readonly customMetrics: readonly MetricDefinition[];
  /** `options` as the script exports them, as far as JSON holds them. */
  readonly options: unknown;
  /** Highest rate that the arrival-rate scenarios plan together, iterations a second; 0 without any. */
  readonly peakPerSec: number;
}

export interface PlanScaling {
  /** All arrival rates are multiplied so that the highest total is this. */
  readonly peakPerSec?: number | undefined;
  /** Every duration and start time is multiplied by it; 1 = as written. */
  readonly durationScale?: number | undefined;
}

/** Runs the script's init code once. Throws ScriptError or ScriptConfigError. */
export function planScript(script: CompiledScript, scaling: PlanScaling = {}): Plan {
  const where = shownPath(script.source.path);
  const metrics = new CustomMetrics();
  const vu = new Vu(0, scriptThread({ script, host: planningHost(), scenarios: [], metrics }));
  try {
    initialise(vu, () => script.instantiate(vu, true));
  } catch (error) {
    throw new ScriptError(`init code threw at ${script.positions.describe(error)}`, error);
  }
  const options = plainData(vu.exports.options, where);
  const parsed = parseOptions(options, { where, customMetrics: metrics.all() });
  for (const { name, exec } of parsed.scenarios)
    if (!isFunction(vu.exports[exec])) throw missingExec(vu.exports, { where, name, exec });
  const { noSetup, noTeardown, ...rest } = parsed;
  const scenarios = scale(parsed.scenarios, scaling, where);
  return {
    ...rest,
    scenarios,
    hasSetup: !noSetup && isFunction(vu.exports.setup),
    hasTeardown: !noTeardown && isFunction(vu.exports.teardown),
    customMetrics: metrics.all(),
    options,
    peakPerSec: peakRatePerSec(scenarios),
  };
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

function scale(
  scenarios: readonly ScenarioPlan[],
  { peakPerSec, durationScale = 1 }: PlanScaling,
  where: string,
): ScenarioPlan[] {
  const planned = peakRatePerSec(scenarios);
  if (peakPerSec !== undefined && planned === 0)
    throw new ScriptConfigError(
      `${where}: --peak needs a scenario with an arrival rate; it has none`,
    );
  const rateScale = peakPerSec === undefined ? 1 : peakPerSec / planned;
  if (!(rateScale > 0) || !(durationScale > 0))
    throw new ScriptConfigError('--peak and --duration-scale must be numbers above 0');
  return scenarios.map((scenario) => ({
    ...scenario,
    startUs: Math.round(scenario.startUs * durationScale),
    executor: scaleExecutor(scenario.executor, rateScale, durationScale),
  }));
}

function scaleExecutor(
  executor: ExecutorPlan,
  rateScale: number,
  durationScale: number,
): ExecutorPlan {
  const duration = (us: number): number => Math.round(us * durationScale);
  switch (executor.name) {
    case 'constant-arrival-rate':
      return {
        ...executor,
        rate: executor.rate * rateScale,
        durationUs: duration(executor.durationUs),
      };
    case 'ramping-arrival-rate':
      return {
        ...executor,
        startRate: executor.startRate * rateScale,
        stages: executor.stages.map(({ targetRate, durationUs }) => ({
          targetRate: targetRate * rateScale,
          durationUs: duration(durationUs),
        })),
      };
    case 'constant-vus':
      return { ...executor, durationUs: duration(executor.durationUs) };
    case 'per-vu-iterations':
      return { ...executor, maxDurationUs: duration(executor.maxDurationUs) };
    default:
      return executor satisfies never;
  }
}

/** Init code runs without a target: nothing can be sent, metrics go nowhere. */
function planningHost(): VuHost {
  const refuse = (): never => {
    throw new Error('an operation cannot be made in init code');
  };
  return {
    seed: 0,
    clock: new VirtualClock(),
    pay: { submit: refuse },
    metrics: { add: () => undefined, check: () => undefined },
    startedUnixMs: 0,
    iterationEnded: () => undefined,
    abort: refuse,
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
