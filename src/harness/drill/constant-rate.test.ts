/** A script put at one rate keeps its mix and nothing of its schedule. */
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../options/options.js';
import type { Plan } from '../options/plan.js';
import {
  planDurationUs,
  plannedIterationsUntil,
  plannedRatePerSec,
} from '../schedule/planned-rate.js';
import { atConstantRate } from './constant-rate.js';

function planOf(scenarios: object): Plan {
  const {
    noSetup: _,
    noTeardown: __,
    segmentWords: ___,
    ...rest
  } = parseOptions(
    { scenarios, thresholds: { pay_ok: ['rate>0.1'] } },
    { where: 'night.ts', customMetrics: [] },
  );
  return {
    ...rest,
    ...{ hasSetup: true, hasTeardown: false, hasHandleSummary: true },
    ...{ customMetrics: [], openedFiles: [], options: {}, peakPerSec: 0, segment: undefined },
  };
}

const NIGHT = planOf({
  plateau: {
    executor: 'ramping-arrival-rate',
    startRate: 0,
    stages: [
      { target: 300, duration: '10s' },
      { target: 0, duration: '5s' },
    ],
    ...{ preAllocatedVUs: 5, maxVUs: 70 },
    tags: { kind: 'vip' },
  },
  refunds: {
    executor: 'constant-arrival-rate',
    ...{ rate: 100, duration: '15s', preAllocatedVUs: 7 },
  },
  later: {
    executor: 'constant-arrival-rate',
    ...{ rate: 10, duration: '5s', startTime: '20s', preAllocatedVUs: 1 },
  },
  readers: { executor: 'constant-vus', vus: 3, duration: '20s' },
});

const RATE = { perSec: 1000.5, warmUpMs: 5000, holdMs: 10_000, slos: ['p(99)<200'] };

const WHERE = { where: 'night.ts', times: 'pay_response_time' };

describe('a script at a constant rate', () => {
  const plan = atConstantRate(NIGHT, RATE, WHERE);
  const at = (us: number): number =>
    plan.scenarios.reduce((sum, one) => sum + plannedRatePerSec(one, us), 0);

  it('has the mix of its busiest moment, at exactly the rate for exactly the time', () => {
    expect(at(5_000_000)).toBeCloseTo(1000.5, 2);
    expect(at(14_999_999)).toBeCloseTo(1000.5, 2);
    expect(planDurationUs(plan.scenarios)).toBe(15_000_000);
    const [plateau, refunds] = plan.scenarios.filter(({ tags }) => tags.step === 'hold');
    expect(plateau?.name).toBe('plateau');
    expect(refunds?.name).toBe('refunds');
    // 300 to 100 at the peak, to the sample of the schedule that came next to it.
    const held = plateau && plannedIterationsUntil(plateau, 15_000_000);
    expect(held).toBeGreaterThan(7490);
    expect(held).toBeLessThanOrEqual(7504);
  });

  it('is warmed up by scenarios of their own, so that what is judged can be told by a tag', () => {
    expect(plan.scenarios.map(({ name, tags, startUs }) => [name, tags.step, startUs])).toEqual([
      ['plateau-warm-up', 'warm-up', 0],
      ['refunds-warm-up', 'warm-up', 0],
      ['plateau', 'hold', 5_000_000],
      ['refunds', 'hold', 5_000_000],
    ]);
    expect(at(0)).toBe(0);
    expect(at(4_000_000)).toBeCloseTo(1000.5, 2);
    expect(plan.thresholds).toMatchObject([
      { name: 'pay_response_time', tags: { step: 'hold' }, expression: 'p(99)<200' },
    ]);
  });

  it('keeps tags and virtual users, and says what it leaves out', () => {
    expect(plan.scenarios[2]).toMatchObject({
      tags: { kind: 'vip' },
      executor: { preAllocatedVus: 5, maxVus: 70 },
    });
    expect(plan.warnings).toEqual([
      "later is left out: it has no rate at the script's peak",
      "readers is left out: it has no rate at the script's peak",
    ]);
    expect(plan).toMatchObject({ hasSetup: true, hasHandleSummary: false, peakPerSec: 1000.5 });
  });

  it('needs no warm-up', () => {
    const cold = atConstantRate(NIGHT, { ...RATE, warmUpMs: 0 }, WHERE);
    expect(cold.scenarios.map(({ name, startUs }) => [name, startUs])).toEqual([
      ['plateau', 0],
      ['refunds', 0],
    ]);
  });

  it('is refused where the script has no arrival rate', () => {
    const closed = planOf({ readers: { executor: 'constant-vus', vus: 3, duration: '20s' } });
    expect(() => atConstantRate(closed, RATE, WHERE)).toThrow(
      /^night\.ts has no scenario with an arrival rate/,
    );
  });
});
