/** The script's own metrics, checks and groups: from the script's calls to the measure room's store. */
import type { CheckTally } from '../measure/checks.js';
import type { MetricStore } from '../measure/metric-store.js';
import type { MetricDefinition, MetricSink, SampleContext, Tags } from '../ports/metrics.js';
import type { SampleTags } from './sample-tags.js';

export class ScriptMetrics implements MetricSink {
  readonly #store: MetricStore;
  readonly #tags: SampleTags;
  readonly #checks: CheckTally;

  constructor(store: MetricStore, tags: SampleTags, checks: CheckTally) {
    this.#store = store;
    this.#tags = tags;
    this.#checks = checks;
  }

  add(
    metric: MetricDefinition,
    value: number,
    tags: Tags | undefined,
    context: SampleContext,
  ): void {
    if (metric.name === 'group_duration') this.#checks.enter(context.group);
    this.#store.add(metric.name, metric.kind, value, (tag) => this.#tags.tag(tag, tags, context));
  }

  check(name: string, passed: boolean, tags: Tags | undefined, context: SampleContext): void {
    this.#checks.count(context.group, name, passed);
    this.#store.add('checks', 'rate', passed ? 1 : 0, (tag) =>
      tag === 'check' && this.#tags.carries(tag) ? name : this.#tags.tag(tag, tags, context),
    );
  }
}
