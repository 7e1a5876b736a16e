/** handleSummary() of a script in whole drills: what it is given, where what it returns goes, what its failing costs. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSummary, startDrill, writeScript } from './testing/program.js';

const HEAD = `
import { pay } from 'k6/x/pay';
import { check, group, sleep } from 'k6';
import { Trend, Counter } from 'k6/metrics';
import exec from 'k6/execution';
const cakes = new Trend('cakes', true);
const never = new Counter('never');
export const options = {
  handleSummaryTimeout: '2s',
  summaryTrendStats: ['avg', 'p(50)', 'count'],
  ext: { paydrill: { users: 10, merchants: 2 } },
  scenarios: { few: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } },
  thresholds: { 'cakes{kind:plum}': ['max<5'], pay_ok: ['rate>0.9'], never: [{ threshold: 'count>0' }] },
};
export function setup() { return { seen: 1 }; }
export default function () {
  group('shop', () => {
    group('till', () => { const paid = pay({ payer: 1, merchant: 1, amountMinor: 1 }); check(paid, { 'paid: it is': (p) => p.outcome === 'ok' }); });
    group('exit', () => {});
  });
  cakes.add(4, { kind: 'plum' }); cakes.add(8);
}
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-handle-summary-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function drilled(body: string, ...args: readonly string[]) {
  const script = writeScript(folder, `${HEAD}\nexport ${body}`);
  const drill = startDrill(folder, script, '--faults', 'none', ...args);
  const exitCode = await drill.ended;
  return { exitCode, output: drill.output(), errors: drill.errors() };
}

describe('handleSummary()', { timeout: 60_000 }, () => {
  test('is called once with everything k6 would give and the verdict; what it returns takes the place of the summary', async () => {
    const file = relative('', join(folder, 'own.json'));
    const missing = relative('', join(folder, 'no such folder', 'x.txt'));
    const { exitCode, output, errors } = await drilled(
      `async function handleSummary(data) {
        sleep(0.001);
        console.log('called', __VU, exec.instance.iterationsCompleted);
        return { stdout: 'verdict ' + data.paydrill.verdict + '\\n', stderr: 'to stderr\\n', ${JSON.stringify(file)}: JSON.stringify(data),
          ${JSON.stringify(missing)}: 'x', 'wrong.json': data };
      }`,
    );
    expect(exitCode, errors).toBe(99);
    expect(output).toBe('verdict valid\n');
    expect(errors.match(/script: info: called 0 4$/gm)).toHaveLength(1);
    expect(errors).toMatch(/^to stderr$/m);
    expect(errors).toMatch(/^paydrill: .*cannot be written: ENOENT.*no such folder/m);
    expect(errors).toMatch(/^paydrill: .*"wrong\.json", which must be a text: JSON\.stringify/m);
    expect(existsSync('wrong.json')).toBe(false);
    const data = JSON.parse(readFileSync(join(folder, 'own.json'), 'utf8'));
    expect(data.paydrill).toEqual(JSON.parse(JSON.stringify(readSummary(folder))));
    const { metrics, root_group: root, state, options, setup_data: setupData } = data;
    expect(setupData).toEqual({ seen: 1 });
    expect(options).toMatchObject({ summaryTrendStats: ['avg', 'p(50)', 'count'] });
    expect(state).toMatchObject({ isStdOutTTY: false, isStdErrTTY: false });
    expect(state.testRunDurationMs).toBeCloseTo(readSummary(folder).run.duration_s * 1000);
    expect(metrics.cakes).toEqual({
      type: 'trend',
      contains: 'time',
      values: { avg: 6, 'p(50)': 6, count: 8 },
    });
    expect(metrics['cakes{kind:plum}']).toMatchObject({
      values: { avg: 4, 'p(50)': 4, count: 4 },
      thresholds: { 'max<5': { ok: true } },
    });
    expect(metrics.never).toMatchObject({
      type: 'counter',
      contains: 'default',
      values: { count: 0 },
      thresholds: { 'count>0': { ok: false } },
    });
    expect(metrics.pay_ok).toMatchObject({
      type: 'rate',
      values: { rate: 1, passes: 4, fails: 0 },
      thresholds: { 'rate>0.9': { ok: true } },
    });
    expect(metrics.pay_operations.values.count).toBe(4);
    expect(metrics.checks.values).toEqual({ rate: 1, passes: 4, fails: 0 });
    expect(metrics.vus_max).toMatchObject({ type: 'gauge', values: { value: 2 } });
    expect(metrics.iteration_duration.values.count).toBe(4);
    expect(root).toMatchObject({ name: '', path: '', id: 'd41d8cd98f00b204e9800998ecf8427e' });
    expect(root.checks).toEqual([]);
    const [shop] = root.groups;
    expect(shop).toMatchObject({ name: 'shop', path: '::shop', checks: [] });
    expect(shop.groups.map(({ path }: { path: string }) => path).sort()).toEqual([
      '::shop::exit',
      '::shop::till',
    ]);
    const till = shop.groups.find(({ name }: { name: string }) => name === 'till');
    expect(till.checks).toEqual([
      expect.objectContaining({
        name: 'paid: it is',
        path: '::shop::till::paid: it is',
        passes: 4,
        fails: 0,
      }),
    ]);
  });

  test.each([
    ['throws', `throw new Error('no luck');`, /threw at .*night\.js:\d+:\d+: Error: no luck/],
    ['never ends', 'for (;;);', /took longer than 2 s \(option handleSummaryTimeout\)/],
  ])('that %s is told in one line, and the usual summary is printed', async (_, body, line) => {
    const { exitCode, output, errors } = await drilled(
      `function handleSummary() { ${body} }`,
      '--quiet',
    );
    expect(exitCode, errors).toBe(99);
    expect(errors.trim().split('\n')).toEqual([expect.stringMatching(line)]);
    expect(output).toMatch(/VALID/i);
    expect(output).toContain('run folder');
  });

  test('leaves standard output to --json', async () => {
    const { output, errors } = await drilled(
      `function handleSummary() { return { stdout: 'mine' }; }`,
      '--json',
      '--quiet',
    );
    expect(JSON.parse(output)).toMatchObject({ schema: 'paydrill.summary/1' });
    expect(errors).toBe('mine');
  });
});
