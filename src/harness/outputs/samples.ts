/**
 * The load second by second, as outputs tell it: every metric by its name, with what was counted so far and what is of that second
 * alone. Not a sample an operation, as k6 has it: at two hundred thousand operations a second that would be a million lines a second,
 * written by the machine that is to make the load. Pure.
 */
import type { CheckCounts } from '../measure/checks.js';
import { counterState, type MetricState, partState, rateState } from '../measure/metric-state.js';
import { METRICS, type MetricRow } from '../options/metrics.js';
import type { Plan } from '../options/plan.js';
import type { MetricDefinition, Tags } from '../ports/metrics.js';
import { intervalOf } from './interval.js';

export interface OutputMetric extends MetricDefinition {
  readonly meaning: string;
  /** As written in the script: `p(99)<500`. */
  readonly thresholds: readonly string[];
}

export interface Sample {
  readonly metric: OutputMetric;
  /** Those of the test, and of a check its own. */
  readonly tags: Tags;
  /** Since the start of the load. */
  readonly total: MetricState;
  /** Of this second alone. */
  readonly interval: MetricState;
}

export interface OutputSecond {
  /** The calendar at its end. */
  readonly unixMs: number;
  readonly samples: readonly Sample[];
}

/** What is known at the end of a second, all of it since the start of the load. */
export interface CountedSoFar {
  readonly unixMs: number;
  readonly metric: (name: string) => MetricState | undefined;
  readonly checks: readonly CheckCounts[];
  /** Of OWN_METRICS. */
  readonly own: Readonly<Record<OwnMetric, number>>;
}

/** What a drill knows beside the metrics of its script. */
export const OWN_METRICS = {
  planned_iterations: { kind: 'counter', isTime: false, meaning: 'iterations that were due' },
  pay_retried: { kind: 'counter', isTime: false, meaning: 'attempts after the first' },
  pay_in_flight: { kind: 'gauge', isTime: false, meaning: 'operations without an answer' },
  faults_active: { kind: 'gauge', isTime: false, meaning: 'faults that are applied' },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type OwnMetric = keyof typeof OWN_METRICS;

export class SampleMaker {
  readonly #metrics: readonly OutputMetric[];
  readonly #own: readonly (readonly [OwnMetric, OutputMetric])[];
  readonly #checks: OutputMetric;
  readonly #tags: Tags;
  readonly #before = new Map<string, MetricState>();

  constructor(plan: Pick<Plan, 'customMetrics' | 'thresholds' | 'tags'>) {
    const withThresholds = (name: string, row: MetricRow): OutputMetric => ({
      name,
      ...row,
      thresholds: plan.thresholds
        .filter(({ metric }) => metric === name)
        .map(({ expression }) => expression),
    });
    this.#metrics = [
      ...Object.entries(METRICS).map(([name, row]) => withThresholds(name, row)),
      ...plan.customMetrics.map((own) =>
        withThresholds(own.name, { ...own, meaning: "the script's own" }),
      ),
    ].filter(({ name }) => name !== 'checks');
    this.#own = own((name) => withThresholds(name, OWN_METRICS[name]));
    this.#checks = withThresholds('checks', METRICS.checks);
    this.#tags = plan.tags;
  }

  second({ unixMs, metric, checks, own }: CountedSoFar): OutputSecond {
    const samples = this.#metrics.flatMap((one) => {
      const total = metric(one.name);
      return total === undefined ? [] : [this.#sample(...asOperationsNow(one, total))];
    });
    for (const [name, one] of this.#own) {
      const total = one.kind === 'counter' ? counterState(own[name]) : partState(own[name], 0);
      samples.push(this.#sample(one, total));
    }
    for (const { group, name, passes, fails } of checks) {
      const total = rateState({ passes, total: passes + fails });
      samples.push(this.#sample(this.#checks, total, { check: name, group }));
    }
    return { unixMs, samples };
  }

  #sample(metric: OutputMetric, total: MetricState, tags: Tags = {}): Sample {
    const key = JSON.stringify([metric.name, tags]);
    const interval = intervalOf(total, this.#before.get(key));
    this.#before.set(key, total);
    return { metric, total, interval, tags: { ...this.#tags, ...tags } };
  }
}

function own(metricOf: (name: OwnMetric) => OutputMetric): [OwnMetric, OutputMetric][] {
  const names: readonly OwnMetric[] = [
    'planned_iterations',
    'pay_retried',
    'pay_in_flight',
    'faults_active',
  ];
  return names.map((name) => [name, metricOf(name)]);
}

/** An answer that comes late takes an operation out of the unknown ones: they are no share of a second, but so many at its end. */
function asOperationsNow(metric: OutputMetric, total: MetricState): [OutputMetric, MetricState] {
  if (metric.name !== 'pay_unknown') return [metric, total];
  const meaning = 'operations whose outcome is unknown';
  return [{ ...metric, kind: 'gauge', meaning }, partState(total.sum, 0)];
}
