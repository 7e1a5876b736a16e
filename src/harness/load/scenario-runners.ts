/** From the plan's scenarios to their runners on one worker. */

import type { VirtualUser } from '../ports/host.js';
import { arrivals, closedPart } from '../schedule/executors.js';
import { isArrivalExecutor, type ScenarioPlan } from '../schedule/plan.js';
import { executorDurationUs } from '../schedule/planned-rate.js';
import { countInStripe, stripeOf } from '../schedule/stripe.js';
import { ArrivalRunner } from './arrival-runner.js';
import { ClosedRunner } from './closed-runner.js';
import type { ScenarioRunner } from './scenario-runner.js';
import { plannedVus, type SharedVus, VuPool } from './vu-pool.js';

export interface RunnersOptions {
  readonly scenarios: readonly ScenarioPlan[];
  readonly worker: number;
  readonly workers: number;
  readonly vus: SharedVus;
  readonly loadStartUs: number;
  readonly onDue: (loadUs: number) => void;
  /** An iteration begins on `vu`. */
  readonly onStart: (vu: VirtualUser, loadUs: number) => void;
}

/** VUs this worker must have before the load starts. */
export function vusToPlan(
  options: Pick<RunnersOptions, 'scenarios' | 'worker' | 'workers'>,
): number {
  return plannedVus(
    options.scenarios.map((scenario) => ({
      startUs: scenario.startUs,
      endUs: endUs(scenario),
      planned: plannedHere(scenario, options),
    })),
  );
}

export function scenarioRunners(options: RunnersOptions): readonly ScenarioRunner[] {
  return options.scenarios.map((scenario) => scenarioRunner(scenario, options));
}

function scenarioRunner(scenario: ScenarioPlan, options: RunnersOptions): ScenarioRunner {
  const { executor, index } = scenario;
  const stripe = stripeOf(executor, options);
  const common = {
    scenario: index,
    loadStartUs: options.loadStartUs,
    hardStopUs: endUs(scenario),
    onDue: options.onDue,
    onStart: options.onStart,
  };
  if (isArrivalExecutor(executor)) {
    const planned = plannedHere(scenario, options);
    const max = countInStripe(executor.maxVus, stripe);
    return new ArrivalRunner({
      ...common,
      arrivals: arrivals({ startUs: scenario.startUs, executor }, stripe),
      pool: new VuPool(options.vus, { planned, max }),
      interrupt: () => {
        for (const vu of options.vus.busy()) if (vu.scenario === index) vu.interrupt();
      },
    });
  }
  const part = closedPart({ startUs: scenario.startUs, executor }, stripe);
  return new ClosedRunner({
    ...common,
    part,
    vus: options.vus,
    firstIteration: stripe.index,
    iterationStep: stripe.of,
  });
}

function plannedHere(
  { executor }: ScenarioPlan,
  part: { readonly worker: number; readonly workers: number },
): number {
  const count = isArrivalExecutor(executor) ? executor.preAllocatedVus : executor.vus;
  return countInStripe(count, stripeOf(executor, part));
}

/** When the last grace is over. */
function endUs(scenario: ScenarioPlan): number {
  return scenario.startUs + executorDurationUs(scenario.executor) + scenario.gracefulStopUs;
}
