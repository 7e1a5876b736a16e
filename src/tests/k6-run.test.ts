/** Scripts written for k6, in whole runs: nobody is paid, no stack is started, and what comes out is what k6's users expect. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../harness/http/testing/test-server.js';
import { countedValues, readIntervalLog } from '../harness/measure/interval-log.js';
import { readSummary, startDrill, writeScript } from './testing/program.js';

let folder: string;
let server: TestServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-k6-run-'));
  server = await startTestServer();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const SCRIPT = `
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Trend } from 'k6/metrics';

const pages = new Counter('pages');
const slow = new Trend('slow', true);
export const options = OPTIONS;
export function setup() {
  return { token: http.post(__ENV.TARGET + '/login', { user: 'a' }).json('body') };
}
export default function (data) {
  group('shop', () => {
    const answer = http.get(http.url\`\${__ENV.TARGET}/items/\${__ITER}\`, { headers: { Authorization: data.token }, tags: { name: 'item' } });
    check(answer, { 'is 200': (r) => r.status === 200, 'knows me': (r) => r.json('headers.authorization') === 'user=a' });
    slow.add(answer.timings.duration);
    pages.add(1);
  });
  http.get(__ENV.TARGET + '/status/404');
  sleep(0.01);
}
export function teardown(data) {
  http.del(__ENV.TARGET + '/login');
}
SUMMARY`;

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

async function run(options: object, summary = ''): Promise<Run> {
  const text = SCRIPT.replace('OPTIONS', JSON.stringify(options)).replace('SUMMARY', () => summary);
  const drill = startDrill(folder, writeScript(folder, text), '-e', `TARGET=${server.url}`);
  return { code: await drill.ended, output: drill.output(), errors: drill.errors() };
}

const LOAD = { vus: 3, iterations: 12 };

describe('a script that pays nobody', () => {
  test('runs as it is: every request reaches the server, thresholds decide, k6’s summary tells', async () => {
    const thresholds = {
      http_req_duration: ['p(95)<10000'],
      'http_req_duration{name:item}': ['max<10000'],
      http_req_failed: ['rate<=0.5'],
      'http_reqs{status:404}': ['count==12'],
      checks: ['rate==1'],
      pages: ['count==12'],
    };
    const { code, output, errors } = await run({ ...LOAD, thresholds });
    expect(code, errors + output).toBe(0);
    const asked = server.received.map(({ method, url }) => `${method} ${url}`);
    expect(asked[0]).toBe('POST /login');
    expect(asked.at(-1)).toBe('DELETE /login');
    expect(asked.filter((line) => line === 'GET /status/404')).toHaveLength(12);
    expect(asked.filter((line) => line.startsWith('GET /items/'))).toHaveLength(12);
    for (const words of [
      '█ THRESHOLDS',
      "✓ 'count==12' count=12",
      'checks_succeeded',
      '✓ knows me',
      'http_req_duration',
      '{ expected_response:true }',
      '{ name:item }',
      'iterations',
      'data_received',
      'pages',
    ])
      expect(output).toContain(words);
    const summary = readSummary(folder);
    expect(summary.run.target).toBe('none');
    expect(summary.verdict).toBe('no_claim');
    expect(summary.metrics.http_reqs?.values.count).toBe(26);
    expect(summary.metrics.http_req_failed?.values).toMatchObject({ passes: 12, fails: 14 });
    expect(existsSync(join(folder, 'run', 'report.html'))).toBe(true);
  }, 60_000);

  test('tells its requests second by second, those of setup() apart', async () => {
    const { code, errors } = await run(LOAD);
    expect(code, errors).toBe(0);
    const file = (name: string): string => readFileSync(join(folder, 'run', name), 'utf8');
    const logged = readIntervalLog(file('request-duration.hlog')).flatMap(({ encoded }) =>
      countedValues(encoded).map(([, count]) => count),
    );
    const all = readSummary(folder).metrics.http_reqs?.values.count;
    expect(logged.reduce((sum, count) => sum + count, 0)).toBe(Number(all) - 1);
    const { rows } = JSON.parse(file('metrics.json'));
    const sum = (field: string): number =>
      rows.reduce((total: number, row: Record<string, number>) => total + Number(row[field]), 0);
    // What ended after the last whole second of the load stands in the log alone.
    expect(sum('http_reqs')).toBeGreaterThan(0);
    expect(sum('http_reqs')).toBeLessThanOrEqual(24);
    expect(sum('http_failed') * 2).toBe(sum('http_reqs'));
  }, 60_000);

  test('ends with 99 where a threshold does not hold', async () => {
    const { code, output } = await run({ ...LOAD, thresholds: { http_req_failed: ['rate<0.1'] } });
    expect(code).toBe(99);
    expect(output).toContain("✗ 'rate<0.1' rate=46.15%");
  }, 60_000);

  test('hands handleSummary what k6 would, and no metric of payments', async () => {
    const { code, output, errors } = await run(
      LOAD,
      `export function handleSummary(data) { return { stdout: 'by the script', 'OUT': JSON.stringify(data) }; }`.replace(
        'OUT',
        join(folder, 'summary.json'),
      ),
    );
    expect(code, errors).toBe(0);
    expect(output).toBe('by the script');
    const data = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as {
      metrics: Record<string, { type: string; contains: string; values: Record<string, number> }>;
      root_group: { groups: { name: string }[] };
      setup_data: unknown;
    };
    expect(Object.keys(data.metrics).filter((name) => name.startsWith('pay_'))).toEqual([]);
    expect(data.metrics.http_reqs).toMatchObject({ type: 'counter', values: { count: 26 } });
    expect(Object.keys(data.metrics.http_req_duration?.values ?? {})).toEqual([
      'avg',
      'min',
      'med',
      'max',
      'p(90)',
      'p(95)',
    ]);
    expect(data.root_group.groups.map(({ name }) => name)).toEqual(['shop']);
    expect(data.setup_data).toEqual({ token: 'user=a' });
  }, 60_000);
});
