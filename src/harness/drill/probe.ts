/**
 * What makes a drill one that tries a target, and no more: `paydrill check` has it open already, and asks it by its script for
 * a few iterations, each operation twice under its id. Nothing is broken, and nothing is measured.
 */
import type { Plan } from '../options/plan.js';
import type { AskedAgain } from '../ports/told.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import type { LoadedTargetFile } from '../targets/file/load-target-file.js';
import type { Target } from '../targets/target.js';

export interface Probe {
  readonly loaded: LoadedTargetFile;
  /** Opened from that file. */
  readonly target: Target;
  readonly onAskedAgain: (asked: AskedAgain) => void;
}

/** Of each function that the script has for an iteration: by chance one of them may do nothing. */
const ITERATIONS = 3;
const ITERATIONS_US_MAX = 30_000_000;

/** The plan of a script, but for its schedule and thresholds. */
export function fewIterations(plan: Plan): Plan {
  const seen = new Set<string>();
  const different = plan.scenarios.filter(({ exec, env }) => {
    const what = JSON.stringify([exec, env]);
    return !seen.has(what) && seen.add(what);
  });
  const scenarios = different.map(
    (scenario, index): ScenarioPlan => ({
      ...scenario,
      index,
      startUs: 0,
      executor: {
        name: 'per-vu-iterations',
        vus: 1,
        iterations: ITERATIONS,
        maxDurationUs: ITERATIONS_US_MAX,
      },
    }),
  );
  return { ...plan, scenarios, thresholds: [], hasHandleSummary: false, minIterationUs: 0 };
}
