/**
 * Makes the virtual users of one thread from a compiled script and its plan.
 */
import { dirname } from 'node:path';
import { optionsOfTheTest } from '../options/k6-words.js';
import { CustomMetrics } from '../options/metrics.js';
import type { Plan } from '../options/plan.js';
import type { VirtualUser, VuHost } from '../ports/host.js';
import { initialise, initialiseLater } from '../vu/init-code.js';
import { Vu } from '../vu/virtual-user.js';
import type { CompiledScript } from './compiled-script.js';
import { ScriptError } from './errors.js';
import { ScriptFiles } from './script-files.js';
import { scriptThread } from './script-thread.js';

export interface VirtualUsers {
  /**
   * Runs the script's init code for one VU; `id` is its number in the test, from 1, or 0 for setup and teardown.
   * Throws ScriptError where init code throws; where it awaits, `ready` of the VU is rejected with it.
   */
  create(id: number): VirtualUser;
  /** `scenarios/night.ts:12:5: TypeError: ...`: what an iteration threw, on one line. */
  describe(error: unknown): string;
}

/** `described`: what init code of VU `id` threw, and where. */
export function initError(id: number, described: string, cause: unknown): ScriptError {
  return new ScriptError(`init code of VU ${id} threw at ${described}`, cause);
}

export function virtualUsers(parts: {
  readonly script: CompiledScript;
  readonly plan: Plan;
  readonly host: VuHost;
  /** What setup() returned, as JSON (`undefined` there is no JSON: leave it out). */
  readonly setupJson?: string | undefined;
}): VirtualUsers {
  const { script, plan, host, setupJson } = parts;
  const { scenarios, segment, tags, systemTags } = plan;
  const metrics = new CustomMetrics();
  const files = new ScriptFiles(dirname(script.source.path), plan.openedFiles);
  const thread = scriptThread({
    script,
    host,
    scenarios,
    metrics,
    files,
    options: optionsOfTheTest(plan),
    segment,
    tags,
    systemTags,
    setupJson,
  });
  return {
    create(id) {
      const vu = new Vu(id, thread);
      const threw = (error: unknown): never => {
        throw initError(id, script.positions.describe(error), error);
      };
      const { instantiateLater } = script;
      if (instantiateLater !== undefined) {
        vu.ready = initialiseLater(vu, () => instantiateLater(vu, false)).then(() => {
          vu.ready = undefined;
        }, threw);
        return vu;
      }
      try {
        initialise(vu, () => script.instantiate(vu, false));
      } catch (error) {
        threw(error);
      }
      return vu;
    },
    describe: (error) => script.positions.describe(error),
  };
}
