import { describe, expect, it } from 'vitest';
import { LoadUnderTest } from './testing/load-under-test.js';

const arrivals = (more: object) => ({
  scenarios: {
    rush: {
      executor: 'constant-arrival-rate',
      rate: 1000,
      duration: '2s',
      preAllocatedVUs: 10,
      maxVUs: 10,
      gracefulStop: '1s',
      ...more,
    },
  },
});

/** A target that gives no answer between 500 and 1500 ms, and then all that it owes. */
const stalled = ({ atMs }: { readonly atMs: number }): number =>
  atMs >= 500 && atMs < 1500 ? 1500 - atMs : 2;

describe('an arrival-rate scenario', () => {
  it('starts what is due on idle VUs, those used last first', async () => {
    const load = await LoadUnderTest.of(arrivals({ maxVUs: 100_000 }), { answerMs: () => 1 });
    load.runToEnd();
    expect(load.iterations).toHaveLength(2000);
    expect(new Set(load.iterations.map(({ vu }) => vu)).size).toBeLessThanOrEqual(2);
    expect(load.vusMade).toBe(10);
  });

  it('makes no VU beforehand beyond preAllocatedVUs', async () => {
    const load = await LoadUnderTest.of(arrivals({ preAllocatedVUs: 0, maxVUs: 1_000_000 }));
    expect(load.vusMade).toBe(0);
    load.runToEnd();
    expect(load.ended('completed')).toHaveLength(2000);
    expect(load.dropped).toBe(0);
    expect(load.vusMade).toBeLessThanOrEqual(2);
  });

  it('drops what is due while all its VUs run', async () => {
    const load = await LoadUnderTest.of(arrivals({}), { answerMs: stalled });
    load.runToEnd();
    // all but about ten of the thousand that are due in the stall
    expect(load.iterations.length + load.dropped).toBe(2000);
    expect(load.dropped).toBeGreaterThan(950);
    expect(load.dropped).toBeLessThan(1000);
  });

  it('lets people wait in a stall rather than vanish, where maxVUs is large enough', async () => {
    const load = await LoadUnderTest.of(arrivals({ maxVUs: 5000 }), { answerMs: stalled });
    load.runToEnd();
    expect(load.dropped).toBe(0);
    expect(load.ended('completed')).toHaveLength(2000);
    expect(load.vusMade).toBeGreaterThan(990);
    expect(load.vusMade).toBeLessThan(1010);
  });

  it('makes the VUs of a waiting crowd for half of the time at most, and is late meanwhile', async () => {
    // at 1,000 a second and 1 ms a VU, half of them must wait for one
    const load = await LoadUnderTest.of(arrivals({ maxVUs: 5000 }), {
      answerMs: stalled,
      initUs: 1000,
    });
    load.runUntil(1400);
    expect(load.vusMade).toBeGreaterThan(300);
    expect(load.vusMade).toBeLessThan(620);
    load.runToEnd();
    expect(load.dropped).toBe(0);
    expect(load.ended('completed')).toHaveLength(2000);
    expect(load.late).toBeGreaterThan(300);
  });

  it('drops what could not start until its grace is over, and interrupts what runs', async () => {
    const load = await LoadUnderTest.of(
      arrivals({ duration: '1s', gracefulStop: '100ms', maxVUs: 5000 }),
      { answerMs: () => Number.POSITIVE_INFINITY, initUs: 2000 },
    );
    load.runToEnd();
    expect(load.nowMs).toBeLessThan(1120);
    expect(load.iterations.length + load.dropped).toBe(1000);
    expect(load.dropped).toBeGreaterThan(400);
    expect(load.ended('interrupted')).toHaveLength(load.iterations.length);
  });

  it('sends nothing of a pause, counts it as dropped and paused, and goes on by its schedule', async () => {
    const load = await LoadUnderTest.of(arrivals({}), { answerMs: () => 2 });
    load.runUntil(500);
    for (const runner of load.runners) runner.pause(true);
    load.runUntil(1500);
    const during = load.iterations.length;
    for (const runner of load.runners) runner.pause(false);
    load.runToEnd();
    expect(during).toBeGreaterThan(490);
    expect(during).toBeLessThan(510);
    expect(load.iterations.length + load.dropped).toBe(2000);
    expect(load.dropped).toBeGreaterThan(990);
    expect(load.dropped).toBeLessThan(1010);
    expect(load.runners.map(({ paused }) => paused)).toEqual([load.dropped]);
    expect(load.late).toBe(0);
  });
});
