/** The metrics that a script made itself, as the summary tells them: by k6's names of values. What was never added to is left out. */

import type { Plan } from '../options/plan.js';
import type { MetricsView, MetricValues } from '../options/thresholds.js';
import type { MetricFacts } from '../report/summary.js';

export function metricFacts(
  view: MetricsView,
  definitions: Plan['customMetrics'],
): Readonly<Record<string, MetricFacts>> {
  const facts: Record<string, MetricFacts> = {};
  for (const { name, kind, isTime } of definitions) {
    const values = view.values(name, {});
    if (values !== undefined) facts[name] = { kind, is_time: isTime, values: named(values) };
  }
  return facts;
}

function named(values: MetricValues): Readonly<Record<string, number>> {
  switch (values.kind) {
    case 'counter':
      return { count: values.count, rate: values.perSec };
    case 'gauge':
      return { value: values.value, min: values.min, max: values.max };
    case 'rate': {
      const { passes, total } = values;
      return { rate: total === 0 ? 0 : passes / total, passes, fails: total - passes };
    }
    case 'trend':
      return {
        avg: values.average,
        min: values.min,
        med: values.percentile(50),
        max: values.max,
        'p(90)': values.percentile(90),
        'p(95)': values.percentile(95),
        'p(99)': values.percentile(99),
      };
    default:
      return values satisfies never;
  }
}
