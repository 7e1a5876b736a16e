import { describe, expect, it } from 'vitest';
import { LoadUnderTest } from './testing/load-under-test.js';

const NEVER = Number.POSITIVE_INFINITY;
const one = (scenario: object) => ({ scenarios: { all: scenario } });

/** VUs that have an iteration under way, at each of the moments (ms). */
function runningAt(load: LoadUnderTest, moments: readonly number[]): readonly number[] {
  return moments.map((ms) => {
    load.runUntil(ms);
    return load.running;
  });
}

describe('constant-vus', () => {
  const steady = { executor: 'constant-vus', vus: 2, duration: '1s' };

  it('starts the next iteration of a VU when its last one ends, and none at or after the end', async () => {
    const load = await LoadUnderTest.of(one(steady), { answerMs: () => 250 });
    load.runToEnd();
    expect(load.starts).toEqual([0, 0, 250, 250, 500, 500, 750, 750]);
    expect(load.ended('completed')).toHaveLength(8);
    expect(load.dropped).toBe(0);
  });

  it('lets the last iterations end within gracefulStop, and interrupts them after it', async () => {
    const times = [700, 900];
    const load = await LoadUnderTest.of(one({ ...steady, gracefulStop: '600ms' }), {
      answerMs: ({ vu }) => times[vu - 1] ?? NEVER,
    });
    load.runToEnd();
    expect(load.ended('completed').map(({ endedMs }) => endedMs)).toEqual([700, 900, 1400]);
    expect(load.ended('interrupted').map(({ endedMs }) => endedMs)).toEqual([1600]);
  });

  it('starts an iteration as soon as the last one has ended, not only at the next turn', async () => {
    const load = await LoadUnderTest.of(one({ ...steady, vus: 1 }), { answerMs: () => 1 });
    load.runToEnd();
    expect(load.iterations).toHaveLength(1000);
  });
});

describe('per-vu-iterations', () => {
  it('gives each VU its number, however slow the others are', async () => {
    const scenario = { executor: 'per-vu-iterations', vus: 2, iterations: 3 };
    const load = await LoadUnderTest.of(one(scenario), { answerMs: ({ vu }) => vu * 100 });
    load.runToEnd();
    expect(load.iterations.map(({ vu, startedMs }) => [vu, startedMs])).toEqual([
      [1, 0],
      [2, 0],
      [1, 100],
      [2, 200],
      [1, 200],
      [2, 400],
    ]);
    expect(load.nowMs).toBeLessThan(610);
  });

  it('counts what maxDuration leaves over as dropped, and what gracefulStop cuts off as interrupted', async () => {
    const scenario = {
      executor: 'per-vu-iterations',
      vus: 2,
      iterations: 10,
      maxDuration: '2s',
      gracefulStop: '0s',
    };
    const load = await LoadUnderTest.of(one(scenario), { answerMs: () => 600 });
    load.runToEnd();
    expect(load.iterations).toHaveLength(8);
    expect(load.dropped).toBe(12);
    expect(load.ended('interrupted')).toHaveLength(2);
  });
});

describe('shared-iterations', () => {
  const shared = { executor: 'shared-iterations', vus: 2, iterations: 8 };
  const answerMs = ({ vu }: { readonly vu: number }): number => (vu === 1 ? 100 : 300);

  it('lets a fast VU take more of them than a slow one, and ends when all are done', async () => {
    const load = await LoadUnderTest.of(one(shared), { answerMs });
    load.runToEnd();
    const byVu = [1, 2].map((vu) => load.iterations.filter((each) => each.vu === vu).length);
    expect(byVu).toEqual([6, 2]);
    expect(load.nowMs).toBeLessThan(610);
    expect(load.dropped).toBe(0);
  });

  it('counts what maxDuration leaves over as dropped', async () => {
    const bounded = { ...shared, iterations: 30, maxDuration: '1s' };
    const load = await LoadUnderTest.of(one(bounded), { answerMs });
    load.runToEnd();
    expect(load.iterations).toHaveLength(14);
    expect(load.dropped).toBe(16);
  });

  it.each([1, 2, 3])('are as many, each number once, on %d workers', async (workers) => {
    const scenario = { ...shared, vus: 4, iterations: 21 };
    const load = await LoadUnderTest.of(one(scenario), { answerMs: () => 10, workers });
    load.runToEnd();
    const numbers = load.iterations.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 21 }, (_, n) => n));
    expect(load.vusMade).toBe(4);
  });
});

describe('ramping-vus', () => {
  const upAndDown = {
    executor: 'ramping-vus',
    startVUs: 1,
    stages: [
      { target: 4, duration: '3s' },
      { target: 4, duration: '1s' },
      { target: 1, duration: '3s' },
    ],
  };

  it.each([1, 2, 3])('adds and takes VUs one by one, on %d workers together', async (workers) => {
    const load = await LoadUnderTest.of(one(upAndDown), { answerMs: () => 20, workers });
    const moments = [500, 1500, 2500, 3500, 4500, 5500, 6500];
    expect(runningAt(load, moments)).toEqual([1, 2, 3, 4, 4, 3, 2]);
    load.runToEnd();
    expect(load.ended('interrupted')).toEqual([]);
    expect(load.vusMade).toBe(4);
  });

  it('jumps in a stage without duration', async () => {
    const stages = [
      { target: 5, duration: '0s' },
      { target: 5, duration: '1s' },
      { target: 2, duration: '0s' },
      { target: 2, duration: '1s' },
    ];
    const scenario = { executor: 'ramping-vus', startVUs: 0, stages };
    const load = await LoadUnderTest.of(one(scenario), { answerMs: () => 20 });
    expect(runningAt(load, [10, 990, 1100, 1990, 2100])).toEqual([5, 5, 2, 2, 0]);
  });

  const down = (more: object) =>
    one({
      executor: 'ramping-vus',
      startVUs: 2,
      stages: [
        { target: 1, duration: '1s' },
        { target: 1, duration: '4s' },
      ],
      ...more,
    });

  it('lets a VU that leaves end its iteration within gracefulRampDown', async () => {
    const load = await LoadUnderTest.of(down({ gracefulRampDown: '2s' }), { answerMs: () => 1600 });
    load.runToEnd();
    // the second VU began its last iteration at 0 s and was taken back at 1 s
    const second = load.iterations.filter(({ vu }) => vu === 2);
    expect(second).toMatchObject([{ startedMs: 0, end: 'completed', endedMs: 1600 }]);
  });

  it('interrupts it when gracefulRampDown is over', async () => {
    const load = await LoadUnderTest.of(down({ gracefulRampDown: '500ms' }), {
      answerMs: () => 1600,
    });
    load.runUntil(2000);
    expect(load.ended('interrupted')).toMatchObject([{ vu: 2, endedMs: 1500 }]);
    expect(load.running).toBe(1);
  });

  it('interrupts it when gracefulStop is over first', async () => {
    const scenario = {
      executor: 'ramping-vus',
      startVUs: 2,
      stages: [{ target: 0, duration: '2s' }],
      gracefulRampDown: '30s',
      gracefulStop: '500ms',
    };
    const load = await LoadUnderTest.of(one(scenario), { answerMs: () => NEVER });
    load.runToEnd();
    expect(load.ended('interrupted').map(({ endedMs }) => endedMs)).toEqual([2500, 2500]);
  });

  it('gives VUs that are on at the end gracefulStop, not gracefulRampDown', async () => {
    const scenario = {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [{ target: 1, duration: '1s' }],
      gracefulRampDown: '0s',
      gracefulStop: '2s',
    };
    const load = await LoadUnderTest.of(one(scenario), { answerMs: () => 1500 });
    load.runToEnd();
    expect(load.ended('completed')).toMatchObject([{ startedMs: 0, endedMs: 1500 }]);
  });

  it('called back within its grace, a VU goes on with the iteration it has', async () => {
    const stages = [
      { target: 1, duration: '1s' },
      { target: 2, duration: '500ms' },
      { target: 2, duration: '3s' },
    ];
    const load = await LoadUnderTest.of(
      one({ executor: 'ramping-vus', startVUs: 2, stages, gracefulRampDown: '1s' }),
      { answerMs: () => 2500 },
    );
    load.runToEnd();
    const second = load.iterations.filter(({ vu }) => vu === 2);
    expect(second).toMatchObject([
      { startedMs: 0, end: 'completed', endedMs: 2500 },
      { startedMs: 2500, end: 'completed' },
    ]);
    expect(load.vusMade).toBe(2);
  });

  it('interrupted on the way down, a place is filled again on the way up', async () => {
    const stages = [
      { target: 1, duration: '1s' },
      { target: 1, duration: '1s' },
      { target: 2, duration: '1s' },
      { target: 2, duration: '1s' },
    ];
    const load = await LoadUnderTest.of(
      one({ executor: 'ramping-vus', startVUs: 2, stages, gracefulRampDown: '500ms' }),
      { answerMs: ({ vu }) => (vu === 2 ? NEVER : 20) },
    );
    expect(runningAt(load, [1400, 1600, 3100])).toEqual([2, 1, 2]);
    expect(load.ended('interrupted')).toMatchObject([{ vu: 2, endedMs: 1500 }]);
  });
});

describe('a scenario that is stopped', () => {
  it('starts nothing more and counts nothing as dropped', async () => {
    const scenario = { executor: 'shared-iterations', vus: 2, iterations: 100 };
    const load = await LoadUnderTest.of(one(scenario), { answerMs: () => 100 });
    load.runUntil(450);
    for (const runner of load.runners) {
      runner.stop();
      runner.interruptAll();
    }
    load.runToEnd();
    expect(load.iterations).toHaveLength(10);
    expect(load.ended('interrupted')).toHaveLength(2);
    expect(load.dropped).toBe(0);
  });
});

describe('a pause', () => {
  it('keeps VUs from their next iteration, and loses none that is counted', async () => {
    const executor = 'shared-iterations';
    const load = await LoadUnderTest.of(
      { scenarios: { rush: { executor, vus: 4, iterations: 400, maxDuration: '60s' } } },
      { answerMs: () => 10 },
    );
    load.runUntil(200);
    for (const runner of load.runners) runner.pause(true);
    load.runUntil(300);
    const during = load.iterations.length;
    load.runUntil(1000);
    expect(load.iterations).toHaveLength(during);
    for (const runner of load.runners) runner.pause(false);
    load.runToEnd();
    expect(load.ended('completed')).toHaveLength(400);
    expect(load.dropped).toBe(0);
  });
});
