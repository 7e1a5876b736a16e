/** From the plan's scenarios to their runners on one worker. */

import type { VirtualUser } from '../ports/host.js';
import { executorOf } from '../schedule/executors/registry.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { countBelow, type Numbers } from '../schedule/segment.js';
import { stripeOf, type WorkerPart } from '../schedule/stripe.js';
import { ArrivalRunner } from './arrival-runner.js';
import { ClosedRunner } from './closed-runner.js';
import type { ScenarioRunner } from './scenario-runner.js';
import { plannedVus, type SharedVus, VuPool } from './vu-pool.js';

export interface RunnersOptions extends WorkerPart {
  readonly scenarios: readonly ScenarioPlan[];
  readonly vus: SharedVus;
  readonly loadStartUs: number;
  readonly onDue: (loadUs: number) => void;
  /** An iteration of the scenario with this index begins on `vu`. */
  readonly onStart: (vu: VirtualUser, loadUs: number, scenario: number) => void;
  /** A runner has something to start before the loop's next turn. */
  readonly onReady: () => void;
}

/** VUs this worker must have before the load starts. */
export function vusToPlan({
  scenarios,
  ...part
}: WorkerPart & { readonly scenarios: readonly ScenarioPlan[] }): number {
  return plannedVus(
    scenarios.map((scenario) => ({
      startUs: scenario.startUs,
      endUs: endUs(scenario),
      planned: countBelow(
        executorOf(scenario.executor).vusPlanned(scenario.executor),
        stripeFor(scenario, part),
      ),
    })),
  );
}

export function scenarioRunners(options: RunnersOptions): readonly ScenarioRunner[] {
  return options.scenarios.map((scenario) => scenarioRunner(scenario, options));
}

function scenarioRunner(scenario: ScenarioPlan, options: RunnersOptions): ScenarioRunner {
  const { executor, index, startUs } = scenario;
  const { vus, loadStartUs, onDue, onReady } = options;
  const onStart = (vu: VirtualUser, loadUs: number): void => options.onStart(vu, loadUs, index);
  const stripe = stripeFor(scenario, options);
  const part = executorOf(executor).part(executor, { startUs, stripe });
  const common = { scenario: index, loadStartUs, hardStopUs: endUs(scenario), onDue, onStart };
  if (part.model === 'closed') return new ClosedRunner({ ...common, part, vus, onReady });
  return new ArrivalRunner({
    ...common,
    arrivals: part.arrivals,
    pool: new VuPool(vus, { max: part.vusMax }),
    interrupt: () => {
      for (const vu of vus.busy()) if (vu.scenario === index) vu.interrupt();
    },
  });
}

function stripeFor({ executor, segment }: ScenarioPlan, part: WorkerPart): Numbers {
  return stripeOf({ vusMax: executorOf(executor).vusMax(executor), segment }, part);
}

/** Since the start of the load: when the last grace of all scenarios is over. */
export function loadEndUs(scenarios: readonly ScenarioPlan[]): number {
  return Math.max(0, ...scenarios.map(endUs));
}

/** When the last grace is over. */
function endUs({ executor, startUs, gracefulStopUs }: ScenarioPlan): number {
  return startUs + executorOf(executor).durationUs(executor) + gracefulStopUs;
}
