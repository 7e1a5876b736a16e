/** report.html of a run that paid nobody. */
import { describe, expect, it } from 'vitest';
import { NO_CURVES } from './percentile-curves.js';
import type { Summary } from './summary.js';
import { onPage, sampleCurves } from './testing/on-page.js';
import { sampleMetrics, VALID } from './testing/sample-run.js';

const NO_TIME = { p50: null, p90: null, p95: null, p99: null, p999: null, max: null };
const trend = { kind: 'trend', is_time: true } as const;

const UNPAID: Summary = {
  ...VALID,
  verdict: 'no_claim',
  run: { ...VALID.run, target: 'none' },
  operations: { ...VALID.operations, attempted: 0, ok: 0, declined: 0, unknown: 0 },
  by_kind: [],
  by_scenario: VALID.by_scenario.map((row) => ({ ...row, attempted: 0, iterations: 120 })),
  response_time_us: NO_TIME,
  service_time_us: NO_TIME,
  declines_by_code: {},
  laws: VALID.laws.map((law) => ({ ...law, status: 'not_exercised' })),
  checks: [{ group: '', name: 'is 200', passes: 9, fails: 1 }],
  metrics: {
    http_reqs: { kind: 'counter', is_time: false, values: { count: 1200, rate: 60 } },
    http_req_failed: {
      kind: 'rate',
      is_time: false,
      values: { rate: 0.25, passes: 300, fails: 900 },
    },
    http_req_duration: { ...trend, values: { 'p(95)': 12.5, med: 2, max: 40 } },
  },
};

describe('the page of a run that paid nobody', () => {
  const html = onPage(UNPAID, sampleMetrics());

  it('shows nothing of payments', () => {
    expect(html).not.toMatch(/<h2>(Laws|Operations|Declines)/);
    expect(html).not.toMatch(/payments\/s|Payments a second|Response time|Percentiles of|fsync/);
    expect(html).not.toMatch(/<dt>(operations|throughput|response time|service time)/);
    expect(html).not.toMatch(/<th[^>]*>(ok|declined|unknown)/);
  });

  it('shows what the script did', () => {
    const tiles = [...html.matchAll(/class="tile"><p>(.*?)<\/p><strong>(.*?)<\/strong>/g)];
    expect(tiles.map(([, label, value]) => [label, value])).toEqual([
      ['requests', '1,200'],
      ['request duration p95', '12.5 ms'],
      ['requests failed', '25 %'],
      ['checks passed', '90 %'],
    ]);
    expect(html).toMatch(/<code>http_req_duration<\/code>/);
    expect(html).toMatch(/<h2>Thresholds/);
  });

  it('draws its requests over the seconds, and their percentiles', () => {
    const { response_time: times } = sampleCurves();
    const rows = sampleMetrics().map((row, i) => ({
      ...row,
      ...{ http_reqs: 1000 + i, http_failed: i, http_p50_us: 2_000, http_p99_us: 40_000 },
    }));
    const page = onPage(UNPAID, rows, { ...NO_CURVES, request_duration: times });
    const titles = [...page.matchAll(/<figcaption><b>(.*?)<\/b>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Requests a second',
      'Request duration',
      'Percentiles of 10,000 times',
    ]);
  });

  it('has them where somebody was to be paid', () => {
    const target = { ...UNPAID, run: { ...UNPAID.run, target: 'reference' } };
    expect(onPage(target, sampleMetrics())).toMatch(/<h2>Laws/);
  });
});
