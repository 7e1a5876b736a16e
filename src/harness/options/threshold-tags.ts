/**
 * Tags that no sample can have, found before the load: a threshold on them would wait for nothing. What a script may set
 * as it runs (tags of calls, of the VU, groups, checks) cannot be known here; a threshold that meets none of it ends as not
 * evaluated.
 */
import type { Tags } from '../ports/metrics.js';
import { ScriptConfigError } from './errors.js';

/** The scenarios of a plan and the test's own tags, as far as tags go. */
export interface TaggedPlan {
  readonly scenarios: readonly { readonly name: string; readonly tags: Tags }[];
  readonly tags: Tags;
}

/** Counted for a scenario as a whole, outside the script. */
const OF_SCENARIOS: ReadonlySet<string> = new Set(['dropped_iterations', 'late_starts']);
/** Counted for the test as a whole. */
const OF_THE_TEST: ReadonlySet<string> = new Set(['vus', 'vus_max']);

/** `at` names the threshold in messages. Throws ScriptConfigError. */
export function refuseImpossibleTags(
  { name, tags }: { readonly name: string; readonly tags: Tags },
  { scenarios, tags: testTags }: TaggedPlan,
  at: string,
): void {
  const { scenario } = tags;
  const names = scenarios.map((one) => one.name);
  if (scenario !== undefined && !names.includes(scenario))
    throw new ScriptConfigError(
      `${at}: no scenario ${JSON.stringify(scenario)}; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`,
    );
  const sets: readonly Tags[] | undefined = OF_THE_TEST.has(name)
    ? [testTags]
    : OF_SCENARIOS.has(name)
      ? scenarios.map((one) => ({ scenario: one.name, ...testTags, ...one.tags }))
      : undefined;
  if (sets === undefined || sets.some((set) => hasAll(set, tags))) return;
  const whose = OF_THE_TEST.has(name) ? 'the test (options.tags)' : 'scenarios and of the test';
  throw new ScriptConfigError(
    `${at}: ${name} carries the tags of ${whose} alone, and none has ${written(tags)}`,
  );
}

function hasAll(set: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([tag, value]) => set[tag] === value);
}

function written(tags: Tags): string {
  return Object.entries(tags)
    .map(([tag, value]) => `${tag}:${value}`)
    .join(',');
}
