/**
 * The tags of a sample, and which sub-metrics it belongs to. Of one name the nearest tag wins: the call's, the VU's, and
 * where the script never asked for exec.vu.tags, the scenario's, the test's; the scenario's name; the group.
 */
import type { SubMetric } from '../measure/metric-state.js';
import type { Plan } from '../options/plan.js';
import { carries } from '../options/system-tags.js';
import type { SampleContext, Tags } from '../ports/metrics.js';

/** What a plan says of tags. */
export type PlanOfTags = Pick<Plan, 'scenarios' | 'tags'> & Partial<Pick<Plan, 'systemTags'>>;

/** They are another for each VU. */
const OF_A_VU = ['vu', 'iter'] as const;

export class SampleTags {
  readonly #plan: PlanOfTags;

  constructor(plan: PlanOfTags) {
    this.#plan = plan;
  }

  tag(name: string, tags: Tags | undefined, context: SampleContext): string | undefined {
    const own = tags?.[name] ?? this.#ofVu(name, context);
    if (own !== undefined) return String(own); // scripts put numbers on exec.vu.tags too
    if (!this.carries(name)) return undefined;
    if (name === 'group') return context.group;
    const { id, iterationOfVu } = context;
    const number = name === 'vu' ? id : name === 'iter' ? iterationOfVu : undefined;
    return number === undefined ? undefined : `${number}`;
  }

  /** As a system tag. */
  carries(name: string): boolean {
    return carries(this.#plan.systemTags, name);
  }

  /** Whether a sample from `context` has every tag of `wanted`. */
  match(wanted: Tags, tags: Tags | undefined, context: SampleContext): boolean {
    return Object.entries(wanted).every(([name, value]) => this.tag(name, tags, context) === value);
  }

  #ofVu(name: string, context: SampleContext): string | undefined {
    if (context.tags !== undefined) return context.tags[name];
    const scenario = this.#plan.scenarios[context.scenario];
    const set = scenario?.tags[name] ?? this.#plan.tags[name];
    return set === undefined && name === 'scenario' && this.carries(name) ? scenario?.name : set;
  }
}

/**
 * Sums that are kept once for each set of tags that a threshold names, and found by a small number per sample: the
 * combination of sets that the sample belongs to. Number 0 is none. A sample of a VU that has set no tags and is in no
 * group belongs to what its scenario says, worked out beforehand.
 */
export class SeriesSets<Series> {
  /** Each set of tags that is named, with what is kept for it. */
  readonly all: readonly { readonly tags: Tags; readonly series: Series }[];
  readonly #sampleTags: SampleTags;
  /** Empty where a threshold names a tag of single VUs. */
  readonly #ofScenario: readonly number[];
  readonly #combinations: (readonly Series[])[] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);

  constructor(options: {
    /** Of the metrics that are counted here. */
    readonly subMetrics: readonly SubMetric[];
    readonly plan: PlanOfTags;
    readonly make: () => Series;
  }) {
    const { subMetrics, plan, make } = options;
    const different = new Map(
      subMetrics.map(({ key, metric, tags }) => [key.slice(metric.length), tags]),
    );
    this.all = [...different.values()].map((tags) => ({ tags, series: make() }));
    this.#sampleTags = new SampleTags(plan);
    const isOfVu = this.all.some(({ tags }) => OF_A_VU.some((name) => name in tags));
    this.#ofScenario = (isOfVu ? [] : plan.scenarios).map(({ index }) =>
      this.#find(undefined, { scenario: index, group: '', tags: undefined }),
    );
  }

  numberOf(tags: Tags | undefined, context: SampleContext): number {
    if (this.all.length === 0) return 0;
    const isPlain = tags === undefined && context.tags === undefined && context.group === '';
    const known = isPlain ? this.#ofScenario[context.scenario] : undefined;
    return known ?? this.#find(tags, context);
  }

  combination(number: number): readonly Series[] {
    return this.#combinations[number];
  }

  #find(tags: Tags | undefined, context: SampleContext): number {
    const found = this.all.filter((one) => this.#sampleTags.match(one.tags, tags, context));
    const key = found.map((one) => this.all.indexOf(one)).join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#combinations.push(found.map(({ series }) => series)) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}
