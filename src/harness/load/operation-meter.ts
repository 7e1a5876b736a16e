/** What one worker measures of every operation that became definite: live counts, latencies, and the pay_* metrics. */
import type { DefiniteFacts } from '../driver/driver.js';
import { LatencyMeter } from '../measure/latency.js';
import { BUCKET_US, LIVE, type LiveRow } from '../measure/live-counters.js';
import {
  type MetricState,
  type MetricsSnapshot,
  metricKey,
  type SubMetric,
  TimeTrend,
} from '../measure/metrics.js';

/** Samples of one scenario (or of all). */
class OperationCounts {
  readonly responseTime = new TimeTrend();
  readonly serviceTime = new TimeTrend();
  ok = 0;
  declined = 0;
  total = 0;

  states(): Readonly<Record<string, MetricState>> {
    return {
      pay_operations: counted('counter', this.total, this.total),
      pay_ok: counted('rate', this.total, this.ok),
      pay_declined: counted('rate', this.total, this.declined),
      pay_unknown: counted('rate', this.total, this.total - this.ok - this.declined),
      pay_response_time: this.responseTime.state(),
      pay_service_time: this.serviceTime.state(),
    };
  }
}

function counted(kind: 'counter' | 'rate', count: number, sum: number): MetricState {
  return { kind, count, sum, min: 0, max: 0, values: [] };
}

export class OperationMeter {
  readonly responseTime = new LatencyMeter();
  readonly serviceTime = new LatencyMeter();
  /** Drill clock. */
  loadStartUs = 0;
  readonly #live: LiveRow;
  readonly #all = new OperationCounts();
  /** Only of scenarios that a threshold names: each costs two histograms. */
  readonly #byScenario: readonly (OperationCounts | undefined)[];
  readonly #scenarioNames: readonly string[];

  constructor(options: {
    readonly live: LiveRow;
    readonly scenarioNames: readonly string[];
    readonly subMetrics: readonly SubMetric[];
  }) {
    this.#live = options.live;
    this.#scenarioNames = options.scenarioNames;
    const wanted = new Set(options.subMetrics.map((sub) => sub.tags.scenario));
    this.#byScenario = options.scenarioNames.map((name) =>
      wanted.has(name) ? new OperationCounts() : undefined,
    );
  }

  onDefinite(facts: DefiniteFacts): void {
    const { counts, acknowledged } = this.#live;
    const isOk = facts.outcome === 'ok';
    counts[isOk ? LIVE.ok : LIVE.declined]++;
    const responseUs = facts.completedUs - facts.intendedUs;
    const serviceUs = facts.completedUs - facts.sentUs;
    if (facts.completedUs >= this.loadStartUs && isOk) {
      const bucket = Math.floor((facts.completedUs - this.loadStartUs) / BUCKET_US);
      if (bucket < acknowledged.length) acknowledged[bucket]++;
    }
    this.responseTime.record(responseUs);
    this.serviceTime.record(serviceUs);
    record(this.#all, isOk, responseUs, serviceUs);
    const own = this.#byScenario[facts.scenario];
    if (own !== undefined) record(own, isOk, responseUs, serviceUs);
  }

  /** Operations that scripts were told are unknown count in the shares too. */
  onUnknown(scenario: number): void {
    this.#all.total++;
    const own = this.#byScenario[scenario];
    if (own !== undefined) own.total++;
  }

  snapshot(): MetricsSnapshot {
    const all: Record<string, MetricState> = { ...this.#all.states() };
    this.#byScenario.forEach((counts, index) => {
      for (const [name, state] of Object.entries(counts?.states() ?? {})) {
        all[metricKey(name, { scenario: this.#scenarioNames[index] })] = state;
      }
    });
    return all;
  }
}

function record(
  counts: OperationCounts,
  isOk: boolean,
  responseUs: number,
  serviceUs: number,
): void {
  counts.total++;
  if (isOk) counts.ok++;
  else counts.declined++;
  counts.responseTime.record(responseUs);
  counts.serviceTime.record(serviceUs);
}
