import { describe, expect, it } from 'vitest';
import type { ScenarioPlan } from '../schedule/plan.js';
import { ExceptionWatch } from './exception-watch.js';

function scenario(index: number, exec: string, env = {}): ScenarioPlan {
  const executor = {
    type: 'constant-vus',
    name: 'constant-vus',
    vus: 1,
    durationUs: 1_000_000,
  } as const;
  const times = { startUs: 0, gracefulStopUs: 0 };
  return { index, name: `s${index}`, exec, env, tags: {}, ...times, executor };
}

function watchOf(scenarios: readonly ScenarioPlan[], workers = 1) {
  const lines: string[] = [];
  const watch = new ExceptionWatch({ scenarios, workers, notice: (line) => lines.push(line) });
  const told = (
    iterationsByScenario: readonly number[],
    count: number,
    text = 'night.js:1: no',
  ) => ({
    iterationsByScenario,
    exceptions: count === 0 ? [] : [{ text, count }],
  });
  return { watch, lines, told };
}

const CALM = { vus: 1, isUnderFault: false };

describe('a load that throws', () => {
  it.each([
    ['all of a hundred threw', [100], 100, CALM, true],
    ['one of many came through', [1000], 999, CALM, false],
    ['too few ended to tell', [99], 99, CALM, false],
    ['not as many ended as there are virtual users', [100], 100, { ...CALM, vus: 101 }, false],
    ['every virtual user had a turn', [101], 101, { ...CALM, vus: 101 }, true],
    ['a fault is there', [100], 100, { ...CALM, isUnderFault: true }, false],
  ] as const)('is given up or not: %s', (_, ended, threw, now, expected) => {
    const { watch, told } = watchOf([scenario(0, 'default')]);
    watch.onSecond(0, told(ended, threw));
    expect(watch.isHopeless(now)).toBe(expected);
  });

  it('is not given up for what it threw while a fault was there', () => {
    const { watch, told } = watchOf([scenario(0, 'default')]);
    watch.onSecond(0, told([500], 500));
    expect(watch.isHopeless({ ...CALM, isUnderFault: true })).toBe(false);
    watch.onSecond(0, told([599], 599));
    expect(watch.isHopeless(CALM)).toBe(false);
    watch.onSecond(0, told([600], 600));
    expect(watch.isHopeless(CALM)).toBe(true);
  });

  it.each([
    ['another function', scenario(1, 'other'), false],
    ['the same function with another environment', scenario(1, 'buy', { A: '1' }), false],
    ['the same function', scenario(1, 'buy'), true],
  ])('where a later scenario runs %s', (_, later, expected) => {
    const { watch, told } = watchOf([scenario(0, 'buy'), later]);
    watch.onSecond(0, told([100, 0], 100));
    expect(watch.isHopeless(CALM)).toBe(expected);
    watch.onSecond(0, told([100, 1], 101));
    expect(watch.isHopeless(CALM)).toBe(true);
  });

  it('is told once a line for all workers, with its count, and once more where it came again', () => {
    const { watch, lines, told } = watchOf([scenario(0, 'default')], 2);
    watch.onSecond(0, told([9], 2));
    expect(lines).toEqual([]);
    watch.onSecond(1, told([9], 3));
    expect(lines).toEqual(['5 iterations threw: night.js:1: no']);
    for (const worker of [0, 1]) watch.onSecond(worker, told([20], 4));
    expect(lines).toHaveLength(1);
    for (const worker of [0, 1]) watch.onMeasured(worker, told([20], 4));
    watch.end();
    expect(lines).toEqual([
      '5 iterations threw: night.js:1: no',
      'in all 8 iterations threw: night.js:1: no',
    ]);
  });

  it('is told at the end where it ended within its last second, and a worker was lost', () => {
    const { watch, lines, told } = watchOf([scenario(0, 'default')], 3);
    watch.onSecond(0, told([1], 1));
    watch.onMeasured(1, told([0], 0));
    watch.onMeasured(0, told([1], 1));
    watch.end();
    expect(lines).toEqual(['an iteration threw: night.js:1: no']);
  });
});
