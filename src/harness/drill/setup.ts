/** Everything of a drill that is decided before anything starts: script, plan, target's population, faults. */
import { cpus } from 'node:os';
import { loadScript, type ScriptSource } from '../compile/load.js';
import { planWholeScript } from '../compile/plan-script.js';
import { drawSeed } from '../entropy/random.js';
import type { PlannedFault } from '../faults/plan.js';
import type { Plan } from '../options/plan.js';
import type { DrillOptions } from '../report/progress.js';
import { breakableNames } from '../targets/breakable-names.js';
import type { Population } from '../targets/target.js';
import { UserError } from '../user-error.js';
import type { Calibration } from './calibration-plan.js';
import { plannedFaults } from './planned-faults.js';
import { scriptSha256 } from './script-hash.js';

const DEFAULT_SHARDS = 2;
const DEFAULT_DEADLINE_MS = 2_000;
const DEFAULT_OPERATIONS_PER_FRAME = 512;
/** The busiest fifth of merchants takes 85 % of a festival (Zipf, s = 1); each user begins with 10,000 yuan. */
const DEFAULT_POPULATION: Population = {
  users: 1_000_000,
  merchants: 20_000,
  splitMerchants: 4_096,
  openingMinor: 1_000_000,
};

export interface DrillSetup {
  readonly source: ScriptSource;
  readonly plan: Plan;
  readonly seed: number;
  readonly workers: number;
  readonly shards: number;
  readonly population: Population;
  readonly faults: readonly PlannedFault[];
  readonly deadlineMs: number;
  readonly operationsPerFrameMax: number;
  /** The script wants its peak to be what this machine carries. */
  readonly calibrates: boolean;
  /** Undefined where the peak is the script's own, or was given. */
  readonly calibration: Calibration | undefined;
}

/** Throws UserError for what the script or the command line has wrong. */
export async function prepareSetup(options: DrillOptions): Promise<DrillSetup> {
  const script = await loadScript(options.script, { env: options.env });
  const wanted = options.scriptSha256;
  if (wanted !== undefined && scriptSha256(script.source) !== wanted) {
    throw new UserError(
      `${options.script} is not what it was when the drill ran: restore it, or run it as a drill of its own`,
    );
  }
  const plan = await planWholeScript(script, {
    peakPerSec: options.peakPerSec,
    durationScale: options.durationScale,
  });
  const own = ownOptions(plan.options);
  const number = (name: string, otherwise: number): number => wholeOption(own, name, otherwise);
  const merchants = number('merchants', DEFAULT_POPULATION.merchants);
  const shards = options.shards ?? DEFAULT_SHARDS;
  return {
    source: script.source,
    plan,
    seed: options.seed ?? drawSeed(),
    workers: options.workers ?? Math.max(1, Math.floor(cpus().length / 2)),
    shards,
    faults: plannedFaults(options, plan, breakableNames(options.target, shards)),
    population: {
      users: number('users', DEFAULT_POPULATION.users),
      merchants,
      splitMerchants: Math.min(
        merchants,
        number('splitMerchants', DEFAULT_POPULATION.splitMerchants),
      ),
      openingMinor: number('openingMinor', DEFAULT_POPULATION.openingMinor),
    },
    deadlineMs: number('deadlineMs', DEFAULT_DEADLINE_MS),
    operationsPerFrameMax: number('operationsPerFrame', DEFAULT_OPERATIONS_PER_FRAME),
    calibrates: flagOption(own, 'calibrate'),
    calibration: undefined,
  };
}

/** `options.ext.paydrill` of the script: what is not k6's. */
function ownOptions(options: unknown): Readonly<Record<string, unknown>> {
  return fieldOf(fieldOf(options, 'ext'), 'paydrill');
}

function fieldOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  const field: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof field === 'object' && field !== null
    ? Object.fromEntries(Object.entries(field))
    : {};
}

function flagOption(own: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = own[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw new UserError(
    `options.ext.paydrill.${name} must be true or false, got ${JSON.stringify(value)}`,
  );
}

function wholeOption(
  own: Readonly<Record<string, unknown>>,
  name: string,
  otherwise: number,
): number {
  const value = own[name] ?? otherwise;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new UserError(
    `options.ext.paydrill.${name} must be a whole number, got ${JSON.stringify(value)}`,
  );
}
