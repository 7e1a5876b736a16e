/** The values of one second of a metric, by the names that k6's thresholds have for them. Pure. */
import type { MetricState } from '../measure/metric-state.js';
import { percentilesOf } from '../measure/percentile.js';

/** `stat` undefined: the value is the metric itself, as in k6. */
export interface NamedValue {
  readonly stat: string | undefined;
  readonly value: number;
}

const PERCENTS = [90, 95, 99, 99.9];

/** Empty where the second has no sample. Times are in milliseconds. */
export function namedValues(interval: MetricState): readonly NamedValue[] {
  const { kind, count, sum } = interval;
  switch (kind) {
    case 'counter':
    case 'gauge':
      return [{ stat: undefined, value: sum }];
    case 'rate':
      if (count === 0) return [];
      return [
        { stat: 'rate', value: sum / count },
        { stat: 'passes', value: sum },
        { stat: 'fails', value: count - sum },
      ];
    case 'trend':
      if (count === 0) return [];
      return [
        { stat: 'count', value: count },
        { stat: 'avg', value: sum / count },
        ...(interval.values.length === 0 ? [] : ofValues(interval)),
      ];
    default:
      return kind satisfies never;
  }
}

function ofValues(interval: MetricState): readonly NamedValue[] {
  const percentile = percentilesOf(interval);
  return [
    { stat: 'min', value: interval.min },
    { stat: 'med', value: percentile(50) },
    { stat: 'max', value: interval.max },
    ...PERCENTS.map((percent) => ({ stat: `p(${percent})`, value: percentile(percent) })),
  ];
}
