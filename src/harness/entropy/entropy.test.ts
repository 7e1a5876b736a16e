import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { monotonicClock, unixMsNow } from './clock.js';
import { drawSeed, Random } from './random.js';
import { VirtualClock } from './testing/virtual-clock.js';

describe('the monotonic clock', () => {
  it('gives whole microseconds that never go back', () => {
    const clock = monotonicClock();
    let last = clock.nowUs();
    for (let i = 0; i < 10_000; i++) {
      const now = clock.nowUs();
      expect(Number.isSafeInteger(now) && now >= last).toBe(true);
      last = now;
    }
  });

  it('shares its origin with other threads', async () => {
    const before = monotonicClock().nowUs();
    const worker = new Worker(
      `require('node:worker_threads').parentPort.postMessage(Number(process.hrtime.bigint() / 1000n))`,
      { eval: true },
    );
    const there = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    expect(there).toBeGreaterThanOrEqual(before - 1);
    expect(there).toBeLessThanOrEqual(monotonicClock().nowUs() + 1);
    await worker.terminate();
  });
});

describe('the virtual clock', () => {
  it('moves only when told, and never back', () => {
    const clock = new VirtualClock(5);
    clock.advanceUs(10);
    expect(clock.nowUs()).toBe(15);
    expect(() => clock.advanceUs(-1)).toThrow(/cannot move/);
  });
});

describe('the generator', () => {
  const sequence = (a: number, b: number, c: number): number[] => {
    const random = new Random(a, b, c);
    return Array.from({ length: 5 }, () => random.nextUint32());
  };

  it('repeats itself for the same seed and after a reseed', () => {
    const random = new Random(1, 2, 3);
    random.nextUint32();
    random.reseed(9, 8, 7);
    expect(Array.from({ length: 5 }, () => random.nextUint32())).toEqual(sequence(9, 8, 7));
    expect(sequence(9, 8, 7)).toEqual(sequence(9, 8, 7));
  });

  it('changes with each part of its seed, the high bits of the first included', () => {
    const seen = new Set(
      [
        [1, 0, 0],
        [2, 0, 0],
        [1, 1, 0],
        [1, 0, 1],
        [1 + 2 ** 32, 0, 0],
        [0, 1, 1],
      ].map(([a = 0, b = 0, c = 0]) => sequence(a, b, c).join()),
    );
    expect(seen.size).toBe(6);
  });

  it('spreads the first, second and third draw of neighbouring iterations evenly', () => {
    const random = new Random(0);
    const cells = 64;
    const iterations = 64_000;
    for (const draw of [0, 1, 2]) {
      const counts = new Array<number>(cells).fill(0);
      for (let n = 0; n < iterations; n++) {
        random.reseed(42, 1, n);
        for (let skipped = 0; skipped < draw; skipped++) random.nextUint32();
        const cell = random.int(cells);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      const expected = iterations / cells;
      const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      expect(chiSquare).toBeLessThan(120); // 63 degrees of freedom: p < 0.00002 beyond it
    }
  });

  it('stays within its bounds', () => {
    const random = new Random(7);
    for (let i = 0; i < 10_000; i++) {
      expect(random.int(3)).toBeLessThan(3);
      expect(random.nextFloat()).toBeLessThan(1);
    }
  });
});

it('a drawn seed and the time of day are plain numbers', () => {
  expect(Number.isInteger(drawSeed())).toBe(true);
  expect(unixMsNow()).toBeGreaterThan(1_700_000_000_000);
});
