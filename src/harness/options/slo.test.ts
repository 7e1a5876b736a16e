/** What must hold, as it is typed, becomes the threshold that a script would write. */
import { describe, expect, it } from 'vitest';
import { parseSlo } from './slo.js';

const OPTIONS = {
  customMetrics: [{ name: 'fee_minor', kind: 'trend', isTime: false }],
  plan: { scenarios: [{ name: 'plateau', tags: { step: 'hold' } }], tags: {} },
  within: { step: 'hold' },
  times: 'pay_response_time',
} as const;

const parse = (text: string) => parseSlo(text, OPTIONS);

describe('an SLO', () => {
  it('without a metric is of the trend that it is said to be of', () => {
    const parsed = parseSlo('p(99)<200', { ...OPTIONS, times: 'http_req_duration' });
    expect(parsed.metric).toBe('http_req_duration{step:hold}');
  });

  it.each([
    ['p(99)<200', 'pay_response_time{step:hold}', 'p', '<', 200],
    ['max <= 1500', 'pay_response_time{step:hold}', 'max', '<=', 1500],
    ['pay_ok>0.999', 'pay_ok{step:hold}', 'rate', '>', 0.999],
    ['dropped_iterations<1', 'dropped_iterations{step:hold}', 'count', '<', 1],
    ['pay_service_time:p(90)<50', 'pay_service_time{step:hold}', 'p', '<', 50],
    ['fee_minor:avg>=1', 'fee_minor{step:hold}', 'avg', '>=', 1],
    [
      'pay_response_time{scenario:plateau}:med<9',
      'pay_response_time{scenario:plateau,step:hold}',
      'med',
      '<',
      9,
    ],
    ['pay_ok{kind:vip}>0.5', 'pay_ok{kind:vip,step:hold}', 'rate', '>', 0.5],
    ['vus<100', 'vus', 'value', '<', 100],
  ])('%s', (text, metric, method, operator, limit) => {
    expect(parse(text)).toMatchObject({ metric, method, operator, limit });
  });

  it.each([
    ['', /^--slo "": write e\.g\. "p\(99\)<200"/],
    ['fast please', /^--slo "fast please": no metric fast/],
    ['pay_okk>0.9', /^--slo "pay_okk>0\.9": no metric pay_okk; did you mean pay_ok\?/],
    ['pay_response_time<200', /is a trend: say of what, as in "pay_response_time:p\(99\)<200"/],
    ['pay_ok:p(99)<1', /pay_ok is a rate and has no p; it has rate/],
    ['p(101)<1', /percentiles go from 0 to 100/],
    ['p(99)<fast', /cannot read "p\(99\)<fast"/],
    ['pay_ok{scenario:knee}>0.9', /no scenario "knee"; there is plateau/],
  ])('that is none is refused in one line: %s', (text, line) => {
    expect(() => parse(text)).toThrow(line);
  });
});
