/**
 * `options` of a script become the part of the plan that they decide: scenarios, thresholds, timeouts. k6's
 * shortcuts (`vus` + `duration`) become the scenario `default`. Unknown keys warn, as in k6; wrong types are refused.
 */

import type { MetricDefinition, Tags } from '../ports/metrics.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { ScriptConfigError } from './errors.js';
import { OptionFields } from './option-fields.js';
import { EXECUTORS, parseScenario } from './scenario-options.js';
import { parseThresholds, type Threshold } from './thresholds.js';

export interface ParsedOptions {
  readonly scenarios: readonly ScenarioPlan[];
  readonly thresholds: readonly Threshold[];
  /** On every sample of the test. */
  readonly tags: Tags;
  readonly setupTimeoutUs: number;
  readonly teardownTimeoutUs: number;
  readonly noSetup: boolean;
  readonly noTeardown: boolean;
  readonly summaryTrendStats: readonly string[];
  readonly warnings: readonly string[];
}

const SHORTCUTS = ['vus', 'duration', 'iterations', 'stages'];
/** Options of k6 that have no meaning here yet, or none at all; they are no mistake. */
const IGNORED = [
  'discardResponseBodies',
  'noConnectionReuse',
  'noVUConnectionReuse',
  'insecureSkipTLSVerify',
  'userAgent',
  'batch',
  'batchPerHost',
  'systemTags',
  'summaryTimeUnit',
  'noUsageReport',
  'cloud',
  'ext',
  'throw',
  'dns',
];

/** `where` names the script in messages. Throws ScriptConfigError. */
export function parseOptions(
  options: unknown,
  {
    where,
    customMetrics,
  }: { readonly where: string; readonly customMetrics: readonly MetricDefinition[] },
): ParsedOptions {
  const fields = new OptionFields(options ?? {}, `${where}: options`);
  const { scenarios, warnings } = parseScenarios(fields, where);
  const parsed = {
    scenarios,
    thresholds: parseThresholds(fields.raw('thresholds'), customMetrics, where),
    tags: fields.texts('tags'),
    setupTimeoutUs: fields.durationUs('setupTimeout', { otherwise: '60s' }),
    teardownTimeoutUs: fields.durationUs('teardownTimeout', { otherwise: '60s' }),
    noSetup: fields.raw('noSetup') === true,
    noTeardown: fields.raw('noTeardown') === true,
    summaryTrendStats: fields.has('summaryTrendStats')
      ? fields.list('summaryTrendStats').map(String)
      : ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'],
  };
  for (const ignored of IGNORED) fields.raw(ignored);
  return { ...parsed, warnings: [...warnings, ...fields.unknown()] };
}

function parseScenarios(
  fields: OptionFields,
  where: string,
): { readonly scenarios: readonly ScenarioPlan[]; readonly warnings: readonly string[] } {
  const shortcuts = SHORTCUTS.filter((name) => fields.raw(name) !== undefined);
  if (!fields.has('scenarios')) {
    fields.raw('scenarios');
    return one(shortcutScenario(fields, shortcuts, where), where);
  }
  if (shortcuts.length > 0)
    throw new ScriptConfigError(
      `${where}: options has scenarios and ${shortcuts.join(', ')}; keep one way of saying it`,
    );
  const given = fields.raw('scenarios');
  const entries = Object.entries(given !== null && typeof given === 'object' ? given : {});
  if (entries.length === 0)
    throw new ScriptConfigError(
      `${where}: options.scenarios is empty; add one with an executor: ${EXECUTORS.join(', ')}`,
    );
  const parsed = entries.map(([name, scenario], index) =>
    parseScenario(scenario, { name, index, where }),
  );
  return {
    scenarios: parsed.map(({ scenario }) => scenario),
    warnings: parsed.flatMap(({ warnings }) => warnings),
  };
}

function one(
  scenario: Readonly<Record<string, unknown>>,
  where: string,
): { readonly scenarios: readonly ScenarioPlan[]; readonly warnings: readonly string[] } {
  const parsed = parseScenario(scenario, { name: 'default', index: 0, where });
  return { scenarios: [parsed.scenario], warnings: parsed.warnings };
}

/** What k6 makes of `vus`, `duration`, `iterations` and `stages` without scenarios. */
function shortcutScenario(
  fields: OptionFields,
  shortcuts: readonly string[],
  where: string,
): Readonly<Record<string, unknown>> {
  const vus = fields.raw('vus');
  if (shortcuts.length === 0) return { executor: 'per-vu-iterations', vus: 1, iterations: 1 };
  if (shortcuts.includes('iterations'))
    throw unsupported(where, 'iterations', 'shared-iterations', 'per-vu-iterations');
  if (shortcuts.includes('stages'))
    throw unsupported(where, 'stages', 'ramping-vus', 'ramping-arrival-rate or constant-vus');
  if (!shortcuts.includes('duration'))
    throw unsupported(where, 'vus alone', 'shared-iterations', 'vus with duration');
  return {
    executor: 'constant-vus',
    duration: fields.raw('duration'),
    ...(vus === undefined ? {} : { vus }),
  };
}

function unsupported(
  where: string,
  what: string,
  executor: string,
  instead: string,
): ScriptConfigError {
  return new ScriptConfigError(
    `${where}: options: ${what} means the executor ${executor}, which is not supported; use ${instead}`,
  );
}
