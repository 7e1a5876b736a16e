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
  vus: { kind: 'gauge', value: 12, min: 3, max: 40, isEmpty: false },
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

const CONTEXT = {
  where: 'night.ts',
  customMetrics: [{ name: 'errors', kind: 'counter', isTime: false }],
  plan: {
    scenarios: [
      { name: 'rush', tags: { kind: 'vip' } },
      { name: 'quiet', tags: {} },
    ],
    tags: { run: 'n1' },
  },
} as const;

function judge(
  metric: string,
  expression: string,
  atEnd = true,
): { ok: boolean | undefined; value: number | undefined } {
  const [threshold] = parseThresholds({ [metric]: [expression] }, CONTEXT);
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
    // without a sample there is nothing to judge, however good an empty share or a time of 0 would look
    ['group_duration', 'avg<500', false, undefined],
    ['group_duration', 'avg<500', true, undefined],
    ['group_duration', 'p(99)<500', true, undefined],
    ['pay_response_time{scenario:quiet}', 'max<1', true, undefined],
    ['checks', 'rate>0.9', false, undefined],
    ['checks', 'rate>0.9', true, undefined],
    ['pay_unknown', 'rate<0.1', true, undefined],
    ['vus_max', 'value>0', true, undefined],
    // a counter that counted nothing is 0, once the test is over
    ['iterations', 'count>0', false, undefined],
    ['iterations', 'count>0', true, false],
    ['errors', 'count<10', true, true],
    ['errors{kind:timeout}', 'rate<1', true, true],
  ])('of an empty metric: %s %s at the end %s: %s', (metric, expression, atEnd, ok) => {
    expect(judge(metric, expression, atEnd)).toEqual({ ok, value: ok === undefined ? ok : 0 });
  });

  it('says whether it may be empty', () => {
    const given = ['rate>0.9', { threshold: 'rate>0.9', allowEmpty: true }];
    const parsed = parseThresholds({ checks: given }, CONTEXT);
    expect(parsed.map(({ allowEmpty }) => allowEmpty)).toEqual([false, true]);
  });
});

describe('a threshold on a metric that is not there', () => {
  it.each([
    ['pay_respons_time', /no metric pay_respons_time; did you mean pay_response_time\?/],
    ['error', /no metric error; did you mean errors\?/],
    [
      'browser_web_vital_lcp',
      /no metric browser_web_vital_lcp; make it with k6\/metrics, or use one of checks, /,
    ],
  ])('%s is refused with what is', (metric, message) => {
    expect(() => parseThresholds({ [metric]: ['count>0'] }, CONTEXT)).toThrow(message);
  });
});

describe('a threshold that no sample can reach is refused before the load', () => {
  it.each([
    ['pay_response_time{scenario:rsh}', /no scenario "rsh"; there are rush, quiet/],
    ['errors{scenario:rsh,kind:vip}', /no scenario "rsh"/],
    // counted outside the script: tags of scenarios and of the test
    ['dropped_iterations{kind:guest}', /tags of scenarios and of the test alone.*kind:guest/],
    ['dropped_iterations{scenario:quiet,kind:vip}', /none has scenario:quiet,kind:vip/],
    ['late_starts{group:::cart}', /none has group:::cart/],
    ['vus{scenario:rush}', /vus carries the tags of the test/],
  ])('%s', (metric, message) => {
    const kind = metric.startsWith('pay')
      ? 'max<1'
      : metric.startsWith('vus')
        ? 'value>0'
        : 'count<1';
    expect(() => parseThresholds({ [metric]: [kind] }, CONTEXT)).toThrow(message);
  });

  it.each([
    ['dropped_iterations{kind:vip,run:n1}', 'count<1'],
    ['late_starts{scenario:quiet}', 'count<1'],
    ['vus{run:n1}', 'value>0'],
    // a script may set these as it runs
    ['iterations{kind:guest}', 'count>0'],
    ['pay_response_time{group:::cart}', 'max<1'],
    ['checks{check:paid}', 'rate>0.9'],
  ])('but not %s', (metric, expression) => {
    expect(parseThresholds({ [metric]: [expression] }, CONTEXT)).toHaveLength(1);
  });

  it.each([
    [
      { threshold: 'rate>0', abortOnFial: true },
      /abortOnFial is not known; did you mean abortOnFail\?/,
    ],
    [{ abortOnFail: true }, /cannot read ""; write e\.g\./],
    [0.9, /a threshold is text like "rate<0\.01", or an object with it, got 0\.9/],
    [{ threshold: 'rate>0', allowEmpty: 'yes' }, /allowEmpty must be true or false, got "yes"/],
    [{ threshold: 'rate>0', abortOnFail: 1 }, /abortOnFail must be true or false, got 1/],
    [{ threshold: 'rate>0', delayAbortEval: 'soon' }, /delayAbortEval must be a duration/],
  ])('nor may it be written as %o', (given, message) => {
    expect(() => parseThresholds({ checks: [given] }, CONTEXT)).toThrow(message);
  });
});
