/** What metrics and thresholds say of whole drills: tags, several workers, nothing measured, nothing answered. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Summary } from '../harness/report/summary.js';
import { readSummary, startDrill, writeFaults, writeScript } from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-metrics-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** `options` and the body of the default function, around payments of a small town. */
function script(options: object, body: string): string {
  const all = { ext: { paydrill: { users: 1000, merchants: 10, splitMerchants: 2 } }, ...options };
  return `
import { check, group } from 'k6';
import { Gauge } from 'k6/metrics';
import exec from 'k6/execution';
import { pay } from 'k6/x/pay';
const depth = new Gauge('queue_depth');
const buy = (tags) => {
  const payer = 1 + Math.floor(Math.random() * 1000);
  return pay({ payer, merchant: 1 + Math.floor(Math.random() * 10), amountMinor: 100, tags });
};
export const options = ${JSON.stringify(all)};
export default function () { ${body} }
`;
}

/** Each threshold by metric and expression. */
function judged({ thresholds }: Summary): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    thresholds.map(({ metric, expression, ok, value }) => [`${metric} ${expression}`, [ok, value]]),
  );
}

describe('thresholds', { timeout: 60_000 }, () => {
  test('read built-in metrics by the tags of test, scenario, VU, group and call, over several workers', async () => {
    const executor = 'per-vu-iterations';
    const thresholds = {
      'iterations{kind:vip}': ['count==6'],
      'iterations{scenario:quiet}': ['count==2'],
      'iterations{run:n1}': ['count==8'],
      'iteration_duration{scenario:quiet}': ['min>0'],
      'dropped_iterations{scenario:rush}': ['count==0'],
      'late_starts{kind:vip}': ['count==0'],
      'vus_max{run:n1}': ['value==4'],
      'pay_operations{kind:vip}': ['count==12'],
      'pay_operations{scenario:quiet}': ['count==4'],
      'pay_operations{group:::cart}': ['count==8'],
      'pay_operations{basket:big,kind:vip}': ['count==6'],
      'pay_operations{shop:3}': ['count==8'],
      'pay_ok{group:::cart}': ['rate==1'],
      'pay_response_time{basket:big}': ['max>0'],
      'group_duration{group:::cart}': ['max>0'],
      'checks{check:paid}': ['rate==1'],
      queue_depth: ['value==5'],
    };
    const text = script(
      {
        tags: { run: 'n1' },
        scenarios: {
          rush: { executor, vus: 3, iterations: 2, tags: { kind: 'vip' } },
          quiet: { executor, vus: 1, iterations: 2 },
        },
        thresholds,
      },
      `depth.add(4);
       depth.add(5);
       exec.vu.metrics.tags.shop = 2;
       group('cart', () => buy());
       exec.vu.metrics.tags.shop = 3;
       check(buy({ basket: 'big' }), { paid: ({ outcome }) => outcome === 'ok' });`,
    );
    const argv = ['--faults', 'none', '--workers', '2'];
    const drill = startDrill(folder, writeScript(folder, text), ...argv);
    await drill.ended;
    const failed = readSummary(folder).thresholds.filter(({ ok }) => ok !== true);
    expect(failed, drill.errors()).toEqual([]);
    expect(readSummary(folder).thresholds).toHaveLength(Object.keys(thresholds).length);
    expect(readSummary(folder).custom_metrics.queue_depth?.values).toEqual({
      value: 5,
      min: 4,
      max: 5,
    });
  });

  test('that saw no sample are not evaluated and end the run with 99, unless they may be empty', async () => {
    const scenarios = { a: { executor: 'per-vu-iterations', iterations: 3 } };
    const thresholds = {
      checks: [{ threshold: 'rate>=0.9', abortOnFail: true }],
      queue_depth: [{ threshold: 'value<5', allowEmpty: true }],
    };
    const text = script({ scenarios, thresholds }, `if (buy().outcome === 'lost') check(1, {});`);
    const drill = startDrill(folder, writeScript(folder, text), '--faults', 'none');
    expect(await drill.ended, drill.errors()).toBe(99);
    const summary = readSummary(folder);
    expect(judged(summary)).toEqual({
      'checks rate>=0.9': [null, null],
      'queue_depth value<5': [null, null],
    });
    expect(summary.verdict).toBe('valid');
    expect(drill.output()).toMatch(/NOT EVALUATED checks rate>=0\.9: no sample/);
  });

  test('on a scenario that the plan lacks are refused before the load', async () => {
    const scenarios = { plateau: { executor: 'per-vu-iterations' } };
    const thresholds = { 'pay_ok{scenario:plateu}': ['rate>0.99'] };
    const path = writeScript(folder, script({ scenarios, thresholds }, 'buy();'));
    const drill = startDrill(folder, path, '--faults', 'none', '--quiet');
    expect(await drill.ended).toBe(104);
    expect(drill.errors()).toMatch(
      /pay_ok\{scenario:plateu\}.*no scenario "plateu"; there is plateau/,
    );
  });
});

describe('the tables', { timeout: 60_000 }, () => {
  const iterations = 'per-vu-iterations';
  const scenarios = {
    rush: { executor: iterations, vus: 3, iterations: 4 },
    quiet: { executor: iterations, vus: 1, iterations: 2 },
    never: { executor: iterations, vus: 1, iterations: 1, startTime: '1s', exec: 'idle' },
  };
  const body = `buy();
    if (exec.scenario.name === 'quiet') balance({ user: 1 });
    check(1, { one: (n) => n === 1 });
    took.add(7);`;
  const more = `
import { balance } from 'k6/x/pay';
import { Trend } from 'k6/metrics';
const took = new Trend('took', true);
export function setup() { buy(); }
export function idle() {}
`;

  test('of scenarios and kinds count each operation once, over several workers, setup() apart', async () => {
    const text = `${script({ scenarios }, body)}${more}`;
    const argv = ['--faults', 'none', '--workers', '2'];
    const drill = startDrill(folder, writeScript(folder, text), ...argv);
    expect(await drill.ended, drill.errors()).toBe(0);
    const { by_scenario: byScenario, by_kind: byKind, operations } = readSummary(folder);
    const times = { p50: expect.any(Number), p95: expect.any(Number), max: expect.any(Number) };
    const none = { unknown: 0, declined: 0, not_sent: 0 };
    expect(byScenario).toMatchObject([
      { name: 'rush', iterations: 12, attempted: 12, ok: 12, ...none, response_time_us: times },
      { name: 'quiet', iterations: 2, attempted: 4, ok: 4, ...none, response_time_us: times },
      { name: 'never', iterations: 1, attempted: 0, ok_per_s: 0, response_time_us: { p50: null } },
      { name: 'setup(), teardown()', iterations: null, attempted: 1, ok: 1 },
    ]);
    expect(byKind).toMatchObject([
      { name: 'pay', attempted: 15, ok: 15 },
      { name: 'balance', attempted: 2, ok: 2 },
    ]);
    expect(operations).toMatchObject({ attempted: 17, ok: 17 });
    expect(byKind[0]?.response_time_us).not.toHaveProperty('stats');
  });

  test("tell of every trend what the script's summaryTrendStats asks for, in its order", async () => {
    const summaryTrendStats = ['count', 'p(75)', 'p(99.9)', 'avg'];
    const text = `${script({ scenarios, summaryTrendStats }, body)}${more}`;
    const drill = startDrill(folder, writeScript(folder, text), '--faults', 'none');
    expect(await drill.ended, drill.errors()).toBe(0);
    const { by_kind: byKind, custom_metrics: metrics, response_time_us: us } = readSummary(folder);
    for (const stats of [us.stats, byKind[0]?.response_time_us.stats, metrics.took?.values])
      expect(Object.keys(stats ?? {})).toEqual(summaryTrendStats);
    expect([us.stats?.count, metrics.took?.values.count]).toEqual([17, 14]);
    expect(us.stats?.['p(75)']).toBeGreaterThan(100); // microseconds
    expect(drill.output()).toMatch(
      /^response time +count 17, p\(75\) [\d.]+ [um]?s, p\(99\.9\) [\d.]+ [um]?s, avg /m,
    );
    expect(drill.output()).toContain('took: count 14, p(75) 7.00 ms, p(99.9) 7.00 ms, avg 7.00 ms');
    const page = readFileSync(join(folder, 'run', 'report.html'), 'utf8');
    expect(page).toMatch(/<h2>Operations<\/h2>.*\n.*<th class="number">p\(99\.9\)<\/th>/);
  });
});

describe('a target that gives no answer', { timeout: 90_000 }, () => {
  const options = {
    scenarios: {
      a: {
        executor: 'constant-arrival-rate',
        rate: 20,
        duration: '2s',
        startTime: '2s',
        preAllocatedVUs: 100,
        gracefulStop: '1s',
      },
    },
    thresholds: {
      pay_response_time: ['p(99)<500'],
      pay_operations: ['count==40'],
      pay_unknown: ['rate==1'],
      pay_not_sent: ['rate==1'],
    },
  };

  async function silenced(kind: 'partition' | 'disable'): Promise<Summary> {
    const plan = writeFaults(folder, [{ kind, target: 'clients', atMs: 0, durationMs: 5000 }]);
    const drill = startDrill(
      folder,
      writeScript(folder, script(options, 'buy();')),
      ...['--faults', plan],
    );
    expect(await drill.ended, drill.errors()).toBe(112);
    return readSummary(folder);
  }

  const NONE = { p50: null, p90: null, p99: null, p999: null, max: null };

  test('leaves every operation unknown, counted once, and no percentile; nothing is proved', async () => {
    const summary = await silenced('partition');
    expect(summary.operations).toMatchObject({ attempted: 40, unknown: 40, ok: 0, not_sent: 0 });
    expect(summary.response_time_us).toEqual(NONE);
    expect(summary.reason).toMatch(/nothing to judge: nothing took effect/);
    expect(judged(summary)).toMatchObject({
      'pay_response_time p(99)<500': [null, null],
      'pay_operations count==40': [true, 40],
      'pay_unknown rate==1': [true, 1],
      'pay_not_sent rate==1': [false, 0],
    });
    const { rows } = JSON.parse(readFileSync(join(folder, 'run', 'metrics.json'), 'utf8'));
    expect(rows.map((row: { p99_us: unknown }) => row.p99_us)).toEqual(rows.map(() => null));
  });

  test('and no connection: nothing was sent, which is no answer', async () => {
    const summary = await silenced('disable');
    expect(summary.operations).toMatchObject({ attempted: 40, not_sent: 40, declined: 0 });
    expect(summary.response_time_us).toEqual(NONE);
    expect(summary.reason).toMatch(/nothing to judge: nothing took effect/);
    expect(judged(summary)).toMatchObject({
      'pay_response_time p(99)<500': [null, null],
      'pay_unknown rate==1': [false, 0],
      'pay_not_sent rate==1': [true, 1],
    });
  });
});
