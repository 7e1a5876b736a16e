/** Everything that one worker measures, and what it tells of it: once a second, and once more when all is over. */
import { type CheckCounts, CheckTally } from '../measure/checks.js';
import type { LiveRow } from '../measure/live-counters.js';
import { type MetricsSnapshot, metricKey, type SubMetric } from '../measure/metric-state.js';
import { MetricStore } from '../measure/metric-store.js';
import type { Plan } from '../options/plan.js';
import { IterationMeter } from './iteration-meter.js';
import { OperationMeter } from './operation-meter.js';
import { SampleTags } from './sample-tags.js';
import type { ScenarioRunner } from './scenario-runner.js';
import { ScriptMetrics } from './script-metrics.js';

/** Times since the last ones that were taken, as compressed base64; all metrics and checks so far. */
export interface Measured {
  readonly responseTime: string;
  readonly serviceTime: string;
  readonly metrics: MetricsSnapshot;
  readonly checks: readonly CheckCounts[];
}

export class Measures {
  readonly operations: OperationMeter;
  readonly iterations: IterationMeter;
  readonly script: ScriptMetrics;
  readonly #store: MetricStore;
  readonly #checks = new CheckTally();

  constructor(options: {
    readonly live: LiveRow;
    readonly workers: number;
    readonly plan: Plan;
    /** The drill clock. */
    readonly nowUs: () => number;
  }) {
    const { plan, nowUs } = options;
    const subMetrics = subMetricsOf(plan);
    this.operations = new OperationMeter({ ...options, subMetrics });
    this.iterations = new IterationMeter({ ...options, subMetrics });
    this.#store = new MetricStore(subMetrics, nowUs);
    this.script = new ScriptMetrics(this.#store, new SampleTags(plan), this.#checks);
  }

  take(runners: readonly ScenarioRunner[]): Measured {
    return {
      responseTime: this.operations.responseTime.takeInterval(),
      serviceTime: this.operations.serviceTime.takeInterval(),
      metrics: {
        ...this.#store.snapshot(),
        ...this.operations.snapshot(),
        ...this.iterations.snapshot(runners),
      },
      checks: this.#checks.counts(),
    };
  }
}

function subMetricsOf({ thresholds }: Plan): readonly SubMetric[] {
  return thresholds
    .filter(({ tags }) => Object.keys(tags).length > 0)
    .map(({ name, tags }) => ({ key: metricKey(name, tags), metric: name, tags }));
}
