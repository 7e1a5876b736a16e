import { describe, expect, it } from 'vitest';
import { NO_PAINT } from './paint.js';
import { scriptText } from './script-text.js';
import type { MetricFacts, Summary } from './summary.js';
import { FACTS, VALID } from './testing/sample-run.js';

const trend = (values: Record<string, number>): MetricFacts => ({
  kind: 'trend',
  is_time: true,
  values,
});

const SUMMARY: Summary = {
  ...VALID,
  verdict: 'no_claim',
  reason: 'the target has no books',
  run: { ...FACTS.run, target: 'none', duration_s: 10 },
  checks: [
    { group: '', name: 'status is 200', passes: 98, fails: 2 },
    { group: '::cart', name: 'paid', passes: 10, fails: 0 },
  ],
  custom_metrics: { errors: { kind: 'counter', is_time: false, values: { count: 5, rate: 0.5 } } },
  metrics: {
    data_received: {
      kind: 'counter',
      is_time: false,
      values: { count: 1_234_567, rate: 123_456.7 },
    },
    dropped_iterations: { kind: 'counter', is_time: false, values: { count: 0, rate: 0 } },
    http_req_duration: trend({ avg: 1.234, 'p(95)': 61_500 }),
    'http_req_duration{expected_response:true}': trend({ avg: 0.5, 'p(95)': 999 }),
    http_req_failed: { kind: 'rate', is_time: false, values: { rate: 0.02, passes: 2, fails: 98 } },
    http_reqs: { kind: 'counter', is_time: false, values: { count: 100, rate: 10 } },
    vus: { kind: 'gauge', is_time: false, values: { value: 3, min: 1, max: 5 } },
  },
  thresholds: [
    { metric: 'http_req_duration', expression: 'p(95)<500', ok: false, value: 61_500 },
    { metric: 'http_req_failed', expression: 'rate<0.05', ok: true, value: 0.02 },
    { metric: 'errors', expression: 'count<3', ok: false, value: 5 },
    { metric: 'waits', expression: 'avg<3', ok: null },
  ],
};

/** With the dots of each line cut to three. */
const TEXT = scriptText(SUMMARY, { paint: NO_PAINT, folder: 'reports/one' }).replaceAll(
  /\.{3,}:/g,
  '...:',
);

describe('the end of a run without a ledger', () => {
  it.each([
    ['a threshold that does not hold', "✗ 'p(95)<500' p(95)=1m1.5s"],
    ['one that holds', "✓ 'rate<0.05' rate=2.00%"],
    ['one that counts', "✗ 'count<3' count=5"],
    ['one without a sample', "✗ 'avg<3' no sample"],
    ['checks in all', 'checks_succeeded...: 98.18%  108 out of 110'],
    ['a check that failed', '↳  98% — ✓ 98 / ✗ 2'],
    ['a check of a group', '█ cart\n      ✓ paid'],
    ['the script’s own metric', 'errors...: 5  0.5/s'],
    ['times in the unit that reads best', ': avg=1.23ms p(95)=1m1.5s'],
    ['parts under their whole', '  { expected_response:true }...: avg=500µs p(95)=999ms'],
    ['a share', 'http_req_failed...: 2.00%  2 out of 100'],
    ['bytes', 'data_received...: 1.2 MB  123 kB/s'],
    ['a gauge', 'vus...: 3  min=1 max=5'],
    ['why no ledger was judged', 'no ledger claim: the target has no books'],
    ['where the run folder is', 'run folder reports/one'],
  ])('tells %s', (_what, words) => {
    expect(TEXT).toContain(words);
  });

  it('says nothing of what never happened', () => {
    expect(TEXT).not.toContain('dropped_iterations');
  });

  it('acts on no terminal, whatever a script named', () => {
    const check = { group: '::\u001b[2J', name: '\u001b]0;x\u0007', passes: 0, fails: 1 };
    const text = scriptText({ ...SUMMARY, checks: [check] }, { paint: NO_PAINT, folder: 'x' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0007\u001b]/);
  });
});
