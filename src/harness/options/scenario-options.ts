/**
 * One entry of `options.scenarios` becomes a scenario of the plan: fields, defaults and limits are k6's. What an executor
 * adds of its own is its business (schedule/executors). As in k6, a field that nobody knows is refused.
 */
import { EXECUTORS, type ExecutorPlan, executorNamed } from '../schedule/executors/registry.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { ScriptConfigError } from './errors.js';
import { nearest, OptionFields } from './option-fields.js';

export const EXECUTOR_NAMES: readonly string[] = EXECUTORS.map(({ name }) => name);

/** `at` as it stands in messages: `night.ts: scenario "plateau"`. Throws ScriptConfigError. */
export function parseScenario(
  given: unknown,
  { name, index, at }: { readonly name: string; readonly index: number; readonly at: string },
): ScenarioPlan {
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
  fields.raw('options'); // k6's browser settings: nothing here reads them
  fields.refuseUnknown();
  return scenario;
}

function parseExecutor(fields: OptionFields, at: string): ExecutorPlan {
  const name = fields.raw('executor');
  const choice = `choose one of ${EXECUTOR_NAMES.join(', ')}`;
  if (name === undefined) throw new ScriptConfigError(`${at} names no executor; ${choice}`);
  const executor = executorNamed(String(name));
  if (executor !== undefined) return executor.parse(fields);
  const near = nearest(String(name), EXECUTOR_NAMES);
  throw new ScriptConfigError(
    `${at}: executor ${JSON.stringify(name)} is not supported; ${near === undefined ? choice : `did you mean ${near}?`}`,
  );
}
