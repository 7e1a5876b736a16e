/**
 * What the conductor knows of the load while it runs: the workers' seconds put together, the live counts, the metrics
 * that thresholds read. Turns them into ticks for whoever watches and rows for metrics.json.
 */

import { resultName } from '../../wire/results.js';
import type { FromWorker } from '../load/messages.js';
import { type CheckCounts, mergeChecks } from '../measure/checks.js';
import { LatencyTotals, NO_PERCENTILES, type Percentiles } from '../measure/latency.js';
import { LIVE, type LiveCounters } from '../measure/live-counters.js';
import { type MetricsSnapshot, mergeSnapshots } from '../measure/metric-state.js';
import type { OperationPart } from '../measure/operation-part.js';
import type { Plan } from '../options/plan.js';
import {
  evaluateThreshold,
  type MetricsView,
  type ThresholdResult,
} from '../options/thresholds.js';
import { type MetricsRow, NO_REQUESTS } from '../report/metrics.js';
import type { RequestTick } from '../report/progress.js';
import { plannedIterationsUntil, plannedRatePerSec } from '../schedule/planned-rate.js';
import { metricsView } from './metrics-view.js';
import type { CountedOperations } from './operation-table.js';

type Interval = Extract<FromWorker, { readonly type: 'interval' }>;
type Measured = Extract<FromWorker, { readonly type: 'measured' }>;

/** What a row tells of its second alone. */
const ROW_COLUMNS = [
  LIVE.ok,
  LIVE.declined,
  LIVE.notSent,
  LIVE.retried,
  LIVE.lateStarts,
  LIVE.dropped,
  LIVE.leftOver,
  LIVE.paused,
] as const;

type RequestColumns = Pick<MetricsRow, keyof typeof NO_REQUESTS>;

export class LoadWatch {
  readonly rows: MetricsRow[] = [];
  readonly #plan: Plan;
  readonly #workers: number;
  readonly #live: LiveCounters;
  readonly #onSecond: (endS: number) => void;
  readonly #response: LatencyTotals;
  readonly #service: LatencyTotals;
  /** Of requests: written where there are any. */
  readonly #requests: LatencyTotals;
  readonly #bySecond = new Map<number, Interval[]>();
  readonly #afterLoad: Measured[] = [];
  readonly #snapshots = new Map<number, MetricsSnapshot>();
  readonly #checks = new Map<number, readonly CheckCounts[]>();
  readonly #groups = new Set<string>();
  readonly #operations = new Map<number, readonly OperationPart[]>();
  readonly #iterations = new Map<number, readonly number[]>();
  readonly #declines = new Map<number, ReadonlyMap<number, number>>();
  #before = ROW_COLUMNS.map(() => 0);
  #last = NO_PERCENTILES;
  #requestCount = 0;
  #requestFailed = 0;

  constructor(options: {
    readonly plan: Plan;
    readonly workers: number;
    readonly live: LiveCounters;
    /** Of the load; asked once it began, or is over without. */
    readonly startUnixMs: () => number;
    readonly writeResponse: (text: string) => void;
    readonly writeService: (text: string) => void;
    readonly writeRequests: (text: string) => void;
    /** A second is whole: it ends so many after the start of the load. What came after the last one ends with one more. */
    readonly onSecond: (endS: number) => void;
  }) {
    this.#plan = options.plan;
    this.#workers = options.workers;
    this.#live = options.live;
    this.#onSecond = options.onSecond;
    this.#response = new LatencyTotals(options.startUnixMs, options.writeResponse);
    this.#service = new LatencyTotals(options.startUnixMs, options.writeService);
    this.#requests = new LatencyTotals(options.startUnixMs, options.writeRequests);
  }

  /** Of the last whole second. */
  get last(): Percentiles {
    return this.#last;
  }

  /** Undefined where no request has ended in a whole second. */
  get requests(): RequestTick | undefined {
    const last = this.rows.at(-1);
    if (last === undefined || this.#requestCount === 0) return undefined;
    return {
      perSec: last.http_reqs,
      p50Us: last.http_p50_us,
      p99Us: last.http_p99_us,
      total: this.#requestCount,
      failed: this.#requestFailed,
    };
  }

  responseTime(): Percentiles {
    return this.#response.total();
  }

  serviceTime(): Percentiles {
    return this.#service.total();
  }

  onInterval(worker: number, interval: Interval): void {
    this.#keep(worker, interval);
    const parts = this.#bySecond.get(interval.second) ?? [];
    parts.push(interval);
    this.#bySecond.set(interval.second, parts);
    if (parts.length === this.#workers) this.#closeSecond(interval.second);
  }

  onMeasured(worker: number, measured: Measured): void {
    this.#keep(worker, measured);
    this.#afterLoad.push(measured);
  }

  /** What came after the last second counts in every total, and in no second. To be called once every worker that is there has told. */
  closeMeasured(): void {
    if (this.#afterLoad.length === 0) return;
    const [from, to] = [this.rows.length, this.rows.length + 1];
    this.#response.addInterval(
      this.#afterLoad.map((part) => part.responseTime),
      from,
      to,
    );
    this.#service.addInterval(
      this.#afterLoad.map((part) => part.serviceTime),
      from,
      to,
    );
    this.#requestsIn(this.#afterLoad, from);
    this.#onSecond(to);
  }

  /** Seconds that not every worker has told, at the end of the load. */
  closeAll(): void {
    for (const second of [...this.#bySecond.keys()].sort((a, b) => a - b))
      this.#closeSecond(second);
    this.#response.head();
    this.#service.head();
  }

  thresholds(elapsedUs: number, atEnd: boolean): readonly ThresholdResult[] {
    const view = this.metrics(elapsedUs);
    return this.#plan.thresholds.map((threshold) => evaluateThreshold(threshold, view, { atEnd }));
  }

  metrics(elapsedUs: number): MetricsView {
    return metricsView([...this.#snapshots.values()], elapsedUs / 1e6);
  }

  /** By `metricKey`, of all workers together. */
  states(): MetricsSnapshot {
    return mergeSnapshots([...this.#snapshots.values()]);
  }

  checks(): readonly CheckCounts[] {
    return mergeChecks([...this.#checks.values()]);
  }

  /** Every group that was entered, `::name::inner`. */
  groups(): readonly string[] {
    return [...this.#groups];
  }

  /** Of what was declined so far, most frequent first. */
  declinesByCode(): Readonly<Record<string, number>> {
    const sums = new Map<number, number>();
    for (const counts of this.#declines.values())
      for (const [code, count] of counts) sums.set(code, (sums.get(code) ?? 0) + count);
    const sorted = [...sums].sort(([, a], [, b]) => b - a);
    return Object.fromEntries(
      sorted.map(([code, count]) => [resultName(code) ?? `code ${code}`, count]),
    );
  }

  operations(): CountedOperations {
    const byWorker = [...this.#iterations.values()];
    return {
      parts: [...this.#operations.values()].flat(),
      iterations: this.#plan.scenarios.map((_, i) =>
        byWorker.reduce((sum, counts) => sum + counts[i], 0),
      ),
    };
  }

  plannedPerSec(loadUs: number): number {
    return this.#plan.scenarios.reduce(
      (sum, scenario) => sum + plannedRatePerSec(scenario, loadUs),
      0,
    );
  }

  /** Iterations that are due in the first so many seconds of the load. */
  plannedUntil(second: number): number {
    return this.#plan.scenarios.reduce(
      (sum, scenario) => sum + plannedIterationsUntil(scenario, second * 1e6),
      0,
    );
  }

  destroy(): void {
    this.#response.destroy();
    this.#service.destroy();
    this.#requests.destroy();
  }

  #keep(worker: number, told: Interval | Measured): void {
    const { metrics, checks, groups, operations, iterationsByScenario } = told;
    this.#operations.set(worker, operations);
    this.#iterations.set(worker, iterationsByScenario);
    this.#declines.set(worker, told.declinesByCode);
    this.#snapshots.set(worker, metrics);
    this.#checks.set(worker, checks);
    for (const group of groups) this.#groups.add(group);
  }

  #closeSecond(second: number): void {
    const parts = this.#bySecond.get(second) ?? [];
    this.#bySecond.delete(second);
    const [from, to] = [second, second + 1];
    this.#last = this.#response.addInterval(
      parts.map((part) => part.responseTime),
      from,
      to,
    );
    this.#service.addInterval(
      parts.map((part) => part.serviceTime),
      from,
      to,
    );
    this.rows.push({ ...this.#row(second), ...this.#requestsIn(parts, second) });
    this.#onSecond(to);
  }

  #requestsIn(parts: readonly (Interval | Measured)[], second: number): RequestColumns {
    const told = parts.flatMap(({ requests }) => requests ?? []);
    if (told.length === 0) return NO_REQUESTS;
    const { p50, p90, p99, p999, max } = this.#requests.addInterval(
      told.map(({ durations }) => durations),
      second,
      second + 1,
    );
    const count = told.reduce((sum, one) => sum + one.count, 0);
    const failed = told.reduce((sum, one) => sum + one.failed, 0);
    this.#requestCount += count;
    this.#requestFailed += failed;
    return {
      http_reqs: count,
      http_failed: failed,
      http_p50_us: p50,
      http_p90_us: p90,
      http_p99_us: p99,
      http_p999_us: p999,
      http_max_us: max,
    };
  }

  #row(second: number): Omit<MetricsRow, keyof RequestColumns> {
    const live = this.#live;
    const now = ROW_COLUMNS.map((column) => live.total(column));
    const [ok, declined, notSent, retried, late, dropped, leftOver, paused] = now.map(
      (value, i) => value - this.#before[i],
    );
    this.#before = now;
    return {
      second,
      planned: this.plannedUntil(second + 1) - this.plannedUntil(second),
      ok,
      declined,
      unknown: live.total(LIVE.unknown),
      not_sent: notSent,
      retried,
      late_starts: late,
      dropped_iterations: dropped,
      left_over_iterations: leftOver,
      paused_iterations: paused,
      in_flight: live.total(LIVE.inFlight),
      p50_us: this.#last.p50,
      p90_us: this.#last.p90,
      p99_us: this.#last.p99,
      p999_us: this.#last.p999,
      max_us: this.#last.max,
    };
  }
}
