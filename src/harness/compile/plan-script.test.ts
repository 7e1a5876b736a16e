import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KIND_NUMBERS } from '../../products/kinds.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { parseDurationUs } from '../options/duration.js';
import type { Plan, PlanScaling } from '../options/plan.js';
import { planDurationUs, plannedIterationsUntil } from '../schedule/planned-rate.js';
import { loadScript } from './load.js';
import { planScript } from './plan-script.js';
import { ScriptUnderTest, scriptFile } from './testing/script-under-test.js';

async function planOf(text: string, scaling: PlanScaling = {}, env = {}): Promise<Plan> {
  return planScript(await loadScript(scriptFile(text), { env }), scaling);
}

const NIGHT = `export const options = {
  scenarios: {
    calm: { executor: 'constant-arrival-rate', rate: 100, duration: '10s', preAllocatedVUs: 5, exec: 'buy', tags: { part: 1 }, env: { A: 'b' } },
    rush: { executor: 'ramping-arrival-rate', startTime: '4s', timeUnit: '100ms', stages: [{ target: 30, duration: '2s' }], preAllocatedVUs: 5, maxVUs: 50, gracefulStop: '5s' },
    few: { executor: 'per-vu-iterations', vus: 2, iterations: 3 },
    steady: { executor: 'constant-vus', vus: 4, duration: '1m' },
  },
  thresholds: { 'pay_response_time{scenario:rush}': ['p(99) < 500', { threshold: 'avg<=5', abortOnFail: true, delayAbortEval: '2s' }], cakes: 'count>1' },
  tags: { night: 'first' },
  noSuchOption: true,
};
import { Counter } from 'k6/metrics'; new Counter('cakes');
export function setup() {}
export function buy() {}
export default function () {}`;

describe('a plan', () => {
  it('holds what the options say, with the defaults of k6', async () => {
    const plan = await planOf(NIGHT);
    expect(plan.scenarios).toMatchObject([
      {
        index: 0,
        name: 'calm',
        exec: 'buy',
        startUs: 0,
        gracefulStopUs: 30_000_000,
        tags: { part: '1' },
        env: { A: 'b' },
        executor: {
          rate: 100,
          timeUnitUs: 1_000_000,
          durationUs: 10_000_000,
          preAllocatedVus: 5,
          maxVus: 5,
        },
      },
      {
        index: 1,
        name: 'rush',
        exec: 'default',
        startUs: 4_000_000,
        gracefulStopUs: 5_000_000,
        executor: {
          startRate: 0,
          timeUnitUs: 100_000,
          stages: [{ target: 30, durationUs: 2_000_000 }],
          maxVus: 50,
        },
      },
      { index: 2, executor: { vus: 2, iterations: 3, maxDurationUs: 600_000_000 } },
      { index: 3, executor: { vus: 4, durationUs: 60_000_000 } },
    ]);
    expect(plan.peakPerSec).toBe(400);
    expect(plan).toMatchObject({ hasSetup: true, hasTeardown: false, tags: { night: 'first' } });
    expect(plan.customMetrics).toEqual([{ name: 'cakes', kind: 'counter', isTime: false }]);
    expect(plan.warnings).toEqual([
      expect.stringMatching(/night\.ts: options: noSuchOption is not known/),
    ]);
    expect(plan.thresholds).toMatchObject([
      {
        name: 'pay_response_time',
        tags: { scenario: 'rush' },
        method: 'p',
        percentile: 99,
        operator: '<',
        limit: 500,
      },
      { expression: 'avg<=5', abortOnFail: true, delayAbortUs: 2_000_000 },
      { name: 'cakes', method: 'count', operator: '>', limit: 1 },
    ]);
  });

  it('is plain data: it can be posted to a thread', async () => {
    const plan = await planOf(NIGHT);
    expect(structuredClone(plan)).toEqual(plan);
    const { source } = await loadScript(scriptFile(NIGHT), { env: {} });
    expect(structuredClone(source)).toEqual(source);
  });

  it('is scaled to a peak: all rates alike', async () => {
    const plan = await planOf(NIGHT, { peakPerSec: 4000 });
    expect(plan.peakPerSec).toBeCloseTo(4000);
    expect(plan.scenarios).toMatchObject([
      { executor: { rate: 1000 } },
      { executor: { stages: [{ target: 300 }] } },
      { executor: { vus: 2 } },
      { executor: { vus: 4 } },
    ]);
  });

  it('is scaled in time: durations and start times alike, the rates stay', async () => {
    const plan = await planOf(NIGHT, { durationScale: 0.5 });
    expect(plan.scenarios).toMatchObject([
      { startUs: 0, executor: { rate: 100, durationUs: 5_000_000 } },
      { startUs: 2_000_000, executor: { stages: [{ durationUs: 1_000_000 }] } },
      { executor: { maxDurationUs: 300_000_000 } },
      { executor: { durationUs: 30_000_000 } },
    ]);
    expect(plan.peakPerSec).toBe(400);
  });

  it.each([
    ['nothing', '', { name: 'per-vu-iterations', vus: 1, iterations: 1 }],
    [
      'vus and duration',
      `export const options = { vus: 3, duration: '2s' };`,
      { name: 'constant-vus', vus: 3, durationUs: 2_000_000 },
    ],
    [
      'duration',
      `export const options = { duration: 2000 };`,
      { name: 'constant-vus', vus: 1, durationUs: 2_000_000 },
    ],
  ])('without scenarios: %s', async (_, options, executor) => {
    const plan = await planOf(`${options}\nexport default function () {}`);
    expect(plan.scenarios).toMatchObject([{ name: 'default', exec: 'default', executor }]);
  });

  it('follows the environment', async () => {
    const text = `export const options = { vus: Number(__ENV.N), duration: '1s' }; export default function () {}`;
    expect((await planOf(text, {}, { N: '9' })).scenarios[0]?.executor).toMatchObject({ vus: 9 });
  });
});

describe('the night of Double Eleven', () => {
  it('at a peak of 240,000 a second plans about five and a half million payments', async () => {
    const script = await loadScript('scenarios/double-eleven.ts', { env: {} });
    const plan = await planScript(script, { peakPerSec: 240_000 });
    const endUs = planDurationUs(plan.scenarios);
    const total = plan.scenarios.reduce(
      (sum, scenario) => sum + plannedIterationsUntil(scenario, endUs),
      0,
    );
    expect(plan.peakPerSec).toBeCloseTo(240_000, -1);
    expect(total).toBeGreaterThan(5_000_000);
    expect(total).toBeLessThan(6_000_000);
    expect(plan.warnings).toEqual([]);
  });

  it('pays in each scenario by wallet, on credit and out of the fund, as often as was published', async () => {
    const script = await ScriptUnderTest.load(readFileSync('scenarios/double-eleven.ts', 'utf8'));
    const vu = script.users.create(1);
    const { index = -1 } = script.plan.scenarios.find(({ name }) => name === 'plateau') ?? {};
    for (let i = 0; i < 2_000; i++) await script.iterate(vu, i, index);
    const kinds = script.recorded.submitted.map(({ kind }) => kind);
    const share = (name: string): number =>
      kinds.filter((kind) => kind === KIND_NUMBERS[name]).length / kinds.length;
    expect(share('huabei.pay')).toBeCloseTo(0.29, 1);
    expect(share('fund.pay')).toBeCloseTo(0.18, 1);
    expect(share('pay') + share('huabei.pay') + share('fund.pay')).toBe(1);
  });

  it('does in each scenario what its name says', async () => {
    const script = await ScriptUnderTest.load(readFileSync('scenarios/double-eleven.ts', 'utf8'));
    const vu = script.users.create(1);
    const kinds: Record<string, number[]> = {};
    for (const { index, name } of script.plan.scenarios) {
      const before = script.recorded.submitted.length;
      expect((await script.iterate(vu, 3, index))?.end).toBe('completed');
      kinds[name] = script.recorded.submitted.slice(before).map(({ kind }) => kind);
    }
    const { topUp, transfer, hold, capture } = OPERATION_KIND;
    const numbered = (...names: readonly string[]) =>
      expect.toSatisfy((kind) => names.some((name) => KIND_NUMBERS[name] === kind));
    const paid = numbered('pay', 'huabei.pay', 'fund.pay');
    expect(kinds).toEqual({
      topups: [topUp],
      quiet: [paid],
      plateau: [paid],
      knees: [paid],
      transfers: [transfer],
      holds: [hold, capture],
      refunds: [paid, numbered('refund', 'huabei.refund', 'fund.refund')],
    });
    expect(script.recorded.checks.every(([, passed]) => passed)).toBe(true);
  });
});

it.each([
  ['1h2m3.5s', 3_723_500_000],
  ['300ms', 300_000],
  ['1d', 86_400_000_000],
  ['250us', 250],
  [1500, 1_500_000],
  ['1500', 1_500_000],
  ['', undefined],
  ['5', 5000],
  ['5 s', undefined],
  ['-5s', undefined],
  [-1, undefined],
  [null, undefined],
  [Number.NaN, undefined],
])('the duration %j is %s us', (text, us) => {
  expect(parseDurationUs(text)).toBe(us);
});
