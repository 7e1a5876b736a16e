import { describe, expect, it } from 'vitest';
import { parseOptions } from '../options/options.js';
import type { Plan } from '../options/plan.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { planDurationUs } from '../schedule/planned-rate.js';
import { CALIBRATION_US, CALIBRATION_WARM_UP_US, calibrationPlan } from './calibration-plan.js';

const SECOND = 1_000_000;

function arrivals(name: string, index: number, startS: number, ratePerSec: number): ScenarioPlan {
  return {
    index,
    name,
    exec: name,
    env: {},
    tags: {},
    startUs: startS * SECOND,
    gracefulStopUs: 30 * SECOND,
    executor: {
      name: 'constant-arrival-rate',
      rate: ratePerSec,
      timeUnitUs: SECOND,
      durationUs: 10 * SECOND,
      preAllocatedVus: 10,
      maxVus: 10,
    },
  };
}

function planOf(scenarios: readonly ScenarioPlan[]): Plan {
  return {
    scenarios,
    segment: undefined,
    thresholds: [],
    tags: {},
    setupTimeoutUs: SECOND,
    teardownTimeoutUs: SECOND,
    minIterationUs: 0,
    systemTags: undefined,
    summaryTimeUnit: undefined,
    consoleOutput: undefined,
    summaryTrendStats: [],
    http: parseOptions({}, { where: '', customMetrics: [] }).http,
    handleSummaryTimeoutUs: 1,
    warnings: ['told once'],
    hasSetup: true,
    hasTeardown: true,
    hasHandleSummary: true,
    customMetrics: [],
    openedFiles: [],
    options: {},
    peakPerSec: 0,
  };
}

describe('a calibration', () => {
  it('runs what the plan runs at its peak, in the same mix, and nothing else', () => {
    const plan = planOf([
      arrivals('topups', 0, 0, 1_000),
      arrivals('plateau', 1, 20, 3_000),
      arrivals('holds', 2, 20, 1_000),
    ]);
    const calibration = calibrationPlan(plan);
    expect(
      calibration?.scenarios.map(({ name, index, executor }) => ({ name, index, executor })),
    ).toEqual([
      {
        name: 'plateau',
        index: 0,
        executor: { name: 'constant-vus', vus: 99, durationUs: CALIBRATION_US },
      },
      {
        name: 'holds',
        index: 1,
        executor: { name: 'constant-vus', vus: 33, durationUs: CALIBRATION_US },
      },
    ]);
    expect(calibration).toMatchObject({ hasSetup: true, hasTeardown: false, warnings: [] });
  });

  it('counts for longer than it warms up, and ends', () => {
    const calibration = calibrationPlan(planOf([arrivals('plateau', 0, 0, 10)]));
    expect(CALIBRATION_US - CALIBRATION_WARM_UP_US).toBeGreaterThan(CALIBRATION_WARM_UP_US);
    expect(planDurationUs(calibration?.scenarios ?? [])).toBe(CALIBRATION_US);
  });

  it('has nothing to find out where the script plans no rate', () => {
    const closed: ScenarioPlan = {
      ...arrivals('buy', 0, 0, 1),
      executor: { name: 'constant-vus', vus: 3, durationUs: SECOND },
    };
    expect(calibrationPlan(planOf([closed]))).toBeUndefined();
  });
});
