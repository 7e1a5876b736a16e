import { describe, expect, it } from 'vitest';
import {
  evaluateThreshold,
  type MetricsView,
  type MetricValues,
  parseThresholds,
} from './thresholds.js';

const VALUES: Readonly<Record<string, MetricValues>> = {
  pay_response_time: {
    kind: 'trend',
    count: 4,
    average: 25,
    min: 10,
    max: 40,
    percentile: (percent) => 10 + 0.3 * percent,
  },
  'pay_response_time|scenario=rush,zone=a': {
    kind: 'trend',
    count: 1,
    average: 7,
    min: 7,
    max: 7,
    percentile: () => 7,
  },
  group_duration: { kind: 'trend', count: 0, average: 0, min: 0, max: 0, percentile: () => 0 },
  pay_ok: { kind: 'rate', passes: 99, total: 100 },
  checks: { kind: 'rate', passes: 0, total: 0 },
  dropped_iterations: { kind: 'counter', count: 30, perSec: 1.5 },
  vus: { kind: 'gauge', value: 12, isEmpty: false },
};

const VIEW: MetricsView = {
  values(name, tags) {
    const key = Object.entries(tags)
      .map(([tag, value]) => `${tag}=${value}`)
      .sort()
      .join(',');
    return VALUES[key === '' ? name : `${name}|${key}`];
  },
};

function judge(
  metric: string,
  expression: string,
  atEnd = true,
): { ok: boolean | undefined; value: number | undefined } {
  const [threshold] = parseThresholds({ [metric]: [expression] }, [], 'night.ts');
  if (threshold === undefined) throw new Error('no threshold');
  const { ok, value } = evaluateThreshold(threshold, VIEW, { atEnd });
  return { ok, value };
}

describe('a threshold', () => {
  it.each([
    ['pay_response_time', 'avg<26', true, 25],
    ['pay_response_time', 'min >= 10', true, 10],
    ['pay_response_time', 'max<40', false, 40],
    ['pay_response_time', 'med==25', true, 25],
    ['pay_response_time', 'p(90)<=37', true, 37],
    ['pay_response_time', 'p(99.9) > 1e2', false, 39.97],
    // both tags must match; quotes and spaces are trimmed
    ['pay_response_time{scenario:rush, zone: "a"}', 'p(50)===7', true, 7],
    ['pay_ok', 'rate>0.95', true, 0.99],
    ['dropped_iterations', 'count!=30', false, 30],
    ['dropped_iterations', 'rate<2', true, 1.5],
    ['vus', 'value<12', false, 12],
  ])('%s %s: %s (%d)', (metric, expression, ok, value) => {
    expect(judge(metric, expression)).toEqual({ ok, value: expect.closeTo(value) });
  });

  it.each([
    // nothing recorded: not judged while it runs; at the end a trend or counter is 0, a rate passes
    ['group_duration', 'avg>0', false, { ok: undefined, value: undefined }],
    ['group_duration', 'avg>0', true, { ok: false, value: 0 }],
    ['checks', 'rate>0.9', true, { ok: true, value: undefined }],
    ['checks', 'rate>0.9', false, { ok: undefined, value: undefined }],
    ['iterations', 'count>0', true, { ok: false, value: 0 }],
    ['pay_unknown', 'rate<0.1', true, { ok: true, value: undefined }],
  ])('of an empty metric: %s %s at the end: %s', (metric, expression, atEnd, expected) => {
    expect(judge(metric, expression, atEnd)).toEqual(expected);
  });
});
