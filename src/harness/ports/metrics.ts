/** What a script may count and measure, and where a sample comes from. Types only. */

export type MetricKind = 'counter' | 'gauge' | 'rate' | 'trend';

export interface MetricDefinition {
  readonly name: string;
  readonly kind: MetricKind;
  /** The values are times in milliseconds. */
  readonly isTime: boolean;
}

export type Tags = Readonly<Record<string, string>>;

/** Where a sample comes from, for sub-metrics. Read it during the call; it changes afterwards. */
export interface SampleContext {
  readonly scenario: number;
  /** `::name::inner`, or empty outside groups. */
  readonly group: string;
  /** What the script holds on exec.vu.metrics.tags, once it asked for it: the test's and the scenario's at first. */
  readonly tags: Tags | undefined;
  /** `__VU` and `__ITER`; undefined where it is nobody's. */
  readonly id?: number;
  readonly iterationOfVu?: number;
}

/** What scripts count and measure themselves; implemented over the measure room. */
export interface MetricSink {
  add(
    metric: MetricDefinition,
    value: number,
    tags: Tags | undefined,
    context: SampleContext,
  ): void;
  check(name: string, passed: boolean, tags: Tags | undefined, context: SampleContext): void;
}
