/**
 * `options` of a script become the part of the plan that they decide: scenarios, thresholds, timeouts. Unknown keys warn,
 * as in k6; wrong types are refused.
 */

import type { HttpOptions } from '../ports/http.js';
import type { MetricDefinition, Tags } from '../ports/metrics.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { httpOptions } from './http-options.js';
import { OptionFields } from './option-fields.js';
import { parseScenario } from './scenario-options.js';
import type { SegmentWords } from './segment-option.js';
import { askedScenarios } from './shortcuts.js';
import { systemTagsOf, unknownSystemTags } from './system-tags.js';
import { parseThresholds, type Threshold } from './thresholds.js';
import { absentSuites } from './tls-ciphers.js';

export interface ParsedOptions {
  readonly scenarios: readonly ScenarioPlan[];
  readonly thresholds: readonly Threshold[];
  /** On every sample of the test. */
  readonly tags: Tags;
  /** The tags of k6's own that samples carry; undefined: those of k6's choice (options/system-tags.ts). */
  readonly systemTags: readonly string[] | undefined;
  readonly setupTimeoutUs: number;
  readonly teardownTimeoutUs: number;
  readonly noSetup: boolean;
  readonly noTeardown: boolean;
  readonly handleSummaryTimeoutUs: number;
  /** A VU is not free before so much time has passed since its iteration began; 0: it is at once. */
  readonly minIterationUs: number;
  /** What is told of a trend: `avg`, `min`, `med`, `max`, `count`, `p(N)`; undefined where the script does not say. */
  readonly summaryTrendStats: readonly string[] | undefined;
  /** Of times in the text of the summary; undefined: the one that reads best. */
  readonly summaryTimeUnit: SummaryTimeUnit | undefined;
  /** Path of the file that what `console` is told goes to. */
  readonly consoleOutput: string | undefined;
  readonly http: HttpOptions;
  readonly segmentWords: SegmentWords;
  readonly warnings: readonly string[];
}

/** Options of k6 that say nothing of the load: there is nothing here that they could change. */
const IGNORED = ['noUsageReport', 'cloud', 'ext', 'features', 'metricSamplesBufferSize'];

/** Options of k6 that would change something and do not, and what holds instead. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  dns: 'a name is looked up once in five minutes, and one of its addresses is drawn',
  localIPs: 'the system chooses the address that requests come from',
  httpDebug: 'requests are not written to the log',
  paused: 'the load begins at once',
  linger: 'the process ends with the run',
};

export const SUMMARY_TIME_UNITS = ['s', 'ms', 'us'] as const;
export type SummaryTimeUnit = (typeof SUMMARY_TIME_UNITS)[number];

/** What requests say they come from, unless a script says so. */
const USER_AGENT = 'paydrill (k6-compatible)';

/** `where` names the script in messages. Throws ScriptConfigError. */
export function parseOptions(
  options: unknown,
  {
    where,
    customMetrics,
  }: { readonly where: string; readonly customMetrics: readonly MetricDefinition[] },
): ParsedOptions {
  const fields = new OptionFields(options ?? {}, `${where}: options`);
  const asked = askedScenarios(fields, where);
  const scenarios = asked.scenarios.map(({ name, given, at }, index) =>
    parseScenario(given, { name, index, at }),
  );
  const tags = fields.texts('tags');
  const parsed = {
    scenarios,
    thresholds: fields.flag('noThresholds')
      ? []
      : parseThresholds(fields.raw('thresholds'), {
          where,
          customMetrics,
          plan: { scenarios, tags },
        }),
    tags,
    systemTags: systemTagsOf(fields),
    setupTimeoutUs: fields.durationUs('setupTimeout', { otherwise: '60s' }),
    teardownTimeoutUs: fields.durationUs('teardownTimeout', { otherwise: '60s' }),
    noSetup: fields.flag('noSetup'),
    noTeardown: fields.flag('noTeardown'),
    handleSummaryTimeoutUs: fields.durationUs('handleSummaryTimeout', { otherwise: '120s' }),
    minIterationUs: fields.durationUs('minIterationDuration', { otherwise: '0s' }),
    summaryTrendStats: trendStats(fields),
    summaryTimeUnit: timeUnit(fields),
    consoleOutput: fields.has('consoleOutput') ? fields.text('consoleOutput', '') : undefined,
    http: httpOptions(fields, USER_AGENT),
    segmentWords: {
      executionSegment: fields.text('executionSegment', ''),
      executionSegmentSequence: fields.text('executionSegmentSequence', ''),
    },
  };
  // Where thresholds are not judged, they are not unknown either.
  for (const ignored of ['thresholds', ...IGNORED]) fields.raw(ignored);
  const withoutEffect = Object.entries(WITHOUT_EFFECT).flatMap(([name, instead]) =>
    isAsked(fields.raw(name)) ? [`${where}: options: ${name} has no effect here: ${instead}`] : [],
  );
  const suites = absentSuites(fields.raw('tlsCipherSuites')).map(
    (suite) => `${where}: options: tlsCipherSuites: Node has no ${suite}`,
  );
  const noTags = unknownSystemTags(parsed.systemTags).map(
    (name) => `${where}: options: systemTags: ${name} is none, and ignored`,
  );
  const warnings = [...asked.warnings, ...withoutEffect, ...suites, ...noTags, ...fields.unknown()];
  return { ...parsed, warnings };
}

/** `httpDebug: ''` and `linger: false` ask for nothing. */
function isAsked(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function timeUnit(fields: OptionFields): SummaryTimeUnit | undefined {
  const given = fields.raw('summaryTimeUnit');
  return given === undefined
    ? undefined
    : (SUMMARY_TIME_UNITS.find((unit) => unit === given) ??
        fields.refuse('summaryTimeUnit', `one of ${SUMMARY_TIME_UNITS.join(', ')}`, given));
}

function trendStats(fields: OptionFields): readonly string[] | undefined {
  if (!fields.has('summaryTrendStats')) return undefined;
  return fields.list('summaryTrendStats').map((stat) => {
    const percent = percentOf(stat);
    if (TREND_STATS.includes(stat) || (percent !== undefined && percent <= 100))
      return String(stat);
    return fields.refuse('summaryTrendStats', `a list of ${TREND_STATS.join(', ')} or p(N)`, stat);
  });
}

const TREND_STATS: readonly unknown[] = ['avg', 'min', 'med', 'max', 'count'];

/** N of `p(N)`. */
export function percentOf(stat: unknown): number | undefined {
  const match = typeof stat === 'string' ? /^p\((\d+(?:\.\d+)?)\)$/.exec(stat) : null;
  return match === null ? undefined : Number(match[1]);
}
