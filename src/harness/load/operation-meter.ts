/**
 * What one worker measures of its operations: live counts, response and service times, and the pay_* metrics. Each operation
 * asked for counts once in the shares, under its outcome as far as it is known: one that a script was told is unknown
 * moves to `ok` or `declined` when its answer comes while the load runs. What was never sent is no answer of the
 * target: it has a share of its own and no time. Counted apart by scenario and kind; the whole is their sum, made when it is
 * asked for, so that an operation is counted once.
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
import { type OperationPart, type OperationTotal, sumOfParts } from '../measure/operation-part.js';
import { TimeTrend } from '../measure/time-trend.js';
import type { SampleContext } from '../ports/metrics.js';
import type { OperationRequest } from '../ports/pay.js';
import { OperationParts } from './operation-parts.js';
import { type PlanOfTags, SeriesSets } from './sample-tags.js';

/** The operations with one set of tags. */
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
}

function statesOf(
  counts: OperationTotal & { readonly serviceTime: TimeTrend },
): Readonly<Record<PayMetric, MetricState>> {
  const { ok, declined, unknown, notSent, responseTime, serviceTime } = counts;
  const total = ok + declined + unknown + notSent;
  return {
    pay_operations: counterState(total),
    pay_ok: rateState({ passes: ok, total }),
    pay_declined: rateState({ passes: declined, total }),
    pay_unknown: rateState({ passes: unknown, total }),
    pay_not_sent: rateState({ passes: notSent, total }),
    pay_response_time: responseTime.state(),
    pay_service_time: serviceTime.state(),
  };
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
  readonly #parts: OperationParts;
  /** Of all operations. */
  readonly #serviceTimes = new TimeTrend();
  /** Only of tags that a threshold names: each set costs two histograms. */
  readonly #tagged: SeriesSets<OperationCounts>;
  readonly #isTagged: boolean;

  constructor(options: {
    readonly live: LiveRow;
    readonly plan: PlanOfTags;
    readonly subMetrics: readonly SubMetric[];
  }) {
    const names: readonly string[] = PAY_METRICS;
    const { live, plan, subMetrics } = options;
    this.#live = live;
    this.#parts = new OperationParts(plan.scenarios.length);
    this.#tagged = new SeriesSets({
      subMetrics: subMetrics.filter(({ metric }) => names.includes(metric)),
      plan,
      make: () => new OperationCounts(),
    });
    this.#isTagged = this.#tagged.all.length > 0;
  }

  /** The part's number, and before it that of the combination of tags: 0 for none. */
  seriesOf({ kind, tags }: Pick<OperationRequest, 'kind' | 'tags'>, caller: SampleContext): number {
    const part = this.#parts.numberOf(kind, caller.scenario);
    return this.#isTagged ? this.#tagged.numberOf(tags, caller) * this.#parts.size + part : part;
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
    const part = this.#partOf(facts.series);
    if (isOk) part.ok++;
    else {
      part.declined++;
      this.declinesByCode.set(facts.code, (this.declinesByCode.get(facts.code) ?? 0) + 1);
    }
    if (facts.wasUnknown) part.unknown--;
    part.responseTime.record(responseUs);
    this.#serviceTimes.record(serviceUs);
    if (this.#isTagged) for (const one of this.#combination(facts.series)) one.count(facts);
  }

  onUnknown(series: number): void {
    this.#partOf(series).unknown++;
    for (const one of this.#combination(series)) one.unknown++;
  }

  onNotSent(series: number): void {
    this.#live.counts[LIVE.notSent]++;
    this.#partOf(series).notSent++;
    for (const one of this.#combination(series)) one.notSent++;
  }

  /** What is known so far by scenario and kind, and the metrics over all of it. */
  snapshot(): { readonly parts: readonly OperationPart[]; readonly metrics: MetricsSnapshot } {
    const parts = this.#parts.all();
    const all = { ...sumOfParts(parts), serviceTime: this.#serviceTimes };
    const metrics: Record<string, MetricState> = { ...statesOf(all) };
    for (const { tags, series } of this.#tagged.all) {
      for (const [name, state] of Object.entries(statesOf(series))) {
        metrics[metricKey(name, tags)] = state;
      }
    }
    return { parts, metrics };
  }

  #partOf(series: number) {
    return this.#parts.at(series % this.#parts.size);
  }

  #combination(series: number): readonly OperationCounts[] {
    return this.#tagged.combination(Math.floor(series / this.#parts.size));
  }
}
