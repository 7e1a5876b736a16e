/** Everything that one worker measures, and what it tells of it: once a second, and once more when all is over. */
import { type CheckCounts, CheckTally } from '../measure/checks.js';
import type { LiveRow } from '../measure/live-counters.js';
import {
  type MetricsSnapshot,
  mergeSnapshots,
  metricKey,
  type SubMetric,
} from '../measure/metric-state.js';
import { MetricStore } from '../measure/metric-store.js';
import type { OperationPart } from '../measure/operation-part.js';
import type { Plan } from '../options/plan.js';
import { type ExceptionCount, ExceptionTally } from './exception-tally.js';
import { HttpMeter, type RequestInterval } from './http-meter.js';
import { IterationMeter } from './iteration-meter.js';
import { OperationMeter } from './operation-meter.js';
import { SampleTags } from './sample-tags.js';
import type { ScenarioRunner } from './scenario-runner.js';
import { ScriptMetrics } from './script-metrics.js';

/** Times since the last ones that were taken, as compressed base64; all metrics and checks so far. */
export interface Measured {
  readonly responseTime: string;
  readonly serviceTime: string;
  /** Undefined where no request was made. */
  readonly requests: RequestInterval | undefined;
  readonly metrics: MetricsSnapshot;
  /** Operations by scenario and kind, so far. */
  readonly operations: readonly OperationPart[];
  readonly checks: readonly CheckCounts[];
  /** Groups that were entered, `::name::inner`. */
  readonly groups: readonly string[];
  /** What iterations threw, so far. */
  readonly exceptions: readonly ExceptionCount[];
  /** How many ended by themselves so far, in the order of the plan's scenarios. */
  readonly iterationsByScenario: readonly number[];
  /** Of what was declined so far, how many with each code. */
  readonly declinesByCode: ReadonlyMap<number, number>;
}

export class Measures {
  readonly operations: OperationMeter;
  readonly iterations: IterationMeter;
  readonly requests: HttpMeter;
  readonly script: ScriptMetrics;
  readonly exceptions: ExceptionTally;
  readonly #store: MetricStore;
  readonly #checks = new CheckTally();

  constructor(options: {
    readonly live: LiveRow;
    readonly workers: number;
    readonly plan: Plan;
    /** The drill clock. */
    readonly nowUs: () => number;
    /** What an iteration threw, in one line. */
    readonly describe: (error: unknown) => string;
  }) {
    const { plan, nowUs } = options;
    const subMetrics = subMetricsOf(plan);
    this.operations = new OperationMeter({ ...options, subMetrics });
    this.iterations = new IterationMeter({ ...options, subMetrics });
    this.requests = new HttpMeter({ plan, subMetrics });
    this.exceptions = new ExceptionTally(options.describe);
    this.#store = new MetricStore(subMetrics, nowUs);
    this.script = new ScriptMetrics(this.#store, new SampleTags(plan), this.#checks);
  }

  /** Requests of setup() are in no second of the load. */
  beginLoad(loadStartUs: number): void {
    this.operations.loadStartUs = loadStartUs;
    this.requests.takeInterval();
  }

  take(runners: readonly ScenarioRunner[]): Measured {
    const { parts, metrics } = this.operations.snapshot();
    return {
      responseTime: this.operations.responseTime.takeInterval(),
      serviceTime: this.operations.serviceTime.takeInterval(),
      requests: this.requests.takeInterval(),
      metrics: {
        ...metrics,
        // Bytes go over HTTP and otherwise.
        ...mergeSnapshots([this.#store.snapshot(), this.requests.snapshot()]),
        ...this.iterations.snapshot(runners),
      },
      operations: parts,
      checks: this.#checks.counts(),
      groups: this.#checks.groups(),
      exceptions: this.exceptions.counts(),
      iterationsByScenario: [...this.iterations.endedByScenario],
      declinesByCode: this.operations.declinesByCode,
    };
  }
}

function subMetricsOf({ thresholds }: Plan): readonly SubMetric[] {
  return thresholds
    .filter(({ tags }) => Object.keys(tags).length > 0)
    .map(({ name, tags }) => ({ key: metricKey(name, tags), metric: name, tags }));
}
