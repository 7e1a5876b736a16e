/**
 * What one worker measures of its operations: live counts, response and service times, and the pay_* metrics. Each operation
 * asked for counts once in the shares, under its outcome as far as it is known: one that a script was told is unknown
 * moves to `ok` or `declined` when its answer comes while the load runs. What was never sent is no answer of the
 * target: it has a share of its own and no time.
 */
import type { DefiniteFacts, OperationListener } from '../driver/driver.js';
import { LatencyMeter } from '../measure/latency.js';
import { BUCKET_US, LIVE, type LiveRow } from '../measure/live-counters.js';
import {
  counterState,
  type MetricState,
  type MetricsSnapshot,
  metricKey,
  rateState,
  type SubMetric,
} from '../measure/metric-state.js';
import { TimeTrend } from '../measure/time-trend.js';
import type { Plan } from '../options/plan.js';
import type { SampleContext, Tags } from '../ports/metrics.js';
import { SeriesSets } from './sample-tags.js';

/** The operations with one set of tags, or all. */
class OperationCounts {
  readonly responseTime = new TimeTrend();
  readonly serviceTime = new TimeTrend();
  ok = 0;
  declined = 0;
  unknown = 0;
  notSent = 0;

  count(facts: DefiniteFacts): void {
    const responseUs = facts.completedUs - facts.intendedUs;
    const serviceUs = facts.completedUs - facts.sentUs;
    if (facts.outcome === 'ok') this.ok++;
    else this.declined++;
    if (facts.wasUnknown) this.unknown--;
    this.responseTime.record(responseUs);
    this.serviceTime.record(serviceUs);
  }

  states(): Readonly<Record<PayMetric, MetricState>> {
    const total = this.ok + this.declined + this.unknown + this.notSent;
    return {
      pay_operations: counterState(total),
      pay_ok: rateState({ passes: this.ok, total }),
      pay_declined: rateState({ passes: this.declined, total }),
      pay_unknown: rateState({ passes: this.unknown, total }),
      pay_not_sent: rateState({ passes: this.notSent, total }),
      pay_response_time: this.responseTime.state(),
      pay_service_time: this.serviceTime.state(),
    };
  }
}

const PAY_METRICS = [
  'pay_operations',
  'pay_ok',
  'pay_declined',
  'pay_unknown',
  'pay_not_sent',
  'pay_response_time',
  'pay_service_time',
] as const;
type PayMetric = (typeof PAY_METRICS)[number];

export class OperationMeter implements Omit<OperationListener, 'onSubmitted'> {
  readonly responseTime = new LatencyMeter();
  readonly serviceTime = new LatencyMeter();
  /** Drill clock. */
  loadStartUs = Number.POSITIVE_INFINITY;
  /** Of what was declined so far, how many with each code. */
  readonly declinesByCode = new Map<number, number>();
  readonly #live: LiveRow;
  readonly #all = new OperationCounts();
  /** Only of tags that a threshold names: each set costs two histograms. */
  readonly #tagged: SeriesSets<OperationCounts>;
  readonly #isTagged: boolean;

  constructor(options: {
    readonly live: LiveRow;
    readonly plan: Pick<Plan, 'scenarios' | 'tags'>;
    readonly subMetrics: readonly SubMetric[];
  }) {
    const names: readonly string[] = PAY_METRICS;
    const { live, plan, subMetrics } = options;
    this.#live = live;
    this.#tagged = new SeriesSets({
      subMetrics: subMetrics.filter(({ metric }) => names.includes(metric)),
      plan,
      make: () => new OperationCounts(),
    });
    this.#isTagged = this.#tagged.all.length > 0;
  }

  seriesOf(tags: Tags | undefined, caller: SampleContext): number {
    return this.#isTagged ? this.#tagged.numberOf(tags, caller) : 0;
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
    // Written out: it is done once per operation, and a call here makes it a third slower.
    const all = this.#all;
    if (isOk) all.ok++;
    else {
      all.declined++;
      this.declinesByCode.set(facts.code, (this.declinesByCode.get(facts.code) ?? 0) + 1);
    }
    if (facts.wasUnknown) all.unknown--;
    all.responseTime.record(responseUs);
    all.serviceTime.record(serviceUs);
    if (facts.series !== 0) this.#countTagged(facts);
  }

  onUnknown(series: number): void {
    this.#all.unknown++;
    for (const one of this.#tagged.combination(series)) one.unknown++;
  }

  onNotSent(series: number): void {
    this.#live.counts[LIVE.notSent]++;
    this.#all.notSent++;
    for (const one of this.#tagged.combination(series)) one.notSent++;
  }

  snapshot(): MetricsSnapshot {
    const all: Record<string, MetricState> = { ...this.#all.states() };
    for (const { tags, series } of this.#tagged.all) {
      for (const [name, state] of Object.entries(series.states())) {
        all[metricKey(name, tags)] = state;
      }
    }
    return all;
  }

  #countTagged(facts: DefiniteFacts): void {
    for (const one of this.#tagged.combination(facts.series)) one.count(facts);
  }
}
