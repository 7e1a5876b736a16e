/**
 * What must hold at a rate, as it is typed: a threshold in one text.
 *
 *   p(99)<200                          of pay_response_time, milliseconds; where a script pays nobody, of http_req_duration
 *   pay_ok>0.999                       of a metric that has one method only: rate, count or value
 *   pay_service_time:p(99)<50          metric and expression
 *   pay_response_time{scenario:plateau}:p(90)<80
 */
import type { MetricDefinition, Tags } from '../ports/metrics.js';
import { ScriptConfigError } from './errors.js';
import { builtInMetric } from './metrics.js';
import type { TaggedPlan } from './threshold-tags.js';
import { metricNameOf, type Threshold, thresholdsOf } from './thresholds.js';

/** Counted for the test as a whole, so that no part of it can be picked by a tag. */
const OF_THE_TEST: readonly string[] = ['vus', 'vus_max'];

/** `within`: tags that what is judged carries. Throws ScriptConfigError. */
export function parseSlo(
  text: string,
  {
    customMetrics,
    plan,
    within,
    times,
  }: {
    readonly customMetrics: readonly MetricDefinition[];
    readonly plan: TaggedPlan;
    readonly within: Tags;
    /** The trend that an expression without a metric is of. */
    readonly times: string;
  },
): Threshold {
  const at = `--slo ${JSON.stringify(text)}`;
  const { key, expression } = partsOf(text, at, times);
  const name = metricNameOf(key);
  const definition = builtInMetric(name) ?? customMetrics.find((metric) => metric.name === name);
  const whole = /^[<>=!]/.test(expression) ? onlyMethod(definition, at) + expression : expression;
  const [threshold] = thresholdsOf(key, whole, { at, customMetrics, plan });
  if (threshold === undefined) throw new Error('one expression makes one threshold');
  if (OF_THE_TEST.includes(threshold.name)) return threshold;
  const tags = { ...threshold.tags, ...within };
  const written = Object.entries(tags).map(([tag, value]) => `${tag}:${value}`);
  return { ...threshold, tags, metric: `${threshold.name}{${written.join(',')}}` };
}

function partsOf(
  text: string,
  at: string,
  times: string,
): { readonly key: string; readonly expression: string } {
  const alone = /^\s*(avg|min|max|med|p\([^)]*\))\s*[<>=!]/.test(text);
  if (alone) return { key: times, expression: text.trim() };
  const match = /^\s*([a-zA-Z_]\w*(?:\{[^}]*\})?)\s*:?\s*([<>=!a-z].*)$/.exec(text);
  if (match === null)
    throw new ScriptConfigError(
      `${at}: write e.g. "p(99)<200", "pay_ok>0.999" or "pay_service_time:p(99)<50"`,
    );
  const [, key = '', expression = ''] = match;
  return { key, expression };
}

function onlyMethod(definition: MetricDefinition | undefined, at: string): string {
  switch (definition?.kind) {
    case 'rate':
      return 'rate';
    case 'counter':
      return 'count';
    case 'gauge':
      return 'value';
    case 'trend':
      throw new ScriptConfigError(
        `${at}: ${definition.name} is a trend: say of what, as in "${definition.name}:p(99)<200"`,
      );
    default:
      return 'rate'; // there is no such metric, which is said where it is looked up
  }
}
