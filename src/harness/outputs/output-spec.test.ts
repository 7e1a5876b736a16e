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
    ['csv=out/night=1.csv.gz', { kind: 'csv', file: 'out/night=1.csv.gz' }],
  ])('%s is an output', (text, spec) => expect(parseOutput(text)).toEqual(spec));

  test.each([
    ['jsn=night.json', /no output jsn; did you mean json\?/],
    ['influxdb=http://127.0.0.1:8086', /no output influxdb; there are json=<file>, .*\.\/influxdb/],
    ['json', /json: it needs a file: json=<file>; .*\.\/json/],
    ['csv=', /csv=: it needs a file/],
  ])('%s is refused', (text, line) => expect(() => parseOutput(text)).toThrow(line));
});
