/** The lines of `--out json=` and `--out csv=`, as their readers know them from k6. */
import { expect, test } from 'vitest';
import { counterState, type MetricsSnapshot, rateState } from '../measure/metric-state.js';
import { MetricStore } from '../measure/metric-store.js';
import { CSV_HEAD, csvRows } from './csv.js';
import { JsonLines } from './json-lines.js';
import { type OutputSecond, SampleMaker } from './samples.js';

const OWN = { planned_iterations: 4, pay_retried: 0, pay_in_flight: 1, faults_active: 0 };

function secondOf(metrics: MetricsSnapshot): OutputSecond {
  const maker = new SampleMaker({
    customMetrics: [{ name: 'basket', kind: 'trend', isTime: false }],
    thresholds: [],
    tags: { run: 'n, "1"' },
  });
  return maker.second({
    unixMs: Date.UTC(2026, 10, 11),
    metric: (name) => metrics[name],
    checks: [{ group: '::cart', name: 'paid', passes: 3, fails: 1 }],
    own: OWN,
  });
}

function metrics(): MetricsSnapshot {
  const store = new MetricStore([], () => 0);
  for (const value of [1, 2, 3]) store.add('basket', 'trend', value, () => undefined);
  return {
    pay_operations: counterState(4),
    pay_unknown: rateState({ passes: 2, total: 4 }),
    ...store.snapshot(),
  };
}

test('json: a metric is told before its first point, and once', () => {
  const lines = new JsonLines((unixMs) => new Date(unixMs).toISOString());
  const parsed = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const first = parsed(lines.text(secondOf(metrics())));
  const tags = { run: 'n, "1"' };
  const time = '2026-11-11T00:00:00.000Z';
  expect(first.slice(0, 2)).toEqual([
    {
      type: 'Metric',
      metric: 'pay_operations',
      data: {
        name: 'pay_operations',
        type: 'counter',
        contains: 'default',
        thresholds: [],
        submetrics: null,
      },
    },
    { metric: 'pay_operations', type: 'Point', data: { time, value: 4, tags } },
  ]);
  expect(first).toContainEqual({
    metric: 'pay_unknown',
    type: 'Point',
    data: { time, value: 2, tags },
  });
  expect(first).toContainEqual({
    metric: 'basket',
    type: 'Point',
    data: { time, value: 2, tags: { ...tags, stat: 'med' } },
  });
  expect(first).toContainEqual({
    metric: 'checks',
    type: 'Point',
    data: { time, value: 0.75, tags: { ...tags, check: 'paid', group: '::cart', stat: 'rate' } },
  });
  const later = parsed(lines.text(secondOf(metrics())));
  expect(later.length).toBeGreaterThan(0);
  expect(later).not.toContainEqual(expect.objectContaining({ type: 'Metric' }));
});

test("csv: k6's columns, quoted where they must be", () => {
  expect(CSV_HEAD).toBe(
    'metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata\n',
  );
  const rows = csvRows(secondOf(metrics())).split('\n');
  const run = '"run=n, ""1""';
  expect(rows).toContain(`pay_operations,1794355200,4,,,,,,,,,,,,,,,${run}",`);
  expect(rows).toContain(`checks,1794355200,3,paid,,,,::cart,,,,,,,,,,${run}&stat=passes",`);
});
