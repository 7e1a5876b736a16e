/**
 * What one worker measures of its iterations: how many ended, how long they took, how many were dropped or late.
 * Interrupted ones count apart and have no duration, as in k6.
 */
import { LIVE, type LiveRow } from '../measure/live-counters.js';
import {
  counterState,
  type MetricState,
  type MetricsSnapshot,
  metricKey,
  partState,
  type SubMetric,
} from '../measure/metric-state.js';
import { TimeTrend } from '../measure/time-trend.js';
import type { IterationEnd, VirtualUser } from '../ports/host.js';
import { type PlanOfTags, SampleTags, SeriesSets } from './sample-tags.js';
import type { ScenarioRunner } from './scenario-runner.js';

export class IterationMeter {
  /** Iterations that ended by themselves, in the order of the plan's scenarios. */
  readonly endedByScenario: Float64Array;
  readonly #live: LiveRow;
  readonly #workers: number;
  readonly #nowUs: () => number;
  readonly #subMetrics: readonly SubMetric[];
  readonly #plan: PlanOfTags;
  /** VUs that ran an iteration when that was looked at last. */
  #vus = 0;
  readonly #durations = new TimeTrend();
  /** Durations, and with them the number of iterations, of tags that a threshold names. */
  readonly #tagged: SeriesSets<TimeTrend>;
  /** Load time at which each VU began its iteration, by the VU's number on this worker. */
  #startedUs = new Float64Array(1024);

  constructor(options: {
    readonly live: LiveRow;
    readonly workers: number;
    readonly plan: PlanOfTags;
    readonly subMetrics: readonly SubMetric[];
    /** The drill clock. */
    readonly nowUs: () => number;
  }) {
    const { live, workers, plan, subMetrics, nowUs } = options;
    this.#live = live;
    this.#workers = workers;
    this.#nowUs = nowUs;
    this.#plan = plan;
    this.endedByScenario = new Float64Array(plan.scenarios.length);
    this.#subMetrics = subMetrics;
    this.#tagged = new SeriesSets({
      subMetrics: subMetrics.filter(
        ({ metric }) => metric === 'iterations' || metric === 'iteration_duration',
      ),
      plan,
      make: () => new TimeTrend(),
    });
  }

  onStart(vu: VirtualUser, loadUs: number): void {
    const index = this.#indexOf(vu);
    if (index >= this.#startedUs.length) {
      const grown = new Float64Array(Math.max(index + 1, this.#startedUs.length * 2));
      grown.set(this.#startedUs);
      this.#startedUs = grown;
    }
    this.#startedUs[index] = loadUs;
  }

  /** Its duration. */
  onEnd(vu: VirtualUser, end: IterationEnd, loadUs: number): number {
    const { counts } = this.#live;
    const durationUs = loadUs - this.#startedUs[this.#indexOf(vu)];
    if (end === 'interrupted') {
      counts[LIVE.interrupted]++;
      return durationUs;
    }
    counts[LIVE.iterations]++;
    this.endedByScenario[vu.scenario]++;
    this.#durations.record(durationUs);
    if (this.#tagged.all.length > 0) {
      const number = this.#tagged.numberOf(undefined, vu);
      for (const one of this.#tagged.combination(number)) one.record(durationUs);
    }
    return durationUs;
  }

  /** `runners` in the order of the plan's scenarios. */
  snapshot(runners: readonly ScenarioRunner[]): MetricsSnapshot {
    const { counts } = this.#live;
    const all: Record<string, MetricState> = {
      iterations: counterState(counts[LIVE.iterations]),
      iteration_duration: this.#durations.state(),
      dropped_iterations: counterState(counts[LIVE.dropped]),
      late_starts: counterState(counts[LIVE.lateStarts]),
      vus: partState(this.#sampleVus(runners), this.#nowUs()),
      vus_max: partState(counts[LIVE.vus], this.#nowUs()),
    };
    for (const { tags, series } of this.#tagged.all) {
      all[metricKey('iterations', tags)] = counterState(series.count);
      all[metricKey('iteration_duration', tags)] = series.state();
    }
    for (const { key, metric, tags } of this.#subMetrics) {
      if (metric === 'dropped_iterations')
        all[key] = counterState(this.#sum(tags, runners, ({ dropped }) => dropped));
      if (metric === 'late_starts')
        all[key] = counterState(this.#sum(tags, runners, ({ late }) => late));
      // They carry the test's tags alone; a threshold that names others is refused.
      if (metric === 'vus' || metric === 'vus_max') all[key] = all[metric];
    }
    return all;
  }

  /** While the load runs; after it the last of these, as k6 tells it. */
  #sampleVus(runners: readonly ScenarioRunner[]): number {
    const isOver = runners.every(({ busy, exhausted }) => exhausted && busy === 0);
    if (!isOver) this.#vus = this.#live.counts[LIVE.vusActive];
    return this.#vus;
  }

  /** What never began has the tags of its scenario and of the test. */
  #sum(
    tags: SubMetric['tags'],
    runners: readonly ScenarioRunner[],
    count: (runner: ScenarioRunner) => number,
  ): number {
    const sampleTags = new SampleTags(this.#plan);
    return runners.reduce((sum, runner, scenario) => {
      const context = { scenario, group: '', tags: undefined };
      return sum + (sampleTags.match(tags, undefined, context) ? count(runner) : 0);
    }, 0);
  }

  #indexOf(vu: VirtualUser): number {
    return Math.floor((vu.id - 1) / this.#workers);
  }
}
