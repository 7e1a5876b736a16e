/**
 * What one worker measures of HTTP requests: k6's metrics, in histograms, so that memory does not grow with the requests. Of tags
 * only those are looked at that a threshold names, and `expected_response:true` of the duration, which k6 always has.
 */

import { LatencyMeter } from '../measure/latency.js';
import {
  counterState,
  type MetricState,
  type MetricsSnapshot,
  metricKey,
  rateState,
  type SubMetric,
} from '../measure/metric-state.js';
import { TimeTrend } from '../measure/time-trend.js';
import type { HttpSample, HttpSink, HttpTimings } from '../ports/http.js';
import type { SampleContext } from '../ports/metrics.js';
import { type PlanOfTags, SeriesSets } from './sample-tags.js';

const EXPECTED = { expected_response: 'true' } as const;

/** The requests with one set of tags, or all. */
class RequestCounts {
  readonly duration = new TimeTrend();
  /** Made with the first request: a set of tags costs seven histograms. */
  #phases: Readonly<Record<PhaseMetric, TimeTrend>> | undefined;
  #failed = 0;
  #judged = 0;
  #sent = 0;
  #received = 0;

  count({ timings, isExpected, bytesSent, bytesReceived }: HttpSample): void {
    this.duration.record(durationUs(timings));
    this.#phases ??= newPhases();
    const phases = this.#phases;
    phases.http_req_blocked.record(timings.blockedUs);
    phases.http_req_connecting.record(timings.connectingUs);
    phases.http_req_tls_handshaking.record(timings.tlsUs);
    phases.http_req_sending.record(timings.sendingUs);
    phases.http_req_waiting.record(timings.waitingUs);
    phases.http_req_receiving.record(timings.receivingUs);
    this.#sent += bytesSent;
    this.#received += bytesReceived;
    if (isExpected === undefined) return;
    this.#judged++;
    if (!isExpected) this.#failed++;
  }

  states(): Readonly<Record<string, MetricState>> {
    const states: Record<string, MetricState> = {
      http_reqs: counterState(this.duration.count),
      http_req_duration: this.duration.state(),
      http_req_failed: rateState({ passes: this.#failed, total: this.#judged }),
      data_sent: sumState(this.duration.count, this.#sent),
      data_received: sumState(this.duration.count, this.#received),
    };
    for (const [name, trend] of Object.entries(this.#phases ?? {})) states[name] = trend.state();
    return states;
  }
}

const PHASE_METRICS = [
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
] as const;
type PhaseMetric = (typeof PHASE_METRICS)[number];

const HTTP_METRICS: readonly string[] = [
  ...PHASE_METRICS,
  'http_reqs',
  'http_req_duration',
  'http_req_failed',
  'data_sent',
  'data_received',
];

/** Requests since the last ones that were taken. */
export interface RequestInterval {
  /** `http_req_duration`, as compressed base64 (HDR V2). */
  readonly durations: string;
  readonly count: number;
  /** As k6 counts them. */
  readonly failed: number;
}

export class HttpMeter implements HttpSink {
  /** Made with the first request. */
  #interval: LatencyMeter | undefined;
  #intervalCount = 0;
  #intervalFailed = 0;
  readonly #all = new RequestCounts();
  readonly #expected = new TimeTrend();
  readonly #tagged: SeriesSets<RequestCounts>;

  constructor({
    plan,
    subMetrics,
  }: {
    readonly plan: PlanOfTags;
    readonly subMetrics: readonly SubMetric[];
  }) {
    this.#tagged = new SeriesSets({
      subMetrics: subMetrics.filter(({ metric }) => HTTP_METRICS.includes(metric)),
      plan,
      make: () => new RequestCounts(),
    });
  }

  request(sample: HttpSample, context: SampleContext): void {
    this.#all.count(sample);
    this.#interval ??= new LatencyMeter();
    this.#interval.record(durationUs(sample.timings));
    this.#intervalCount++;
    if (sample.isExpected === false) this.#intervalFailed++;
    if (sample.isExpected === true) this.#expected.record(durationUs(sample.timings));
    if (this.#tagged.all.length === 0) return;
    const number = this.#tagged.numberOf(sample.tags(), context);
    for (const one of this.#tagged.combination(number)) one.count(sample);
  }

  /** Undefined where there was none; a new interval begins. */
  takeInterval(): RequestInterval | undefined {
    const [count, failed] = [this.#intervalCount, this.#intervalFailed];
    if (this.#interval === undefined || count === 0) return undefined;
    this.#intervalCount = 0;
    this.#intervalFailed = 0;
    return { durations: this.#interval.takeInterval(), count, failed };
  }

  /** Nothing where no request was made. */
  snapshot(): MetricsSnapshot {
    if (this.#all.duration.count === 0) return {};
    const all: Record<string, MetricState> = {
      ...this.#all.states(),
      [metricKey('http_req_duration', EXPECTED)]: this.#expected.state(),
    };
    for (const { tags, series } of this.#tagged.all)
      for (const [name, state] of Object.entries(series.states()))
        all[metricKey(name, tags)] = state;
    return all;
  }
}

function newPhases(): Record<PhaseMetric, TimeTrend> {
  return {
    http_req_blocked: new TimeTrend(),
    http_req_connecting: new TimeTrend(),
    http_req_tls_handshaking: new TimeTrend(),
    http_req_sending: new TimeTrend(),
    http_req_waiting: new TimeTrend(),
    http_req_receiving: new TimeTrend(),
  };
}

function durationUs({ sendingUs, waitingUs, receivingUs }: HttpTimings): number {
  return sendingUs + waitingUs + receivingUs;
}

function sumState(count: number, sum: number): MetricState {
  return { ...counterState(sum), count };
}
