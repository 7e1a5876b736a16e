import { describe, expect, it } from 'vitest';
import type { ExecutorPlan } from './executors/registry.js';
import { isOpenModel, peakRatePerSec, planDurationUs, plannedRatePerSec } from './planned-rate.js';

const SECOND = 1_000_000;
const VUS = { preAllocatedVus: 10, maxVus: 10 };

const constant = (rate: number, seconds: number): ExecutorPlan => ({
  name: 'constant-arrival-rate',
  rate,
  timeUnitUs: SECOND,
  durationUs: seconds * SECOND,
  ...VUS,
});

const night: readonly { readonly startUs: number; readonly executor: ExecutorPlan }[] = [
  { startUs: 0, executor: constant(10, 5) },
  {
    startUs: 5 * SECOND,
    executor: {
      name: 'ramping-arrival-rate',
      startRate: 0,
      timeUnitUs: SECOND,
      stages: [
        { target: 100, durationUs: SECOND },
        { target: 100, durationUs: 2 * SECOND },
        { target: 20, durationUs: 0 },
        { target: 20, durationUs: SECOND },
      ],
      ...VUS,
    },
  },
  { startUs: 6 * SECOND, executor: constant(7, 1) },
  { startUs: 0, executor: { name: 'constant-vus', vus: 3, durationUs: 2 * SECOND } },
];

describe('the planned rate', () => {
  it.each([
    // at (s), the scenarios then; who runs VUs plans no rate
    [-1, [0, 0, 0, 0]],
    [0, [10, 0, 0, 0]],
    [5, [0, 0, 0, 0]],
    [5.5, [0, 50, 0, 0]],
    [6.5, [0, 100, 7, 0]],
    [8.5, [0, 20, 0, 0]],
    [9, [0, 0, 0, 0]],
  ])('at %d s', (seconds, expected) => {
    expect(night.map((scenario) => plannedRatePerSec(scenario, seconds * SECOND))).toEqual(
      expected,
    );
  });

  it('peaks where scenarios overlap, and ends with the last', () => {
    expect(peakRatePerSec(night)).toBe(107);
    expect(planDurationUs(night)).toBe(9 * SECOND);
  });

  it('is there where the schedule decides, not the target', () => {
    expect(night.map(({ executor }) => isOpenModel(executor))).toEqual([true, true, true, false]);
  });
});
