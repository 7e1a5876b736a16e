/** What a load writes second by second is read back as it was recorded. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countedValues, percentilesOfValues, readIntervalLog } from './interval-log.js';
import { LatencyMeter, LatencyTotals } from './latency.js';

it('an interval log is read back: when each interval was, and every value to a part in a thousand', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 5_000_000 }), { maxLength: 40 }), {
        minLength: 1,
        maxLength: 5,
      }),
      (seconds) => {
        const lines: string[] = [];
        const totals = new LatencyTotals(
          () => 1_760_000_000_000,
          (line) => lines.push(line),
        );
        for (const [second, values] of seconds.entries()) {
          const meter = new LatencyMeter();
          for (const value of values) meter.record(value);
          totals.addInterval([meter.takeInterval()], second, second + 1);
        }
        totals.destroy();
        const read = readIntervalLog(lines.join(''));
        expect(read.map(({ startS, lengthS }) => [startS, lengthS])).toEqual(
          seconds.map((_, second) => [second, 1]),
        );
        for (const [second, values] of seconds.entries()) {
          const found = countedValues(read[second]?.encoded ?? '');
          const all = found.flatMap(([value, count]) => Array.from({ length: count }, () => value));
          const sorted = [...values].sort((a, b) => a - b);
          expect(all.length).toBe(sorted.length);
          for (const [i, value] of all.entries())
            expect(Math.abs(value / (sorted[i] ?? 0) - 1)).toBeLessThan(1e-3);
        }
      },
    ),
    { numRuns: 30 },
  );
});

it('percentiles are the nearest rank, and there is none of nothing', () => {
  const values = [
    [30, 1],
    [10, 2],
    [20, 1],
  ] as const;
  expect(percentilesOfValues(values, [0, 50, 75, 100])).toEqual([10, 10, 20, 30]);
  expect(percentilesOfValues([], [50])).toEqual([null]);
});

it('a line that is no interval is refused', () => {
  expect(() => readIntervalLog('0.000,1.000\n')).toThrow(/no interval of a histogram log/);
});
