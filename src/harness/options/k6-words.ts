/**
 * A plan as a script would write it: its own options, and every scenario with its defaults in place, those too that shortcuts
 * (`vus`, `duration`, `stages`) stand for. With the length and the VUs that follow, by the names that `k6 inspect` has for them.
 */

import { executorOf } from '../schedule/executors/registry.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { executorDurationUs } from '../schedule/planned-rate.js';
import { countBelow, numbersOf } from '../schedule/segment.js';
import { durationText } from './duration.js';
import type { Plan } from './plan.js';

export function optionsInK6Words({
  options,
  scenarios,
}: Pick<Plan, 'options' | 'scenarios'>): object {
  const ends = scenarios.map(
    ({ startUs, gracefulStopUs, executor }) =>
      startUs + executorDurationUs(executor) + gracefulStopUs,
  );
  return {
    ...Object(options),
    scenarios: scenariosInK6Words(scenarios),
    totalDuration: durationText(Math.max(...ends)),
    maxVUs: scenarios.reduce((sum, scenario) => sum + vusMaxOf(scenario), 0),
  };
}

/** `exec.test.options`: with the scenario that a shortcut stands for, as k6 has it; helpers look up their stages there. */
export function optionsOfTheTest({
  options,
  scenarios,
}: Pick<Plan, 'options' | 'scenarios'>): object {
  return { ...Object(options), scenarios: scenariosInK6Words(scenarios) };
}

/** Of this instance. */
function vusMaxOf({ executor, segment }: ScenarioPlan): number {
  const whole = executorOf(executor).vusMax(executor);
  return segment === undefined ? whole : countBelow(whole, numbersOf(segment));
}

/** By the scenario's name. */
function scenariosInK6Words(scenarios: readonly ScenarioPlan[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    scenarios.map(({ name, executor, exec, env, tags, startUs, gracefulStopUs }) => {
      const { name: executorName, ...own } = executor;
      return [
        name,
        {
          executor: executorName,
          startTime: durationText(startUs),
          gracefulStop: durationText(gracefulStopUs),
          exec,
          env,
          tags,
          ...inK6Words(own),
        },
      ];
    }),
  );
}

/** Plans say microseconds as `durationUs`, k6 has text as `duration`; k6 writes VUs in capitals. */
function inK6Words(fields: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => {
      if (Array.isArray(value)) return [field, value.map(inK6Words)];
      if (field === 'rampDownGraceUs') return ['gracefulRampDown', durationText(value)];
      if (field.endsWith('Us')) return [field.slice(0, -'Us'.length), durationText(value)];
      return [field.replace(/Vus$/, 'VUs'), value];
    }),
  );
}
