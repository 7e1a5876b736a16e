/**
 * One entry of `options.scenarios` becomes a scenario of the plan: fields, defaults and limits are k6's.
 */
import type { ExecutorPlan, RateStage, ScenarioPlan } from '../schedule/plan.js';
import { ScriptConfigError } from './errors.js';
import { OptionFields } from './option-fields.js';

export const EXECUTORS = [
  'constant-arrival-rate',
  'ramping-arrival-rate',
  'constant-vus',
  'per-vu-iterations',
] as const;

const VUS_MAX = 1_000_000;

export interface ParsedScenario {
  readonly scenario: ScenarioPlan;
  readonly warnings: readonly string[];
}

/** `where` names the script. Throws ScriptConfigError. */
export function parseScenario(
  given: unknown,
  { name, index, where }: { readonly name: string; readonly index: number; readonly where: string },
): ParsedScenario {
  const at = `${where}: scenario "${name}"`;
  if (!/^[0-9a-zA-Z_-]+$/.test(name))
    throw new ScriptConfigError(`${at}: a name is made of letters, digits, _ and -`);
  const fields = new OptionFields(given, at);
  const executor = parseExecutor(fields, at);
  const scenario = {
    index,
    name,
    exec: fields.text('exec', 'default'),
    env: fields.texts('env'),
    tags: fields.texts('tags'),
    startUs: fields.durationUs('startTime', { otherwise: '0s' }),
    gracefulStopUs: fields.durationUs('gracefulStop', { otherwise: '30s' }),
    executor,
  };
  return { scenario, warnings: fields.unknown() };
}

function parseExecutor(fields: OptionFields, at: string): ExecutorPlan {
  const name = fields.raw('executor');
  switch (name) {
    case 'constant-arrival-rate':
      return {
        name,
        rate: fields.whole('rate', { least: 1 }),
        timeUnitUs: fields.durationUs('timeUnit', { leastUs: 1, otherwise: '1s' }),
        durationUs: fields.durationUs('duration', { leastUs: 1_000_000 }),
        ...parseArrivalVus(fields),
      };
    case 'ramping-arrival-rate':
      return {
        name,
        startRate: fields.whole('startRate', { least: 0, otherwise: 0 }),
        timeUnitUs: fields.durationUs('timeUnit', { leastUs: 1, otherwise: '1s' }),
        stages: parseStages(fields, at),
        ...parseArrivalVus(fields),
      };
    case 'constant-vus':
      return {
        name,
        vus: fields.whole('vus', { least: 1, otherwise: 1 }),
        durationUs: fields.durationUs('duration', { leastUs: 1_000_000 }),
      };
    case 'per-vu-iterations':
      return {
        name,
        vus: fields.whole('vus', { least: 1, otherwise: 1 }),
        iterations: fields.whole('iterations', { least: 1, otherwise: 1 }),
        maxDurationUs: fields.durationUs('maxDuration', { leastUs: 1_000_000, otherwise: '10m' }),
      };
    default:
      throw new ScriptConfigError(
        name === undefined
          ? `${at} names no executor; choose one of ${EXECUTORS.join(', ')}`
          : `${at}: executor ${JSON.stringify(name)} is not supported; choose one of ${EXECUTORS.join(', ')}`,
      );
  }
}

function parseArrivalVus(fields: OptionFields): {
  readonly preAllocatedVus: number;
  readonly maxVus: number;
} {
  const preAllocatedVus = fields.whole('preAllocatedVUs', { least: 1 });
  const maxVus = fields.whole('maxVUs', { least: 1, otherwise: preAllocatedVus });
  if (maxVus < preAllocatedVus || maxVus > VUS_MAX)
    fields.refuse('maxVUs', `from preAllocatedVUs (${preAllocatedVus}) to ${VUS_MAX}`, maxVus);
  return { preAllocatedVus, maxVus };
}

function parseStages(fields: OptionFields, at: string): RateStage[] {
  const stages = fields.list('stages').map((stage, i) => {
    const stageFields = new OptionFields(stage, `${at}: stages[${i}]`);
    return {
      targetRate: stageFields.whole('target', { least: 0 }),
      durationUs: stageFields.durationUs('duration', {}),
    };
  });
  if (stages.length === 0)
    throw new ScriptConfigError(`${at}: stages must have at least one stage`);
  return stages;
}
