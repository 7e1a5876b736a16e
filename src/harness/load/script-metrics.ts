/** The script's own metrics and checks, from the script room's calls to the measure room's store. */
import type { CheckTally } from '../measure/checks.js';
import type { MetricStore } from '../measure/metrics.js';
import type { Plan } from '../options/plan.js';
import type { MetricDefinition, MetricSink, SampleContext, Tags } from '../ports/metrics.js';

export class ScriptMetrics implements MetricSink {
  readonly #store: MetricStore;
  readonly #plan: Plan;
  readonly #checks: CheckTally;

  constructor(store: MetricStore, plan: Plan, checks: CheckTally) {
    this.#store = store;
    this.#plan = plan;
    this.#checks = checks;
  }

  add(
    metric: MetricDefinition,
    value: number,
    tags: Tags | undefined,
    context: SampleContext,
  ): void {
    this.#store.add(metric.name, metric.kind, value, (name) => this.#tag(name, tags, context));
  }

  check(name: string, passed: boolean, tags: Tags | undefined, context: SampleContext): void {
    this.#checks.count(context.group, name, passed);
    this.#store.add('checks', 'rate', passed ? 1 : 0, (tag) =>
      tag === 'check' ? name : this.#tag(tag, tags, context),
    );
  }

  /** The nearest wins: the call's tags, the VU's, the scenario's, the test's. */
  #tag(name: string, tags: Tags | undefined, context: SampleContext): string | undefined {
    const scenario = this.#plan.scenarios[context.scenario];
    const own =
      tags?.[name] ?? context.tags?.[name] ?? scenario?.tags[name] ?? this.#plan.tags[name];
    if (own !== undefined) return own;
    if (name === 'scenario') return scenario?.name;
    return name === 'group' ? context.group : undefined;
  }
}
