/** The lines of `--out json=` and `--out csv=`, as their readers know them from k6. */
import { expect, test } from 'vitest';
import { CSV_HEAD, csvRows } from './csv.js';
import { JsonLines } from './json-lines.js';
import { sampleMetrics, secondOf } from './testing/sample-second.js';

test('json: a metric is told before its first point, and once', () => {
  const lines = new JsonLines((unixMs) => new Date(unixMs).toISOString());
  const parsed = (text: string): { readonly metric: string }[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const first = parsed(lines.text(secondOf(sampleMetrics())));
  const tags = { run: 'n, "1"' };
  const time = '2026-11-11T00:00:00.000Z';
  const at = first.findIndex((line) => line.metric === 'pay_operations');
  expect(first.slice(at, at + 2)).toEqual([
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
  const later = parsed(lines.text(secondOf(sampleMetrics())));
  expect(later.length).toBeGreaterThan(0);
  expect(later).not.toContainEqual(expect.objectContaining({ type: 'Metric' }));
});

test("csv: k6's columns, quoted where they must be", () => {
  expect(CSV_HEAD).toBe(
    'metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata\n',
  );
  const rows = csvRows(secondOf(sampleMetrics())).split('\n');
  const run = '"run=n, ""1""';
  expect(rows).toContain(`pay_operations,1794355200,4,,,,,,,,,,,,,,,${run}",`);
  expect(rows).toContain(`checks,1794355200,3,paid,,,,::cart,,,,,,,,,,${run}&stat=passes",`);
});
