/** What `--out` names: a folder, or an output. */
import { describe, expect, test } from 'vitest';
import { parseOutput } from './output-spec.js';

describe('--out', () => {
  test.each(['reports/night', './json', './a=b', '/tmp/x=1/run', 'Night=1', 'night'])(
    '%s is a folder',
    (text) => expect(parseOutput(text)).toBeUndefined(),
  );

  test.each([
    ['json=night.json', { kind: 'json', file: 'night.json' }],
    ['prometheus=127.0.0.1:9464', { kind: 'prometheus', host: '127.0.0.1', port: 9464 }],
    ['statsd', { kind: 'statsd', host: '127.0.0.1', port: 8125 }],
    ['statsd=metrics.test:9125', { kind: 'statsd', host: 'metrics.test', port: 9125 }],
    ['opentelemetry', { kind: 'opentelemetry', url: undefined }],
    [
      'experimental-prometheus-rw=http://127.0.0.1:9090/api/v1/write?a=b',
      { kind: 'experimental-prometheus-rw', url: 'http://127.0.0.1:9090/api/v1/write?a=b' },
    ],
    ['csv=out/night=1.csv.gz', { kind: 'csv', file: 'out/night=1.csv.gz' }],
  ])('%s is an output', (text, spec) => expect(parseOutput(text)).toEqual(spec));

  test.each([
    ['jsn=night.json', /no output jsn; did you mean json\?/],
    ['influxdb=http://127.0.0.1:8086', /no output influxdb; there are json=<file>, .*\.\/influxdb/],
    ['json', /json: it must be json=<file>; .*\.\/json/],
    ['csv=', /csv=: it must be csv=<file>/],
    ['prometheus=0.0.0.0:9464', /it must be prometheus=<127\.0\.0\.1:port>/],
    ['experimental-prometheus-rw', /it must be experimental-prometheus-rw=<url>/],
    ['opentelemetry=127.0.0.1:4318', /it must be opentelemetry\[=<url>\]/],
    ['statsd=metrics', /it must be statsd/],
  ])('%s is refused', (text, line) => expect(() => parseOutput(text)).toThrow(line));
});
