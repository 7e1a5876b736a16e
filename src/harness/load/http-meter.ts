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
import { executorOf } from '../schedule/executors/registry.js';
import { type PlanOfTags, SeriesSets } from './sample-tags.js';

const EXPECTED = { expected_response: 'true' } as const;

/** The requests with one set of tags, or all. */
class RequestCounts {
  readonly duration = new TimeTrend();
  /** Of requests of an arrival rate; made with the first of them. */
  #response: TimeTrend | undefined;
  /** Made with the first request: a set of tags costs seven histograms. */
  #phases: Readonly<Record<PhaseMetric, TimeTrend>> | undefined;
  #failed = 0;
  #judged = 0;
  #sent = 0;
  #received = 0;

  /** `isPlanned`: when its iteration was to begin is known. */
  count(sample: HttpSample, isPlanned: boolean): void {
    const { timings, isExpected, bytesSent, bytesReceived } = sample;
    this.duration.record(durationUs(timings));
    if (isPlanned) {
      this.#response ??= new TimeTrend();
      this.#response.record(responseUs(sample));
    }
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
    if (this.#response !== undefined) states.http_req_response_time = this.#response.state();
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
  'http_req_response_time',
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
  /** By number of the scenario: it has an arrival rate. */
  readonly #isPlanned: readonly boolean[];

  constructor({
    plan,
    subMetrics,
  }: {
    readonly plan: PlanOfTags;
    readonly subMetrics: readonly SubMetric[];
  }) {
    const planned: boolean[] = [];
    for (const { executor, index } of plan.scenarios)
      planned[index] = executorOf(executor).rate !== undefined;
    this.#isPlanned = planned;
    this.#tagged = new SeriesSets({
      subMetrics: subMetrics.filter(({ metric }) => HTTP_METRICS.includes(metric)),
      plan,
      make: () => new RequestCounts(),
    });
  }

  request(sample: HttpSample, context: SampleContext): void {
    const isPlanned = this.#isPlanned[context.scenario] === true;
    this.#all.count(sample, isPlanned);
    this.#interval ??= new LatencyMeter();
    this.#interval.record(durationUs(sample.timings));
    this.#intervalCount++;
    if (sample.isExpected === false) this.#intervalFailed++;
    if (sample.isExpected === true) this.#expected.record(durationUs(sample.timings));
    if (this.#tagged.all.length === 0) return;
    const number = this.#tagged.numberOf(sample.tags(), context);
    for (const one of this.#tagged.combination(number)) one.count(sample, isPlanned);
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

/** From the intended start of the iteration to the last byte where it is the first; else from its own beginning. */
function responseUs({ lateUs, timings }: HttpSample): number {
  const { blockedUs, connectingUs, tlsUs } = timings;
  return lateUs + blockedUs + connectingUs + tlsUs + durationUs(timings);
}

function sumState(count: number, sum: number): MetricState {
  return { ...counterState(sum), count };
}
