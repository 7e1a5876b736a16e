/**
 * Which scenarios a script's options ask for: those of `scenarios`, or what k6 makes of its shortcuts `vus`, `duration`,
 * `iterations` and `stages`. What k6 refuses together is refused, what it passes over is warned of.
 *
 *   iterations (vus, duration)  shared-iterations; duration is its maxDuration
 *   duration (vus)              constant-vus
 *   stages (vus)                ramping-vus from `vus` on
 *   vus                         shared-iterations, one iteration a VU
 *   nothing                     per-vu-iterations, one iteration in one VU
 */
import { ScriptConfigError } from './errors.js';
import { isPlainObject, type OptionFields } from './option-fields.js';

/** What was asked for, not yet checked. */
export interface AskedScenarios {
  readonly scenarios: readonly AskedScenario[];
  readonly warnings: readonly string[];
}

export interface AskedScenario {
  readonly name: string;
  readonly given: unknown;
  /** Where it stands, for messages. */
  readonly at: string;
}

/** `where` names the script. Throws ScriptConfigError. */
export function askedScenarios(fields: OptionFields, where: string): AskedScenarios {
  const at = `${where}: options`;
  const scenarios = fields.raw('scenarios');
  if (scenarios !== undefined && !isPlainObject(scenarios))
    fields.refuse('scenarios', 'an object of scenarios', scenarios);
  const stages = fields.has('stages') ? fields.list('stages') : undefined;
  fields.raw('stages');
  const asked = {
    iterations: fields.raw('iterations'),
    duration: fields.raw('duration'),
    stages: stages?.length === 0 ? undefined : stages,
    scenarios,
  };
  refuseTogether(asked, at);
  const vus = fields.raw('vus');
  const listed = Object.entries(scenarios ?? {});
  if (listed.length > 0)
    return {
      scenarios: listed.map(([name, given]) => ({
        name,
        given,
        at: `${where}: scenario "${name}"`,
      })),
      warnings: vus === undefined ? [] : [`${at}: vus is ignored, because scenarios name theirs`],
    };
  return {
    scenarios: [{ name: 'default', given: shortcut({ ...asked, vus }), at }],
    warnings: Object.entries({ stages, scenarios }).flatMap(([name, value]) =>
      value === undefined || Object.keys(value).length > 0 ? [] : [`${at}: ${name} is empty`],
    ),
  };
}

/** What k6 refuses: two of these, but for a duration that bounds iterations. */
function refuseTogether(
  asked: Readonly<Record<'iterations' | 'duration' | 'stages' | 'scenarios', unknown>>,
  at: string,
): void {
  const given = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : name));
  if (given.length < 2 || given.join() === 'iterations,duration') return;
  throw new ScriptConfigError(
    `${at} has ${given.slice(0, -1).join(', ')} and ${given.at(-1)}; keep one way of saying it`,
  );
}

function shortcut(asked: {
  readonly iterations: unknown;
  readonly duration: unknown;
  readonly stages: unknown;
  readonly scenarios: unknown;
  readonly vus: unknown;
}): Readonly<Record<string, unknown>> {
  const { iterations, duration, stages, scenarios, vus } = asked;
  if (iterations !== undefined)
    return { executor: 'shared-iterations', vus, iterations, maxDuration: duration };
  if (duration !== undefined) return { executor: 'constant-vus', vus, duration };
  if (stages !== undefined) return { executor: 'ramping-vus', startVUs: vus, stages };
  if (vus !== undefined && scenarios === undefined)
    return { executor: 'shared-iterations', vus, iterations: vus };
  return { executor: 'per-vu-iterations' };
}
